import { describe, expect, it } from "@jest/globals";

import { compile } from "../../../src/appsync/runtime/compile.ts";
import { CONTEXT, faultOf, runBody, valueOf } from "./support.ts";

/** `text(n)` has n characters; `megabyte` has 2^20. */
const makers = `
  function text(n, letter) { const list = []; list.length = n + 1; return list.join(letter ?? "x"); }
  const quarter = text(65536) + text(65536) + text(65536) + text(65536);
  const megabyte = quarter + quarter + quarter + quarter;
  const four = megabyte + megabyte + megabyte + megabyte;`;
const runLarge = (body: string) =>
  compile(`${makers} export function request(ctx) { ${body} }`, "c").run("request", CONTEXT).end;

describe("the context", () => {
  it("has the arguments under both names, as one object", () => {
    const { end } = runBody("ctx.args.a = 2; return ctx.arguments;", { arguments: { a: 1 } });
    expect(end).toEqual({ kind: "value", value: { a: 2 } });
  });

  it("is a copy: changes by the code have no effect outside", () => {
    const stash = { list: [1] };
    const { stash: after } = runBody("ctx.stash.list.push(2); ctx.stash.n = 1; return null;", { stash });
    expect(after).toEqual({ list: [1, 2], n: 1 });
    expect(stash).toEqual({ list: [1] });
  });

  it("is read-only, under any name", () => {
    expect(faultOf("\n const c = ctx; c.args = 1;")).toBe(
      "code.js:2:24: TypeError: Cannot assign to read only property 'args' of object '[object Object]'",
    );
  });

  it("has result and error only if they exist", () => {
    expect(valueOf("[Object.hasOwn(ctx, 'result'), ctx.error ?? null]")).toEqual([false, null]);
    const error = { message: "m", type: "T" };
    expect(valueOf("[ctx.result, ctx.error]", { result: null, error })).toEqual([null, error]);
  });

  it("shows the selection set, which JSON.stringify(ctx.info) leaves out", () => {
    const info = { ...CONTEXT.info, selectionSetList: ["id"], selectionSetGraphQL: "{ id }" };
    expect(
      valueOf("[ctx.info.selectionSetList, ctx.info.selectionSetGraphQL, JSON.stringify(ctx.info)]", {
        info,
      }),
    ).toEqual([["id"], "{ id }", `{"fieldName":"field","parentTypeName":"Query","variables":{}}`]);
  });

  it("has keys that are special in JavaScript as plain data", () => {
    const args = JSON.parse(`{"__proto__":{"a":1},"constructor":2,"toString":3}`) as Record<string, unknown>;
    const { end } = runBody("return ctx.args;", { arguments: args });
    expect(JSON.stringify(end)).toBe(
      `{"kind":"value","value":{"__proto__":{"a":1},"constructor":2,"toString":3}}`,
    );
  });
});

describe("a result", () => {
  it("is what JSON can express", () => {
    expect(
      valueOf(
        "({ f: () => 1, u: undefined, n: NaN, list: [undefined, () => 1], at: { toJSON: () => 'json' } })",
      ),
    ).toEqual({
      n: null,
      list: [null, null],
      at: "json",
    });
    expect(valueOf("undefined")).toBeNull();
  });

  it("cannot be a circle, or have too many values", () => {
    expect(faultOf("const a = {}; a.a = a; return a;")).toMatch(
      /RangeError: the value is nested too deeply, or in a circle/u,
    );
    expect(faultOf("const a = []; a.length = 4000000000; util.error('x', 'T', a);")).toMatch(
      /the value is too large/u,
    );
  });

  it.each([
    ["a list", "const list = []; list.length = 4000000000; return list;"],
    ["a text", "return four + megabyte;"],
    [
      "a text that would fill the memory",
      "let t = four; for (const n of [1, 2, 3, 4, 5, 6]) { t = t + t; } return t;",
    ],
    ["bytes, not characters", "const t = text(262144, '\u00e9'); return [t, t, t, t, t, t, t, t, t, t];"],
    ["many texts", "return [megabyte, { a: [megabyte, megabyte] }, megabyte, megabyte];"],
    ["many small values", "const list = []; list.length = 450000; return list.fill(123456789012);"],
    ["keys", "return { [four]: { [megabyte]: 1 } };"],
  ])("is at most 5 MB: %s", (_what, body) => {
    expect(runLarge(body)).toMatchObject({
      kind: "error",
      error: { message: "Transformation too large", errorType: "MappingTemplate" },
    });
  });

  it("can be nearly 5 MB", () => {
    expect(runLarge("return { a: four + quarter + quarter + quarter + text(262136) };")).toMatchObject({
      kind: "value",
    });
  });

  it("comes with appended errors, logs and effects", () => {
    const { end, appended, logs, effects } = runBody(`util.appendError("a", "T", { d: 1 });
      console.log("text", { a: [1] }, 2, null, undefined);
      console.error("bad");
      [1].forEach(console.log);
      util.http.addResponseHeaders({ "X-One": 1 });
      util.http.addResponseHeader("x-one", "two");
      extensions.setSubscriptionFilter({ filterGroup: [] });
      extensions.setSubscriptionInvalidationFilter({ filterGroup: [1] });
      extensions.invalidateSubscriptions({ subscriptionField: "onX", payload: { id: 1 } });
      extensions.evictFromApiCache("Query", "getX", { "ctx.args.id": 1 });
      return util.error("end");`);
    expect(end).toMatchObject({ kind: "error", error: { message: "end" } });
    expect(appended).toEqual([{ message: "a", errorType: "T", data: { d: 1 }, errorInfo: null }]);
    expect(logs).toEqual([
      `INFO - code.js:2:7: "text" {"a":[1]} 2 null undefined`,
      `ERROR - code.js:3:7: "bad"`,
      "INFO - code.js: 1 0 [1]",
    ]);
    expect(effects).toEqual({
      responseHeaders: { "x-one": "two" },
      subscriptionFilter: { filterGroup: [] },
      invalidationFilter: { filterGroup: [1] },
      invalidations: [{ subscriptionField: "onX", payload: { id: 1 } }],
      evictions: [{ typeName: "Query", fieldName: "getX", keys: { "ctx.args.id": 1 } }],
    });
  });

  it("has only the effects of its own run", () => {
    const compiled = compile(
      `export function request() { util.appendError("x"); console.log("y"); util.http.addResponseHeader("a", 1); return 1; }`,
      "c",
    );
    const [first, second] = [compiled.run("request", CONTEXT), compiled.run("request", CONTEXT)];
    expect(second).toEqual(first);
  });

  it("keeps the stash of a handler that ends early", () => {
    expect(runBody("ctx.stash.a = 1; util.error('x');").stash).toEqual({ a: 1 });
    expect(runBody("ctx.stash.a = 1; runtime.earlyReturn(1);").stash).toEqual({ a: 1 });
    expect(runBody("ctx.stash.a = 1; return ctx.none.x;").stash).toEqual({ a: 1 });
  });
});

describe("a fault", () => {
  it("has its place in the deployed code", () => {
    const code = `import { util } from "@aws-appsync/utils";
export function request(ctx) {
  const key = "a";
  return [...ctx.args.list].map((item) => item[key].b.c);
}`;
    const { end } = compile(code, "Query.x").run("request", { ...CONTEXT, arguments: { list: [{ a: {} }] } });
    expect(end).toEqual({
      kind: "error",
      error: {
        message: "code.js:4:55: TypeError: Cannot read properties of undefined (reading 'c')",
        errorType: "Code",
        data: null,
        errorInfo: null,
      },
      unauthorized: false,
    });
  });

  it("of a utility has the place of the call", () => {
    expect(faultOf(`\n  util.urlDecode("%zz");`)).toBe("code.js:2:8: urlDecode: malformed escape %zz");
    expect(faultOf(`\n  return "a".replace("(", "b");`)).toBe(
      `code.js:2:14: the regular expression "(" has an unclosed group, which is not supported`,
    );
    expect(faultOf(`\n  ddb.get(null);`)).toMatch(
      /^code\.js:2:7: the utility does not take these arguments/u,
    );
  });

  it("of a missing method is a TypeError", () => {
    expect(faultOf(`\n  return "x".codePointAt(0);`)).toBe(
      `code.js:2:14: TypeError: "x".codePointAt is not a function`,
    );
  });

  it("at the top level of the module is reported too", () => {
    const { end } = compile(
      "const a = undefined;\nconst b = a.b;\nexport function request() { return b; }",
      "c",
    ).run("request", CONTEXT);
    expect(end).toMatchObject({
      error: { message: "code.js:2:13: TypeError: Cannot read properties of undefined (reading 'b')" },
    });
  });

  it("of a missing handler names the handler", () => {
    const { end } = compile("export function request() { return 1; }", "c").run("response", CONTEXT);
    expect(end).toMatchObject({
      kind: "error",
      error: { errorType: "Code", message: "the code exports no response" },
    });
  });
});
