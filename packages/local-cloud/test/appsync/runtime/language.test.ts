import { describe, expect, it } from "@jest/globals";

import { compile } from "../../../src/appsync/runtime/compile.ts";
import { CodeError } from "../../../src/appsync/runtime/code-error.ts";
import { problemsOf, valueOf } from "./support.ts";

/** Statements that APPSYNC_JS does not support, the text that is reported, and the reason. */
const REFUSED: readonly (readonly [body: string, blamed: string, reason: string])[] = [
  [`throw "x";`, `throw "x";`, "throw is not supported"],
  [`try { f(); } catch {}`, "try", "try, catch and finally are not supported"],
  [`while (true) {}`, "while", "while is not supported"],
  [`do {} while (true);`, "do", "do-while is not supported"],
  [`for (let i = 0; i < 1; i += 1) {}`, "for (let", "for(;;) is not supported"],
  [`for (const x of []) { continue; }`, "continue;", "continue is not supported"],
  [`let i = 0; i++;`, "i++", "++ and -- are not supported"],
  [`let i = 0; --i;`, "--i", "++ and -- are not supported"],
  [`return ~1;`, "~1", "the operator ~ is not supported"],
  [`return (1, 2);`, "1, 2", "the comma operator is not supported"],
  [`return "a" in {};`, `"a" in {}`, "the operator in is not supported"],
  [`return [] instanceof Object;`, "[] instanceof", "the operator instanceof is not supported"],
  [`a: for (const x of []) { break a; }`, "a: for", "labels are not supported"],
  [`return /a/.test("a");`, "/a/", "regular expression literals are not supported"],
  [`return 1n;`, "1n", "BigInt is not supported"],
  [`class A {}`, "class A", "classes are not supported"],
  [`return this;`, "this", "this is not supported"],
  [`return new Object();`, "new Object()", "new is not supported"],
  [`debugger;`, "debugger;", "debugger is not supported"],
  [`async function f() {}`, "async function f", "async functions are not supported"],
  [`function* f() {}`, "function* f", "generators are not supported"],
  [`return { get a() { return 1; } };`, "get a()", "getters and setters are not supported"],
  [`return import("fs");`, `import("fs")`, "import() is not supported"],
  [`return import.meta;`, "import.meta", "import.meta and new.target are not supported"],
  [`return util.time\`x\`;`, "util.time`x`", "tagged templates other than String.raw are not supported"],
  [`function f(n) { return n < 1 ? 0 : f(n - 1); } return f(2);`, "f", "recursion is not supported"],
  [`const o = { f: () => o.f() }; return o.f();`, "o", "recursion is not supported"],
  [`const f = () => g(); const g = () => f(); return f();`, "g", "recursion is not supported"],
  [
    `function f(g) { return g(); } return f(() => 1);`,
    "() => 1",
    "a function cannot be passed as an argument",
  ],
  [
    `const g = () => 1; function f(x) { return x; } return f(g);`,
    "g",
    "a function cannot be passed as an argument",
  ],
  [`return "a".replace("a", () => "b");`, `() => "b"`, "a function cannot be passed as an argument"],
  [`return JSON.stringify({}, (k, v) => v);`, "(k, v) => v", "a function cannot be passed as an argument"],
  [`const f = () => () => 1; return f();`, "() => 1", "a function cannot be returned"],
  [`function f() {} f = 1;`, "f = 1", "a function cannot be reassigned"],
  [`const a = () => {}; const b = a;`, "b = a", "a function cannot be reassigned"],
  [`function a() {} let b = 1; b = a;`, "b = a", "a function cannot be reassigned"],
  [`let a; a ??= 1;`, "a ??= 1", "the operator ??= is not supported"],
  [`let a; a ||= 1;`, "a ||= 1", "the operator ||= is not supported"],
  [`let a; a &&= 1;`, "a &&= 1", "the operator &&= is not supported"],
  [`return [2, 1].sort((a, b) => a - b);`, "(a, b) => a - b", "sort does not accept a comparator"],
  [`return (5).toString();`, "(5).toString", "toString is not supported"],
  [`ctx = {};`, "ctx = {}", "the context is read-only"],
  [`ctx.args = {};`, "ctx.args = {}", "args of the context is read-only"],
  [`delete ctx.stash;`, "delete ctx.stash", "stash of the context is read-only"],
  [`return util.nope();`, "util.nope", "Property 'nope' does not exist on 'util'"],
  [`return util.time.nowNever();`, "util.time.nowNever", "Property 'nowNever' does not exist on 'util.time'"],
  [`return Object.freeze({});`, "Object.freeze", "Object has no freeze in APPSYNC_JS"],
  [`return Object.fromEntries([]);`, "Object.fromEntries", "Object has no fromEntries in APPSYNC_JS"],
  [`return Math.abs(1);`, "Math.abs", "Math has no abs in APPSYNC_JS"],
  [`return Math["abs"](1);`, `Math["abs"]`, "Math has no abs in APPSYNC_JS"],
  [
    `const k = "abs"; return Math[k](1);`,
    "Math[k]",
    "a member of the library needs a name that can be read in the code",
  ],
  [`return Number("1");`, "Number", "Number itself is not a value in APPSYNC_JS"],
  [`return String(1);`, "String", "String itself is not a value in APPSYNC_JS"],
  [`console.warn("x");`, "console.warn", "console has no warn in APPSYNC_JS"],
  [`return [].constructor;`, "[].constructor", "the key constructor is not supported"],
  [`return ({})["__proto__"];`, `({})["__proto__"]`, "the key __proto__ is not supported"],
  [`return { __proto__: null };`, "__proto__: null", "the key __proto__ is not supported"],
  [`const { constructor } = []; return 1;`, "constructor", "the key constructor is not supported"],
  [`const __appsync_step = 1;`, "", "the name __appsync_step is reserved"],
];

const UNDEFINED_GLOBALS = [
  "Promise",
  "Map",
  "Set",
  "Date",
  "parseInt",
  "parseFloat",
  "isNaN",
  "setTimeout",
  "fetch",
  "eval",
  "Symbol",
  "Array",
  "globalThis",
  "process",
  "require",
  "Function",
  "Reflect",
  "Proxy",
  "Error",
  "Boolean",
  "BigInt",
  "RegExp",
  "arguments",
  "encodeURIComponent",
  "structuredClone",
  "WebAssembly",
  "Intl",
  "module",
  "Buffer",
  "queueMicrotask",
];

/** Expressions that APPSYNC_JS supports, and their values. */
const SUPPORTED: readonly (readonly [expression: string, expected: unknown])[] = [
  ["1 + 2 * 3 - 4 / 2 % 3 ** 2", 5],
  ["(5 & 3) | (8 >> 1) ^ (1 << 2) ^ (-1 >>> 31)", 1],
  ["null ?? undefined ?? 0", 0],
  ["({ a: { b: 1 } })?.a?.b", 1],
  ["({}).a?.b.c.d ?? 'none'", "none"],
  ["typeof void 0", "undefined"],
  ["`a${1}${`b${2}`}`", "a1b2"],
  ["String.raw`a\\n${1}`", "a\\n1"],
  ["[...[1, 2], 3]", [1, 2, 3]],
  ["({ ...{ a: 1 }, b: 2 })", { a: 1, b: 2 }],
  ["((a, ...b) => b.length + a)(1, 2, 3)", 3],
  [
    "(({ a, ...rest }, [b, c = 5] = [4]) => ({ a, rest, b, c }))({ a: 1, d: 2 })",
    { a: 1, rest: { d: 2 }, b: 4, c: 5 },
  ],
  ["[3, 1, 2].sort()", [1, 2, 3]],
  ["[1, [2, [3]]].flat()", [1, 2, [3]]],
  ["[1, 2, 3, 4].filter((n) => n % 2 === 0).map((n) => n * 10)", [20, 40]],
  ["[1, 2, 3].reduce((sum, n) => sum + n, 0)", 6],
  ["[1, 2].findLast((n) => n < 2)", 1],
  ["Object.entries({ a: 1 })", [["a", 1]]],
  ["Object.hasOwn({ a: 1 }, 'a')", true],
  ["Object.keys(Object.assign({}, { a: 1 }, { b: 2 }))", ["a", "b"]],
  ["Number.isFinite(1) && !Number.isNaN(1)", true],
  ["Math.max(1, Math.round(2.5), Math.floor(2.9), Math.ceil(0.1))", 3],
  ["JSON.parse('{\"a\":[1]}')", { a: [1] }],
  ["JSON.parse('bad')", ""],
  ["JSON.stringify({ a: undefined, b: NaN })", `{"b":null}`],
  ["NaN === NaN", false],
  ["-Infinity < Infinity", true],
  ["'a.b'.replace('.', 'x')", "x.b"],
  ["'a1b22'.replaceAll('(\\\\d)+', '<$1>')", "a<1>b<2>"],
  ["'a?b.c'.split('?')", ["a", "b.c"]],
  ["'a,b,'.split(',', 2)", ["a", "b"]],
  ["'abc'.split('')", ["a", "b", "c"]],
  ["'abc'.split()", ["abc"]],
  ["'k=v'.match('(\\\\w)=(\\\\w)')", ["k=v", "k", "v"]],
  ["'abc'.match('x')", null],
  ["'2024-01-01T00'.substring(0, 10)", "2024-01-01"],
  [
    "['abc'.includes('b'), 'abc'.includes('d'), [1, 2].includes(2), [1, 2].includes('2')]",
    [true, false, true, false],
  ],
  [
    "typeof 'x'.codePointAt + typeof 'x'.at + typeof [].at + typeof (1).toFixed",
    "undefinedundefinedundefinedundefined",
  ],
  ["`${[1, [2, 3]]}|${{}}|${1.5}|${true}|${null}`", "1,2,3|[object Object]|1.5|true|null"],
];

describe("the language", () => {
  it.each(REFUSED)("refuses %s", (body, blamed, reason) => {
    const code = `import { util } from "@aws-appsync/utils";\nexport function request(ctx) {\n  ${body}\n}`;
    const problem = problemsOf(code).find(({ value }) => value.startsWith(reason));
    expect(problem?.value.slice(reason.length)).toContain(blamed);
    if (problem !== undefined && blamed !== "") {
      const { line, column } = problem.location;
      expect(
        code
          .split("\n")
          [line - 1]?.slice(column - 1)
          .startsWith(blamed),
      ).toBe(true);
    }
  });

  it.each(UNDEFINED_GLOBALS)("has no global %s", (name) => {
    const problems = problemsOf(`export function request() { return ${name}; }`);
    expect(problems).toEqual([
      {
        errorType: "Code",
        value: `${name} is not defined in APPSYNC_JS: ${name}`,
        location: { file: "code.js", line: 1, column: 36, span: name.length },
      },
    ]);
  });

  it.each(SUPPORTED)("supports %s", (expression, expected) => expect(valueOf(expression)).toEqual(expected));

  it("supports every documented kind of statement", () => {
    const code = `
      const seen = [];
      let kind = "";
      for (const key in { a: 1, b: 2 }) seen.push(key);
      for (const item of [1, 2, 3]) { if (item === 2) break; else seen.push(item); }
      switch (seen.length) { case 3: { kind = "three"; break; } default: kind = "other"; }
      const o = { a: 1, b: 2 }; delete o.a;
      var later = () => { return o; };
      kind += "!"; o.c = 5;
      return { seen, kind, o: later() };`;
    expect(valueOf(`(() => {${code}})()`)).toEqual({
      seen: ["a", "b", 1],
      kind: "three!",
      o: { b: 2, c: 5 },
    });
  });

  it("allows variables with names of the library", () => {
    const code = `function pick(util) { return util.nope; }\nexport function request() { const Math = { abs: 1 }; return [pick({ nope: 2 }), Math.abs]; }`;
    expect(problemsOf(code)).toEqual([]);
  });

  it("reports every problem, in order of place", () => {
    const problems = problemsOf(
      "export function request(ctx) {\n  ctx.n++;\n  return parseInt(ctx.n);\n}\nclass A {}",
    );
    expect(problems.map(({ location: { line, column } }) => [line, column])).toEqual([
      [2, 3],
      [3, 10],
      [5, 1],
    ]);
  });

  it("reports the place of a syntax error", () => {
    expect(problemsOf("export function request( {")).toEqual([
      {
        errorType: "Code",
        value: "Unexpected token",
        location: { file: "code.js", line: 1, column: 27, span: -1 },
      },
    ]);
  });

  it("names the code in the error's message", () => {
    expect(() => compile("export const request = () => eval;", "Query.me")).toThrow(CodeError);
    expect(() => compile("export const request = () => eval;", "Query.me")).toThrow(
      "Query.me:1:30: eval is not defined",
    );
  });

  it("allows at most 32,768 characters", () => {
    const code = "export function request() { return 1; }";
    expect(problemsOf(code.padEnd(32_768))).toEqual([]);
    expect(problemsOf(code.padEnd(32_769))[0]?.value).toBe("the code has 32769 characters, more than 32768");
  });
});
