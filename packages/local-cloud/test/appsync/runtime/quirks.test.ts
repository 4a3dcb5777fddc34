import { describe, expect, it } from "@jest/globals";

import { compile } from "../../../src/appsync/runtime/compile.ts";
import { faultOf, runBody, valueOf } from "./support.ts";

/** The result of an expression, and the values that it passed to `seen`, in order. */
const seen = (expression: string) =>
  valueOf(
    `(() => { const list = []; const seen = (value) => { list.push(value); return value; }; const result = ${expression}; return { result, list }; })()`,
  );

describe("a ?? b always evaluates b", () => {
  it.each([
    ["seen(1) ?? seen(2)", 1, [1, 2]],
    ["seen(null) ?? seen(2)", 2, [null, 2]],
    ["seen(1) ?? seen(2) ?? seen(3)", 1, [1, 2, 3]],
    ["(seen(1)) /* ?? */ ?? // ??\n (seen(2))", 1, [1, 2]],
    ["seen(0) ?? (true ? seen(2) : seen(3))", 0, [0, 2]],
  ])("%s", (expression, result, list) => expect(seen(expression)).toEqual({ result, list }));

  it.each([
    ["true ? seen(1) : seen(2)", 1, [1]],
    ["seen(1) || seen(2)", 1, [1]],
    ["seen(0) && seen(2)", 0, [0]],
    ["seen(null)?.a(seen(2))", undefined, [null]],
  ])("%s evaluates only what JavaScript does", (expression, result, list) =>
    expect(seen(expression)).toEqual({ ...(result !== undefined && { result }), list }),
  );

  it("so that an error on the right is raised even if the left has a value", () => {
    expect(runBody(`return "found" ?? util.error("not found", "NotFound");`).end).toMatchObject({
      kind: "error",
      error: { message: "not found", errorType: "NotFound" },
    });
    expect(faultOf("return 1 ?? ctx.args.a.b;")).toMatch(/^code\.js:1:\d+: TypeError: Cannot read/u);
  });

  it("keeps the places of faults", () => {
    const column = "return 1 ?? ctx.args.a(2 ?? ctx.none.x);".indexOf("x);") + 1;
    expect(faultOf("\nreturn 1 ?? ctx.args.a(2 ?? ctx.none.x);")).toContain(`code.js:2:${column}: `);
  });
});

describe("a switch over an optional chain", () => {
  const body = (over: string) =>
    `const a = { kind: "x" }; const kind = a?.kind; switch (${over}) { case "x": return "case"; default: return "default"; }`;

  it("runs the default case, whatever its value", () => {
    expect(runBody(body("a?.kind")).end).toEqual({ kind: "value", value: "default" });
    expect(runBody(body("(a?.kind)")).end).toEqual({ kind: "value", value: "default" });
  });

  it("runs the matching case for a variable or a plain member", () => {
    expect(runBody(body("kind")).end).toEqual({ kind: "value", value: "case" });
    expect(runBody(body("a.kind")).end).toEqual({ kind: "value", value: "case" });
  });

  it("is a warning with its place when the code loads", () => {
    const code = `export function request(ctx) {\n  switch (ctx.args?.a) { default: return 1; }\n}`;
    expect(compile(code, "Query.me").warnings).toEqual([
      expect.stringMatching(/^Query\.me:2:3: a switch over an optional chain takes the default/u),
    ]);
    expect(compile(`export const request = (ctx) => ctx.args?.a;`, "Query.me").warnings).toEqual([]);
  });
});

describe("a loop", () => {
  const list = (length: number) => ({ arguments: { list: Array.from({ length }, (_, index) => index) } });
  const forOf = "let n = 0; for (const item of ctx.args.list) { n += 1; } return n;";
  const map = "return ctx.args.list.map((item) => item).length;";
  const reduce = "return ctx.args.list.reduce((n) => n + 1, 0);";

  it.each([
    ["for-of", forOf],
    ["map", map],
    ["reduce", reduce],
  ])("by %s stops after 1,000 items, with a warning that has its place", (name, body) => {
    expect(runBody(body, list(1000))).toMatchObject({ end: { value: 1000 }, warnings: [] });
    const { end, warnings } = runBody(`\n${body}`, list(1001));
    expect(end).toEqual({ kind: "value", value: 1000 });
    expect(warnings).toEqual([
      expect.stringMatching(
        new RegExp(`^code\\.js:2:\\d+: ${name} stops after 1000 of 1001 items, as on AWS$`, "u"),
      ),
    ]);
  });

  it.each(["filter", "forEach", "some", "flatMap"])(
    "by %s goes on, with a warning that AWS may stop",
    (name) => {
      const { end, warnings } = runBody(
        `let n = 0; ctx.args.list.${name}((item) => { n += 1; return false; }); return n;`,
        list(1001),
      );
      expect(end).toEqual({ kind: "value", value: 1001 });
      expect(warnings).toEqual([expect.stringContaining(`${name} goes through 1001 items; AWS may stop`)]);
    },
  );

  it("gives one warning, however often it runs", () => {
    const body = `for (const twice of [1, 2]) { ctx.args.list.map((item) => item); } return 1;`;
    expect(runBody(body, list(1001)).warnings).toHaveLength(1);
  });

  it("by slice and join goes through all items", () => {
    const body = `return ctx.args.list.slice(0).length + ctx.args.list.join(",").split(",").length;`;
    expect(runBody(body, list(2500))).toMatchObject({ end: { value: 5000 }, warnings: [] });
  });

  it("by for-of does not visit items that are pushed while it runs", () => {
    expect(runBody("const a = [1, 2]; for (const b of a) { a.push(b); } return a;").end).toEqual({
      kind: "value",
      value: [1, 2, 1, 2],
    });
  });

  it("by for-of still goes through the characters of a text", () => {
    expect(valueOf("(() => { let s = ''; for (const c of 'abc') { s = c + s; } return s; })()")).toBe("cba");
  });
});

describe("an early return", () => {
  const warningsOf = (given: string) =>
    compile(
      `import { runtime } from "@aws-appsync/utils";\nexport function request(ctx) {\n  runtime.earlyReturn(${given});\n}`,
      "Query.me",
    ).warnings;

  it.each(["", "null", "undefined", "void 0", "null, { skipTo: 'END' }"])(
    "of nothing is reported when the code loads: (%s)",
    (given) => {
      expect(warningsOf(given)).toEqual([
        expect.stringMatching(/^Query\.me:3:3: runtime\.earlyReturn without a value.*#280\)$/u),
      ]);
    },
  );

  it.each(["ctx.args", "{}", '"null"', "0"])("of a value gives no warning: (%s)", (given) => {
    expect(warningsOf(given)).toEqual([]);
  });
});

describe("f.call", () => {
  it.each(["call", "apply", "bind"])("with %s compiles, and faults at run time", (method) => {
    expect(faultOf(`function f() { return 1; } return f.${method}(1);`)).toMatch(
      new RegExp(`^code\\.js:1:\\d+: TypeError: Invalid function: ${method}$`, "u"),
    );
  });
});

describe("the console", () => {
  it("has log, error and debug", () => {
    expect(runBody(`console.log(1); console.error(2); console.debug(3); return 1;`).logs).toEqual([
      expect.stringMatching(/^INFO - .*: 1$/u),
      expect.stringMatching(/^ERROR - .*: 2$/u),
      expect.stringMatching(/^DEBUG - .*: 3$/u),
    ]);
  });
});
