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

  it("sets members of a map under any key", () => {
    const { expression, names, values } = updateExpression({ setIn: { map: { "a.b #": 1, ü: 2 } } });
    expect(expression).toBe("SET #map.#map0 = :map0, #map.#map1 = :map1");
    expect(names).toEqual({ "#map": "map", "#map0": "a.b #", "#map1": "ü" });
    expect(values).toEqual({ ":map0": 1, ":map1": 2 });
  });

  it("has no unused values, which DynamoDB would refuse", () => {
    expect(updateExpression({ remove: ["a"] }).values).toEqual({});
  });
});
