import { describe, expect, it } from "@jest/globals";

import { createRealm } from "../../../src/appsync/runtime/realm.ts";
import { faultOf, runBody, valueOf } from "./support.ts";

/** Ways to compute a forbidden key. Each must fault, whatever the object. */
const KEYS = ["constructor", "__proto__", "prototype", "__defineGetter__", "__lookupGetter__"];
const OBJECTS = [
  "[]",
  "''",
  "0",
  "({})",
  "util",
  "util.error",
  "util.time.nowISO8601",
  "ctx",
  "ctx.args",
  "console.log",
  "ddb",
  "(() => 1)",
  "JSON.parse('[]')",
  "'a'.match('a')",
  "[].map",
  "util.dynamodb.toList([1])",
];

describe("code cannot leave the sandbox", () => {
  it.each(KEYS)("by a computed key: %s", (key) => {
    for (const object of OBJECTS) {
      const half = Math.floor(key.length / 2);
      const parts = `"${key.slice(0, half)}" + "${key.slice(half)}"`;
      expect(faultOf(`return [${object}][0][${parts}];`)).toMatch(/TypeError: the key \S+ is not supported/u);
      expect(faultOf(`const { [${parts}]: found } = { o: ${object} }.o; return found;`)).toMatch(
        /is not supported/u,
      );
    }
  });

  it("by a key whose text changes between two reads", () => {
    expect(
      faultOf(
        `let n = 0; const key = { toString: () => { n += 1; return n === 1 ? "x" : "constructor"; } }; [][key]; return [][key];`,
      ),
    ).toMatch(/the key constructor is not supported/u);
    expect(
      valueOf(
        `(() => { let n = 0; const key = { toString: () => { n += 1; return n === 1 ? "a" : "constructor"; } }; return { a: 1 }[key]; })()`,
      ),
    ).toBe(1);
  });

  it("by keys in JSON, copies or answers", () => {
    expect(
      valueOf(`Object.keys(JSON.parse('{"__proto__":{"polluted":1}}')).length + (({}).polluted ?? 0)`),
    ).toBe(1);
    runBody(`return JSON.parse('{"__proto__":{"polluted":1}}');`);
    runBody(
      `ctx.stash.x = JSON.parse('{"__proto__":{"polluted":1}}'); util.dynamodb.toMapValues(ctx.stash.x); return util.xml.toMap("<__proto__><polluted>1</polluted></__proto__>");`,
    );
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("by results of the library", () => {
    expect(valueOf("Object.keys(util.time).length > 5 && typeof util.time.nowISO8601")).toBe("function");
    expect(faultOf("util.time.nowISO8601 = 1;")).toContain("Cannot assign to read only property");
  });

  it("by callbacks that the host calls", () => {
    expect(valueOf("util.dynamodb.toDynamoDB({ toJSON: () => ({ a: 1 }) })")).toEqual({ M: { a: { N: 1 } } });
    expect(valueOf("util.dynamodb.toDynamoDB({ map: () => 1, length: 2 })")).toEqual({
      M: { length: { N: 2 } },
    });
  });

  it("by the remaining intrinsics: no code from text, no globals, no statics", () => {
    const realm = createRealm();
    const inside = (source: string): unknown => realm.evaluate(`"use strict"; ${source}`, "attack.js");
    expect(() => inside(`[].constructor.constructor("return 1")()`)).toThrow(
      /constructor is not a function|Cannot read/u,
    );
    expect(() => inside(`(() => 1).constructor("return 1")()`)).toThrow(/not a function/u);
    for (const name of [
      "Object",
      "Function",
      "eval",
      "globalThis",
      "Promise",
      "Proxy",
      "Reflect",
      "Array",
      "WebAssembly",
      "SharedArrayBuffer",
    ]) {
      expect(inside(`typeof ${name}`)).toBe("undefined");
    }
    expect(inside(`typeof ({}).__defineGetter__ + typeof ({}).hasOwnProperty + typeof (() => 1).call`)).toBe(
      "undefinedundefinedundefined",
    );
    expect(() => inside(`[].constructor.prototype.map = 1`)).toThrow(/read only/u);
  });

  it("without a change to what V8 guards for all realms, which would make all arrays slow", () => {
    const array = createRealm().evaluate(`[].constructor`, "probe.js") as ArrayConstructor;
    expect(array).not.toBe(Array);
    expect(Object.hasOwn(array, Symbol.species)).toBe(true);
    expect(array.prototype.constructor).toBe(array);
    expect(array.prototype[Symbol.iterator].name).toBe("values");
  });

  it("by an error object: the code never gets one", () => {
    expect(faultOf("return ctx.a.b.c;")).toMatch(/^code\.js:1:\d+: TypeError/u);
  });
});

describe("code cannot run for ever", () => {
  it.each([
    [
      "nested loops",
      "const a = [1,2,3,4,5,6,7,8,9,10]; let n = 0; for (const b of a) for (const c of a) for (const d of a) for (const e of a) for (const f of a) for (const g of a) for (const h of a) n += 1; return n;",
    ],
    [
      "nested callbacks",
      "const a = [1,2,3,4,5,6,7,8,9,10]; return a.map(() => a.map(() => a.map(() => a.map(() => a.map(() => a.map(() => a.map(() => 1)))))));",
    ],
    [
      "doubling by spread",
      "let a = [1]; for (const i of 'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz') a = [...a, ...a]; return a.length;",
    ],
    [
      "doubling by concat",
      "let a = [1]; for (const i of 'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz') a = a.concat(a); return a.length;",
    ],
    ["a huge empty array", "const a = []; a.length = 4000000000; return a.fill(0).length;"],
    ["a huge empty array, spread", "const a = []; a.length = 4000000000; return [...a].length;"],
    [
      "doubling a string",
      "let s = 'x'; for (const i of 'abcdefghijklmnopqrstuvwxyz') { s = s + s; s.toUpperCase(); } return s.length;",
    ],
  ])("by %s", (_, body) => {
    expect(faultOf(body)).toMatch(/^code\.js:1:\d+: RangeError: the code ran for more than 2000000 steps$/u);
  });

  it("by hidden recursion", () => {
    expect(faultOf("const o = {}; o.f = (n) => [n].map((m) => o.f(m)); return o.f(1);")).toMatch(
      /RangeError/u,
    );
  });

  it("and each run starts to count from zero", () => {
    const body = "let n = 0; for (const a of ctx.args.list) { n += 1; } return n;";
    const list = Array.from({ length: 1000 }, (_, index) => index);
    for (let run = 0; run < 3; run += 1) {
      expect(runBody(body, { arguments: { list } }).end).toEqual({ kind: "value", value: 1000 });
    }
  });
});
