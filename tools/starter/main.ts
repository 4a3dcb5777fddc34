import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parse, run, UsageError } from "../../packages/local-cloud/src/command.ts";
import { copyProduct } from "./copy.ts";
import { namesOf } from "./names.ts";

const usage = `npm run starter -- FOLDER --name "My App"
Copies Darkroom into an empty folder as a product of your own: without its history, and with your name for packages, the
Pulumi project, resources, types and titles.
  --name NAME  words of letters and digits, 20 characters at most
  --help       print this
Exit code: 0 done, 1 failed, 2 a wrong argument.`;

const root = join(import.meta.dirname, "../..");

/** Arguments of one call: the system limits their length. */
const batch = 100;

function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args, { name: { type: "string" } }, true);
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) {
    throw new UsageError("Say into which folder");
  }
  if (values.name === undefined) {
    throw new UsageError("--name is missing");
  }
  const names = namesOf(values.name);
  const to = resolve(process.env["INIT_CWD"] ?? process.cwd(), folder);
  if (existsSync(to) && readdirSync(to).length > 0) {
    throw new UsageError(`${folder} is not empty`);
  }
  if (!relative(root, to).startsWith("..")) {
    throw new UsageError(`${folder} is within this repository`);
  }
  mkdirSync(to, { recursive: true });
  format(to, copyProduct(root, to, names));
  process.stdout.write(`${to} is ${names.title}. Next:
  cd ${folder}
  git init -b main && git add -A && git commit -m "Start from Darkroom"
  npm ci && npm run demo
  npm run check   writes the tests' snapshots anew: commit them
`);
  return Promise.resolve(0);
}

/** Names have other lengths, so lines break elsewhere. */
function format(folder: string, files: readonly string[]): void {
  for (let from = 0; from < files.length; from += batch) {
    const prettier = join(root, "node_modules/prettier/bin/prettier.cjs");
    const some = files.slice(from, from + batch).map((file) => relative(folder, file));
    const options = ["--write", "--log-level", "error", "--ignore-unknown"];
    execFileSync(process.execPath, [prettier, ...options, ...some], { cwd: folder, stdio: "inherit" });
  }
}

run(usage, main);
