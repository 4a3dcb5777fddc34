import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { decode, refuseOutputText, wireSecret } from "../../src/engine/values.ts";

describe("protocol values", () => {
  it("are JSON after decoding, with any content", () => {
    const json = fc.dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false }).filter(withoutNull));
    fc.assert(
      fc.property(json, (value) => {
        expect(decode(value).value).toEqual(value);
      }),
    );
  });

  it("are unwrapped from secrets at any depth, and the path is listed", () => {
    const wire = { a: [wireSecret("x"), { b: wireSecret({ c: 1 }) }], d: wireSecret([wireSecret(2)]) };
    expect(decode(wire)).toEqual({
      value: { a: ["x", { b: { c: 1 } }], d: [2] },
      secrets: ["a[0]", "a[1].b", "d", "d[0]"],
    });
  });

  it("of an unknown kind are refused", () => {
    expect(() => decode({ a: { "4dabf18193072939515e22adb298388d": "other" } })).toThrow(
      /"a" is a value of the unknown/,
    );
  });
});

it("finds an Output that was converted to text, at any depth", () => {
  const text = "arn of Calling [toString] on an [Output<T>] is not supported.";
  expect(() => refuseOutputText("r", { a: [{ b: text }] })).toThrow(/^r: "a\[0\]\.b" contains an Output/);
  expect(() => refuseOutputText("r", { a: ["Output<T>", 1, true] })).not.toThrow();
});

function withoutNull(value: unknown): boolean {
  return !JSON.stringify(value).includes("null") && !JSON.stringify(value).includes("__proto__");
}
