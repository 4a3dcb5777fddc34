import { existsSync } from "node:fs";
import { join } from "node:path";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

import { buildSync } from "esbuild";

import { parse, readJson, readText, run, sentenceOf, UsageError } from "../command.ts";
import { asRecord, type CheckTypes, evaluateCode, type EvaluateCodeAnswer } from "./runtime/evaluate-code.ts";
import { sourcePlace } from "./runtime/source-map.ts";
import { Passed } from "./save-check/passed.ts";
import type { TypeCheck } from "./save-check/types.ts";

const usage = `npm run evaluate -- NAME|FILE --function request|response [--context FILE]
npm run evaluate -- --stdin
Prints what AWS's EvaluateCode would answer for a handler of resolver code. NAME is that of a file in resolvers/, such as
Query.getAsset; FILE is any .js or .ts.
  --function NAME  request or response
  --context FILE   JSON of the handler's ctx    ({})
  --stdin          each line is a JSON object {code or file, function, context}, and each answer a line
  --help           print this
Exit code: 0 if the handler returned, 1 if it threw, 2 for a wrong command line.`;

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(
    args,
    {
      function: { type: "string" },
      context: { type: "string" },
      stdin: { type: "boolean", default: false },
    },
    true,
  );
  if (values.stdin) {
    return answerLines();
  }
  const [file] = positionals;
  if (file === undefined) {
    throw new UsageError("Which resolver? Give its name or a file");
  }
  if (positionals.length > 1) {
    throw new UsageError(`One resolver at a time, not ${positionals.join(" ")}`);
  }
  const context = values.context === undefined ? {} : readJson("--context", values.context);
  const code = readCode(file);
  const answer = evaluateRequest({ code, function: values.function, context });
  process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
  if (answer.error === undefined) {
    return 0;
  }
  const place = sourceOf(answer.error.message, code);
  if (place !== undefined) {
    process.stderr.write(`At ${place}\n`);
  }
  return 1;
}

/** Where an uncaught fault stands in the TypeScript source. AWS's answer names the place in the deployed code only. */
function sourceOf(message: string, code: string): string | undefined {
  const [, line, column] = /^code\.js:(\d+):(\d+): /.exec(message) ?? [];
  return line === undefined ? undefined : sourcePlace(code, Number(line), Number(column));
}

/** Exits with 1 if one of the answers was an error. */
async function answerLines(): Promise<number> {
  let code = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === "") {
      continue;
    }
    const answer = answerLine(line);
    if (answer.error !== undefined) {
      code = 1;
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  return code;
}

/** Bad input is an answer too: one bad line must not end a session of many. */
function answerLine(line: string): EvaluateCodeAnswer {
  try {
    return evaluateRequest(JSON.parse(line));
  } catch (error) {
    return { error: { message: sentenceOf(error) }, logs: [] };
  }
}

function evaluateRequest(request: unknown): EvaluateCodeAnswer {
  const { code, file, function: handler, context = {} } = asRecord(request, "a request");
  if (handler !== "request" && handler !== "response") {
    throw new UsageError("--function must be request or response");
  }
  const text = typeof code === "string" ? code : typeof file === "string" ? readCode(file) : undefined;
  if (text === undefined) {
    throw new Error("code or file is missing");
  }
  // EvaluateCode takes the context as JSON text; an object is welcome too.
  const given: unknown = typeof context === "string" ? JSON.parse(context) : context;
  return evaluateCode(text, handler, asRecord(given, "context"), checkTypes);
}

const passed = new Passed(join(process.cwd(), "node_modules", ".cache", "local-cloud", "save-check.json"));
let check: TypeCheck | undefined;

/** Loads TypeScript only for code that has not passed before. */
const checkTypes: CheckTypes = (code) => {
  if (passed.has(code)) {
    return [];
  }
  const load = createRequire(import.meta.url);
  check ??= new (load("./save-check/types.ts") as { TypeCheck: typeof TypeCheck }).TypeCheck();
  const [problems = []] = check.check([{ name: "code.js", code }]);
  if (problems.length === 0) {
    passed.add([code]);
  }
  return problems;
};

/** JavaScript as it stands; TypeScript bundled as it is deployed. */
function readCode(name: string): string {
  const resolver = join("resolvers", `${name}.ts`);
  const file = existsSync(name) ? name : resolver;
  if (!existsSync(file)) {
    throw new UsageError(`There is no file ${name}, and no resolver of that name`);
  }
  if (!file.endsWith(".ts")) {
    return readText("FILE", file);
  }
  const { outputFiles } = buildSync({
    entryPoints: [file],
    bundle: true,
    write: false,
    outdir: process.cwd(),
    format: "esm",
    target: "es2020",
    sourcemap: "inline",
    sourcesContent: false,
    external: ["@aws-appsync/utils", "@aws-appsync/utils/*"],
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}

run(usage, main);
