import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

import { buildSync } from "esbuild";

import { asRecord, evaluateCode } from "./runtime/evaluate-code.ts";
import type { CheckTypes, EvaluateCodeAnswer } from "./runtime/evaluate-code.ts";
import { Passed } from "./save-check/passed.ts";
import type { TypeCheck } from "./save-check/types.ts";

const USAGE = `usage: evaluate NAME|FILE --function request|response [--context FILE]
       evaluate --stdin
NAME is that of a file in resolvers/, such as Query.getAsset; FILE is any .js or .ts.
With --stdin each line is a JSON object {code or file, function, context}, and each answer a line.`;

/** Prints what AWS's EvaluateCode would answer for a handler of resolver code. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      function: { type: "string" },
      context: { type: "string" },
      stdin: { type: "boolean", default: false },
    },
  });
  if (values.stdin) return answerLines();
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new Error(USAGE);
  const context: unknown =
    values.context === undefined ? {} : JSON.parse(readFileSync(values.context, "utf8"));
  console.log(JSON.stringify(evaluateRequest({ file, function: values.function, context }), null, 2));
}

async function answerLines(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() !== "") console.log(JSON.stringify(answerLine(line)));
  }
}

/** Bad input is an answer too: one bad line must not end a session of many. */
function answerLine(line: string): EvaluateCodeAnswer {
  try {
    return evaluateRequest(JSON.parse(line));
  } catch (error) {
    return { error: { message: messageOf(error) }, logs: [] };
  }
}

function evaluateRequest(request: unknown): EvaluateCodeAnswer {
  const { code, file, function: handler, context = {} } = asRecord(request, "a request");
  if (handler !== "request" && handler !== "response")
    throw new Error("function must be request or response");
  const text = typeof code === "string" ? code : typeof file === "string" ? readCode(file) : undefined;
  if (text === undefined) throw new Error("code or file is missing");
  // EvaluateCode takes the context as JSON text; an object is welcome too.
  const given: unknown = typeof context === "string" ? JSON.parse(context) : context;
  return evaluateCode(text, handler, asRecord(given, "context"), checkTypes);
}

const passed = new Passed(join(process.cwd(), "node_modules", ".cache", "darkroom", "save-check.json"));
let check: TypeCheck | undefined;

/** Loads TypeScript only for code that has not passed before. */
const checkTypes: CheckTypes = (code) => {
  if (passed.has(code)) return [];
  const load = createRequire(import.meta.url);
  check ??= new (load("./save-check/types.ts") as { TypeCheck: typeof TypeCheck }).TypeCheck();
  const [problems = []] = check.check([{ name: "code.js", code }]);
  if (problems.length === 0) passed.add([code]);
  return problems;
};

/** JavaScript as it stands; TypeScript bundled as it is deployed. */
function readCode(name: string): string {
  const resolver = join(import.meta.dirname, "../../resolvers", `${name}.ts`);
  const file = existsSync(name) ? name : resolver;
  if (!existsSync(file)) throw new Error(`no file ${name}, and no resolver of that name`);
  if (!file.endsWith(".ts")) return readFileSync(file, "utf8");
  const { outputFiles } = buildSync({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2020",
    external: ["@aws-appsync/utils", "@aws-appsync/utils/*"],
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

main().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = 2;
});
