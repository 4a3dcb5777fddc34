import { describe, expect, it } from "@jest/globals";
import { updateExpression } from "../../domain/update.ts";

describe("an update's expression", () => {
  it("has each kind of change, behind placeholders", () => {
    const update = {
      set: { state: "DELETED", size: 1 },
      copy: { formerState: "state" },
      increment: ["version"],
      remove: ["name", "items"],
    };
    expect(updateExpression(update)).toEqual({
      expression:
        "SET #state = :state, #size = :size, #formerState = #state ADD #version :one REMOVE #name, #items",
      names: {
        ...{ "#state": "state", "#size": "size", "#formerState": "formerState" },
        ...{ "#version": "version", "#name": "name", "#items": "items" },
      },
      values: { ":state": "DELETED", ":size": 1, ":one": 1 },
    });
  });

  it.each([
    [{ set: { a: 1 } }, "SET #a = :a"],
    [{ copy: { a: "b" } }, "SET #a = #b"],
    [{ increment: ["a", "b"] }, "ADD #a :one, #b :one"],
    [{ remove: ["a"] }, "REMOVE #a"],
    [{}, ""],
  ])("has no clause without an action: %j", (update, expression) => {
    expect(updateExpression(update).expression).toBe(expression);
  });

  it("names no value that it does not use, which DynamoDB would refuse", () => {
    expect(updateExpression({ remove: ["a"] }).values).toEqual({});
  });
});
