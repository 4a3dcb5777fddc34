import { describe, expect, it } from "@jest/globals";

import * as ddb from "../../../src/appsync/utils/dynamodb.ts";

const updateOf = (update: Record<string, unknown>) => ddb.update({ key: { id: "1" }, update }).update;
const { operations } = ddb;

describe("an update", () => {
  it.each([
    [{ age: operations.add(10) }, "SET #expName_1 = :expValue_1"],
    [{ list: operations.append([1]) }, "SET #expName_1 = list_append(#expName_1, :expValue_1)"],
    [{ list: operations.prepend([1]) }, "SET #expName_1 = list_append(:expValue_1, #expName_1)"],
    [{ n: operations.decrement(2) }, "SET #expName_1 = #expName_1 - :expValue_1"],
    [{ a: operations.remove(), b: operations.remove() }, "REMOVE #expName_1, #expName_2"],
    [
      { a: operations.increment(1), b: operations.remove() },
      "SET #expName_1 = #expName_1 + :expValue_1 REMOVE #expName_2",
    ],
    [{ a: 1, b: "x", c: undefined }, "SET #expName_1 = :expValue_1, #expName_2 = :expValue_2"],
    [{ a: { type: "circle" } }, "SET #expName_1 = :expValue_1"],
    [{}, ""],
  ])("of %j is AWS's", (update, expression) => expect(updateOf(update).expression).toBe(expression));

  it("resolves each name and value", () => {
    expect(updateOf({ f: [operations.updateListItem({ x: 1 }, 3)], g: operations.replace([]) })).toEqual({
      expression: "SET #expName_1[3] = :expValue_1, #expName_2 = :expValue_2",
      expressionNames: { "#expName_1": "f", "#expName_2": "g" },
      expressionValues: { ":expValue_1": { M: { x: { N: 1 } } }, ":expValue_2": { L: [] } },
    });
  });

  it("writes a list of values as a list", () => {
    expect(updateOf({ tags: ["a"] }).expressionValues).toEqual({ ":expValue_1": { L: [{ S: "a" }] } });
  });
});

describe("an invalid request", () => {
  it.each([
    [() => ddb.get({}), "key must be a map"],
    [() => ddb.put({ key: { id: 1 } }), "item must be a map"],
    [() => ddb.update({ key: { id: 1 } }), "update needs a map of attributes to values or operations"],
    [() => updateOf({ a: { type: "OPERATION_NOPE" } }), "update has no operation OPERATION_NOPE"],
    [
      () => updateOf({ a: operations.updateListItem(1, 0.5) }),
      "updateListItem needs a whole number as index",
    ],
    [() => ddb.query({}), "query needs a key condition"],
    [() => ddb.scan({ filter: { a: { near: 1 } } }), `not a DynamoDB filter: {"a":{"near":1}}`],
    [() => ddb.scan({ projection: "id" }), "projection must be a list of attribute paths"],
    [() => ddb.batchGet({ tables: { t: { keys: "x" } } }), "keys must be a list"],
    [
      () => ddb.transactWrite({ items: [{ nope: {} }] }),
      "an item of transactWrite is putItem, updateItem, deleteItem or conditionCheck",
    ],
  ])("%p is refused by name", (make, message) => expect(make).toThrow(message));
});
