import { describe, expect, it } from "@jest/globals";
import { compileFilter } from "../../../../src/aws/lambda/mappings/filter.ts";

describe("a filter for messages", () => {
  it("filters the body as JSON if the pattern has an object for it", () => {
    const filter = compileFilter(['{"body":{"a":[1]}}'], "sqs");
    expect(['{"a":1}', '{"a":2}', "a", "[1]", "null"].map((body) => filter({ body }))).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it("filters the body as text if the pattern has a list for it", () => {
    const filter = compileFilter(['{"body":["go", {"prefix":"{"}]}'], "sqs");
    expect(["go", "{}", "stop"].map((body) => filter({ body }))).toEqual([true, true, false]);
  });

  it("passes a message that any pattern matches, and every message without patterns", () => {
    const filter = compileFilter(['{"body":["a"]}', '{"attributes":{"MessageGroupId":["g"]}}'], "sqs");
    expect(filter({ body: "x", attributes: { MessageGroupId: "g" } })).toBe(true);
    expect(filter({ body: "x", attributes: {} })).toBe(false);
    expect(compileFilter([], "sqs")({ body: "x" })).toBe(true);
  });

  it("is at most ten patterns, each a JSON object", () => {
    const pattern = '{"body":["a"]}';
    expect(() => compileFilter(Array<string>(10).fill(pattern), "sqs")).not.toThrow();
    expect(() => compileFilter(Array<string>(11).fill(pattern), "sqs")).toThrow("at most 10 filters");
    expect(() => compileFilter(["[]"], "dynamodb")).toThrow("[] is not a JSON object");
  });
});
