import { readFileSync } from "node:fs";
import { join } from "node:path";

import { REFUSED } from "../../../src/appsync/utils/refused.ts";
import { libraryMember, MODULES } from "../../../src/appsync/runtime/library.ts";
import { NOTES } from "./notes.ts";

/** A function that `@aws-appsync/utils` declares. */
interface Declared {
  readonly module: string;
  /** What code calls it: the functions of `/dynamodb` are listed bare, and called by way of `ddb`. */
  readonly called: string;
  readonly signature: string;
}

const UTILS = "@aws-appsync/utils";
const DYNAMODB = `${UTILS}/dynamodb`;

/** Every function that `@aws-appsync/utils` 2.1.1 declares. */
export function declaredFunctions(): Declared[] {
  return readFileSync(join(import.meta.dirname, "functions.txt"), "utf8")
    .split(/^# /mu)
    .filter((section) => section.trim() !== "")
    .flatMap((section) => {
      const [module = "", ...lines] = section.trim().split("\n");
      return lines.map((line) => declared(module, line));
    });
}

function declared(section: string, line: string): Declared {
  const [name = line] = /^[\w.]+/u.exec(line) ?? [];
  const module = section.startsWith("@") ? section : UTILS;
  const called = module === DYNAMODB ? `ddb.${name}` : name;
  return { module, called, signature: line.replace(/\s*\/\/.*$/u, "") };
}

/** Why the library refuses it; undefined if it offers it. Throws if it does neither. */
export function refusalOf({ module, called }: Declared): string | undefined {
  const path = (module === DYNAMODB ? called.slice("ddb.".length) : called).split(".");
  const prefixes = path.map((_, index) => path.slice(0, index + 1).join("."));
  const named = module === UTILS ? prefixes : [module, ...prefixes.map((prefix) => `${module}.${prefix}`)];
  const reason = named.map((name) => REFUSED[name]).find((found) => found !== undefined);
  if (reason !== undefined) {
    return reason;
  }
  const library = MODULES[module];
  if (library === undefined || typeof libraryMember(library, path) !== "function") {
    throw new Error(`${called} of ${module} is neither offered nor refused`);
  }
  return undefined;
}

/** docs/appsync-utils.md, as the library at hand makes it. */
export function utilsPage(): string {
  const functions = declaredFunctions();
  const refused = functions.filter((one) => refusalOf(one) !== undefined);
  const unknown = Object.keys(NOTES).filter((name) => functions.every(({ called }) => called !== name));
  if (unknown.length > 0) {
    throw new Error(`notes on no function: ${unknown.join(", ")}`);
  }
  const modules = [...new Set(functions.map(({ module }) => module))];
  return `# The AppSync library, function by function

Every function that \`@aws-appsync/utils\` 2.1.1 declares, and whether the local runtime supports it:
${functions.length} functions, ${functions.length - refused.length} supported, ${refused.length} refused. Code that names a refused one does not compile, and the
message says why. What is not certain is in [appsync-fidelity.md](appsync-fidelity.md).

This page is generated from the library: \`npx jest packages/local-cloud/test/appsync/utils/page\` fails when it is out of date, and
\`WRITE_DOCS=1 npx jest packages/local-cloud/test/appsync/utils/page\` writes it.

${modules.map((module) => section(module, functions)).join("\n\n")}
`;
}

function section(module: string, functions: readonly Declared[]): string {
  const rows = functions
    .filter((one) => one.module === module)
    .map((one) => {
      const reason = refusalOf(one);
      const note = [reason, NOTES[one.called]].filter((part) => part !== undefined).join("; ");
      return [`\`${short(one)}\``, reason === undefined ? "supported" : "refused", note];
    });
  const cells = [["function", "here", "note"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const table = [cells[0] ?? [], widths.map((width) => "-".repeat(width)), ...rows];
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [`## ${module}`, "", ...table.map(line)].join("\n");
}

/** The name and its parameters' names: types are in AWS's declarations. */
function short({ called, signature }: Declared): string {
  const [, parameters = ""] = /\((.*)\): /u.exec(signature.replace(/<.*?>(?=\()/u, "")) ?? [];
  const names = [...parameters.matchAll(/(?:^|, )(\.\.\.)?(\w+)(\??):/gu)].map(
    ([, rest = "", name = "", optional = ""]) => `${rest}${name}${optional}`,
  );
  return `${called}(${names.join(", ")})`;
}
