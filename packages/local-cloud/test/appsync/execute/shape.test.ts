import { describe, expect, it } from "@jest/globals";
import { shapeOf } from "../../../src/appsync/execute/shape.ts";

describe("the shape of a value", () => {
  it("has names and types, and no text or number", () => {
    const value = { input: { email: "ada@example.com", size: 41, live: true, none: null }, list: ["a", 2] };
    expect(shapeOf(value)).toEqual({
      input: { email: "<text of 15>", size: "<number>", live: true, none: null },
      list: ["<text of 1>", "<number>"],
    });
  });

  it("stays small for every value", () => {
    const long = Array.from({ length: 21 }, (_, index) => index);
    expect(shapeOf(long)).toEqual([...Array<string>(20).fill("<number>"), "<1 more>"]);
    expect(shapeOf(long.slice(1))).toEqual(Array<string>(20).fill("<number>"));
    const wide = Object.fromEntries(long.map((index) => [`f${index}`, true]));
    expect(Object.keys(shapeOf(wide) as object)).toHaveLength(21);
    expect(shapeOf(wide)).toMatchObject({ f19: true, "...": "<1 more>" });
    expect(Object.keys(shapeOf({ ["n".repeat(65)]: true }) as object)).toEqual(["n".repeat(64)]);
    let deep: unknown = "secret";
    for (let level = 0; level < 1000; level++) {
      deep = [deep];
    }
    expect(shapeOf(deep)).toEqual([[[[[["<more>"]]]]]]);
  });
});
