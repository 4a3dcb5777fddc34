import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "@jest/globals";

const COMMAND = join(import.meta.dirname, "../../../src/appsync/evaluate.ts");
const folder = mkdtempSync(join(tmpdir(), "evaluate-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const run = (...args: string[]) =>
  spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", COMMAND, ...args], {
    encoding: "utf8",
  });
/** The answer. The exit code shows its error too. */
const evaluate = (...args: string[]): unknown => {
  const { stdout, status } = run(...args);
  const answer = JSON.parse(stdout) as { error?: unknown };
  expect(status).toBe(answer.error === undefined ? 0 : 1);
  return answer;
};

describe("the evaluate command", () => {
  it("gives the answer of EvaluateCode", () => {
    const code = file(
      "a.js",
      `import { util } from "@aws-appsync/utils";
export function request(ctx) {
  console.log("args", ctx.args);
  ctx.stash.seen = true;
  util.appendError("careful", "Odd");
  return { id: ctx.args.id, user: ctx.identity.sub };
}`,
    );
    const context = file("ctx.json", JSON.stringify({ arguments: { id: "7" }, identity: { sub: "s" } }));
    expect(evaluate(code, "--function", "request", "--context", context)).toEqual({
      evaluationResult: `{"id":"7","user":"s"}`,
      logs: [`INFO - code.js:3:3: "args" {"id":"7"}`],
      stash: `{"seen":true}`,
      outErrors: `[{"message":"careful","errorType":"Odd","data":null,"errorInfo":null}]`,
    });
  });

  it("bundles TypeScript as for deployment", () => {
    file("shared.ts", "export const KEY: string = 'id';");
    const code = file(
      "b.ts",
      `import type { Context } from "@aws-appsync/utils";
      import { get } from "@aws-appsync/utils/dynamodb";
      import { KEY } from "./shared.ts";
      export const request = (ctx: Context) => get({ key: { [KEY]: ctx.args.id } });`,
    );
    const context = file("b.json", `{"arguments":{"id":"7"}}`);
    expect(evaluate(code, "--function", "request", "--context", context)).toMatchObject({
      evaluationResult: `{"operation":"GetItem","key":{"id":{"S":"7"}}}`,
    });
  });

  it("reports errors as EvaluateCode does", () => {
    const code = file(
      "c.js",
      `import { util } from "@aws-appsync/utils";
export function request() { util.error("no", "Forbidden"); }
export function response(ctx) { return ctx.result.a.b; }`,
    );
    expect(evaluate(code, "--function", "request")).toEqual({
      error: { message: "no" },
      logs: [],
      stash: "{}",
      outErrors: "[]",
    });
    expect(evaluate(code, "--function", "response")).toMatchObject({
      error: { message: "code.js:3:51: TypeError: Cannot read properties of undefined (reading 'a')" },
    });
    const wrong = file("d.js", "export function request() { return parseInt('1'); }");
    expect(evaluate(wrong, "--function", "request")).toEqual({
      error: {
        message: "The code contains one or more errors.",
        codeErrors: [
          {
            errorType: "Code",
            value: "parseInt is not defined in APPSYNC_JS: parseInt",
            location: { file: "code.js", line: 1, column: 36, span: 8 },
          },
        ],
      },
      logs: [],
    });
  });

  it("answers each line with a line, whatever its content", () => {
    const code = "export function request(ctx) { return ctx.args.n ?? ctx.args; }";
    const lines = [
      JSON.stringify({ code, function: "request", context: { arguments: { n: 1 } } }),
      JSON.stringify({ code, function: "request", context: `{"arguments":{"n":2}}` }),
      "not json",
      "",
      "[]",
      "null",
      JSON.stringify({ code, function: "toString" }),
      JSON.stringify({ file: "/nowhere", function: "request" }),
      JSON.stringify({ code: "export function request( {", function: "request" }),
      JSON.stringify({ code, function: "request", context: "[" }),
      JSON.stringify({
        code,
        function: "request",
        context: { arguments: 5, request: null, info: "x", stash: [] },
      }),
      JSON.stringify({ code, function: "request" }),
    ];
    const { stdout, status } = spawnSync(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", COMMAND, "--stdin"],
      {
        input: lines.join("\n"),
        encoding: "utf8",
      },
    );
    const answers = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { evaluationResult?: string; error?: { message: string } });
    expect(status).toBe(1);
    expect(answers.map(({ evaluationResult, error }) => evaluationResult ?? error?.message)).toEqual([
      "1",
      "2",
      expect.stringContaining("not valid JSON"),
      "a request must be a JSON object",
      "a request must be a JSON object",
      "--function must be request or response",
      "There is no file /nowhere, and no resolver of that name",
      "The code contains one or more errors.",
      expect.stringContaining("JSON"),
      "context.info must be a JSON object",
      "{}",
    ]);
  });

  it("prints its usage", () => {
    const { stderr, status } = run();
    expect(status).toBe(2);
    expect(stderr).toContain("npm run evaluate -- NAME|FILE");
  });
});
