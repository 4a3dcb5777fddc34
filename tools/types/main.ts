import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { parse, run } from "../../packages/local-cloud/src/command.ts";
import { typesOf } from "./types.ts";

const usage = `npm run generate writes the TypeScript types of schema.graphql
  --check    write nothing, and fail if a file is not what would be written
  --help     print this`;

const root = join(import.meta.dirname, "..", "..");

async function main(args: readonly string[]): Promise<number> {
  const { check } = parse(args, { check: { type: "boolean", default: false } }).values;
  const schema = readFileSync(join(root, "schema.graphql"), "utf8");
  const outdated: string[] = [];
  for (const [path, source] of Object.entries(typesOf(schema, readdirSync(join(root, "resolvers"))))) {
    const file = join(root, path);
    const text = await format(source, { ...(await resolveConfig(file)), parser: "typescript" });
    if (!check) {
      writeFileSync(file, text);
    } else if (readFileSync(file, "utf8") !== text) {
      outdated.push(path);
    }
  }
  if (outdated.length > 0) {
    process.stderr.write(`${outdated.join(" and ")}: not what schema.graphql says. Run: npm run generate\n`);
  }
  return outdated.length > 0 ? 1 : 0;
}

run(usage, main);
