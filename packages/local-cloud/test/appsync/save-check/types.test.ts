import { describe, expect, it } from "@jest/globals";

import { resolverCode, resolverNames } from "../../../../../infra/bundle.ts";
import { TypeCheck } from "../../../src/appsync/save-check/types.ts";

const check = new TypeCheck();
const problemsOf = (code: string) => check.check([{ name: "Query.me", code }])[0] ?? [];
const inRequest = (body: string) => `export function request(ctx) {\n  ${body}\n}`;

/** Code that AWS is known to refuse at save, with TypeScript's error code and the text that is reported. */
const REFUSED: readonly (readonly [code: string, what: string, blamed: string, body: string])[] = [
  ["TS2741", "another object shape (#279)", "a =", "let a = { x: 1 }; a = { y: 1 }; return a;"],
  [
    "TS2345",
    "a destructured parameter without one of its members (#324)",
    "{ a: 1 }",
    "const f = ({ a, b }) => a ?? b; return f({ a: 1 });",
  ],
  [
    "TS2556",
    "a list spread into a utility (#323)",
    "...list",
    `const list = ["a", "b"]; util.appendError(...list); return 1;`,
  ],
  ["TS2554", "more arguments than parameters", "2);", "const f = (a) => a; return f(1, 2);"],
  [
    "TS2367",
    "a comparison that is never true",
    "a === b",
    `const a = "x"; const b = "y"; if (a === b) { return 1; } return 2;`,
  ],
  ["TS2538", "a key that is no key", "key]", "const key = { a: 1 }; return [1][key];"],
  ["TS2588", "a constant that is assigned", "a = 2", "const a = 1; a = 2; return a;"],
  ["TS2345", "a normal form that is none", `"nfx"`, `return util.str.normalize("a", "nfx");`],
  [
    "TS2345",
    "ignored fields that are no list",
    `"b"`,
    `return util.transform.toSubscriptionFilter({ a: { eq: 1 } }, "b");`,
  ],
  ["TS2322", "a variable that changes its type", `a = "x"`, `let a = 1; a = "x"; return a;`],
];

/** Code that AWS is known to accept. */
const ACCEPTED: readonly (readonly [what: string, code: string])[] = [
  ["parameters without types", inRequest("return [ctx.args.a, ctx.stash.b.c, ctx.identity.groups];")],
  ["members assigned to a new object", inRequest("const o = {}; o.a = 1; ctx.stash.o = o; return o;")],
  ["includes (#305)", inRequest(`return Object.keys(ctx.args).includes("a") || "abc".includes("b");`)],
  [
    "every method that the manual lists",
    inRequest("return [[1].findLast((n) => n > 0), Object.hasOwn(ctx.args, 'a'), 'a'.replaceAll('a', 'b')];"),
  ],
  [
    "the library without an import, and the console",
    inRequest(
      "console.debug(util.autoId()); extensions.setSubscriptionFilter({ filterGroup: [] }); runtime.earlyReturn();",
    ),
  ],
  [
    "a subscription filter with rules, as the manual has it",
    inRequest(
      `return util.transform.toSubscriptionFilter({ percentageUp: { lte: 50 }, or: [{ author: { eq: "Admin" } }] }, ["isPublished"], { downvotes: { between: [5, 7] } });`,
    ),
  ],
  ["operands that are always nullish, or never", inRequest("return [1 ?? 2, null ?? 1, {} || 1];")],
  [
    "filters of untyped arguments, as in AWS's samples",
    `import * as ddb from "@aws-appsync/utils/dynamodb";
     export function request(ctx) {
       const condition = { id: { attributeExists: true } };
       return ddb.update({ key: { id: ctx.args.id }, update: { a: ddb.operations.increment(1) }, condition });
     }`,
  ],
  [
    "comments with types that do not hold, as in AWS's samples",
    `/** @param {import("@aws-appsync/utils").HTTPRequest} ctx @returns {string} */
     export function request(ctx) { return 1; }`,
  ],
];

describe("the check at save", () => {
  it.each(REFUSED)("refuses with %s %s", (code, _what, blamed, body) => {
    const text = inRequest(body);
    const [problem, ...others] = problemsOf(text);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      errorType: "Code",
      value: expect.stringMatching(new RegExp(`^${code}: [A-Z]`, "u")),
      location: { file: "Query.me", line: 2 },
    });
    const at = text.split("\n")[1]?.slice((problem?.location.column ?? 0) - 1);
    expect(at?.startsWith(blamed)).toBe(true);
  });

  it.each(ACCEPTED)("accepts %s", (_what, code) => expect(problemsOf(code)).toEqual([]));

  it("checks each piece by itself, in order", () => {
    const good = { name: "good", code: "const shared = 1; export const request = () => shared;" };
    const bad = { name: "bad", code: "const shared = 'x'; export const request = () => shared(1);" };
    const found = check.check([good, bad, good]);
    expect(found.map((problems) => problems.map(({ location }) => location.file))).toEqual([[], ["bad"], []]);
  });

  it("checks a piece again after a change", () => {
    const code = inRequest("const f = (a) => a; return f(1);");
    expect(problemsOf(code)).toEqual([]);
    expect(problemsOf(code.replace("f(1)", "f(1, 2)"))).toHaveLength(1);
    expect(problemsOf(code)).toEqual([]);
  });

  it("accepts every resolver and function of the program, as they are deployed", async () => {
    const names = resolverNames();
    const pieces = await Promise.all(names.map(async (name) => ({ name, code: await resolverCode(name) })));
    const found = check.check(pieces).flat();
    expect(found.map(({ value, location }) => `${location.file}:${location.line} ${value}`)).toEqual([]);
    expect(pieces.length).toBeGreaterThan(20);
  });
});
