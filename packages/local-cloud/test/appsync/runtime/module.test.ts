import { describe, expect, it } from "@jest/globals";
import { buildSync } from "esbuild";

import { compile } from "../../../src/appsync/runtime/compile.ts";
import { CONTEXT, problemsOf } from "./support.ts";

const bundle = (source: string) =>
  buildSync({
    stdin: { contents: source, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    target: "esnext",
    external: ["@aws-appsync/utils", "@aws-appsync/utils/*"],
  }).outputFiles[0]?.text ?? "";

describe("the module", () => {
  it("can be esbuild's output for a resolver in TypeScript", () => {
    const code = bundle(`
      import { util as u, type Context } from "@aws-appsync/utils";
      import * as ddb from "@aws-appsync/utils/dynamodb";
      import { operations, update } from "@aws-appsync/utils/dynamodb";
      const KEY = "id" as const;
      function request2(id: string) { return ddb.get({ key: { [KEY]: id } }); }
      export function request(ctx: Context<{ id: string }>) { return request2(ctx.args.id); }
      export const response = (ctx: Context) => [u.math.roundNum(1.6), update({ key: {}, update: { a: operations.increment() } }).update.expression];
    `);
    expect(code).toContain("export {");
    const compiled = compile(code, "bundle");
    expect(compiled.handlers).toEqual(["request", "response"]);
    const context = { ...CONTEXT, arguments: { id: "7" } };
    expect(compiled.run("request", context).end).toEqual({
      kind: "value",
      value: { operation: "GetItem", key: { id: { S: "7" } } },
    });
    expect(compiled.run("response", context).end).toEqual({
      kind: "value",
      value: [2, "SET #expName_1 = #expName_1 + :expValue_1"],
    });
  });

  it("can be minified", () => {
    const code = `import{util as t}from"@aws-appsync/utils";var e=r=>({a:[...r.args.l].map(n=>n+1),t:t.matches("a","a")});export{e as request};`;
    expect(compile(code, "min").run("request", { ...CONTEXT, arguments: { l: [1] } }).end).toEqual({
      kind: "value",
      value: { a: [2], t: true },
    });
  });

  it("has the handlers that it exports", () => {
    expect(compile("export const response = () => 1;", "r").handlers).toEqual(["response"]);
    expect(
      compile("const a = () => 1, b = () => 2; export { a as response, b as request };", "r").handlers,
    ).toEqual(["response", "request"]);
  });

  it.each([
    ["const a = 1;", "the code exports neither request nor response"],
    ["export const request = 1;", "request is not a function"],
    ["export default function request() {}", "export default is not supported"],
    [`export * from "@aws-appsync/utils";`, "export * is not supported"],
    [`export { util as request } from "@aws-appsync/utils";`, "export from is not supported"],
    [`import fs from "node:fs"; export const request = () => 1;`, 'import from "node:fs" is not supported'],
    [
      `import utils from "@aws-appsync/utils"; export const request = () => 1;`,
      "a default import is not supported",
    ],
    [
      `import { nope } from "@aws-appsync/utils"; export const request = () => 1;`,
      "@aws-appsync/utils exports no nope",
    ],
    [
      `import { sync } from "@aws-appsync/utils/dynamodb"; export const request = () => 1;`,
      "sync is not supported: AWS declares it and refuses it",
    ],
  ])("refuses %s", (code, reason) => {
    expect(problemsOf(code).map(({ value }) => value)).toContainEqual(expect.stringContaining(reason));
  });

  it("keeps no variable from one run to the next", () => {
    const compiled = compile(
      "let n = 0; const seen = []; export function request() { n += 1; seen.push(n); return seen; }",
      "n",
    );
    expect([1, 2, 3].map(() => compiled.run("request", CONTEXT).end)).toEqual(
      Array.from({ length: 3 }, () => ({ kind: "value", value: [1] })),
    );
  });
});
