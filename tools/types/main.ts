import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { typesOf } from "./types.ts";

/**
 * `npm run generate` writes the types of schema.graphql. With `--check` it writes nothing, and fails if a file is
 * not what it would write.
 */
const root = join(import.meta.dirname, "..", "..");

const outdated: string[] = [];
for (const [path, source] of Object.entries(generated())) {
  const file = join(root, path);
  const text = await format(source, { ...(await resolveConfig(file)), parser: "typescript" });
  if (!process.argv.includes("--check")) {
    writeFileSync(file, text);
  } else if (readFileSync(file, "utf8") !== text) {
    outdated.push(path);
  }
}
if (outdated.length > 0) {
  console.error(`${outdated.join(" and ")}: not what schema.graphql says. Run: npm run generate`);
  process.exitCode = 1;
}

/** What is wrong with the schema is said without a trace: it is no fault of this program. */
function generated(): Record<string, string> {
  const schema = readFileSync(join(root, "schema.graphql"), "utf8");
  try {
    return typesOf(schema, readdirSync(join(root, "resolvers")));
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}
