import { describe, expect, it } from "@jest/globals";
import { updateExpression } from "../../domain/update.ts";

describe("an update expression", () => {
  it("uses placeholders for every attribute and value", () => {
    const update = {
      set: { state: "DELETED", size: 1 },
      copy: { formerState: "state" },
      append: { attempts: ["first"] },
      increment: ["version"],
      remove: ["name", "items"],
    };
    expect(updateExpression(update)).toEqual({
      expression:
        "SET #state = :state, #size = :size, #formerState = #state, #attempts = list_append(#attempts, :attempts) ADD #version :one REMOVE #name, #items",
      names: {
        ...{ "#state": "state", "#size": "size", "#formerState": "formerState", "#attempts": "attempts" },
        ...{ "#version": "version", "#name": "name", "#items": "items" },
      },
      values: { ":state": "DELETED", ":size": 1, ":attempts": ["first"], ":one": 1 },
    });
  });

  it.each([
    [{ set: { a: 1 } }, "SET #a = :a"],
    [{ copy: { a: "b" } }, "SET #a = #b"],
    [{ append: { a: [1] } }, "SET #a = list_append(#a, :a)"],
    [{ increment: ["a", "b"] }, "ADD #a :one, #b :one"],
    [{ remove: ["a"] }, "REMOVE #a"],
    [{}, ""],
  ])("has only the clauses that it needs: %j", (update, expression) => {
    expect(updateExpression(update).expression).toBe(expression);
  });

  it("has no unused values, which DynamoDB would refuse", () => {
    expect(updateExpression({ remove: ["a"] }).values).toEqual({});
  });
});
