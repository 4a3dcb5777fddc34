import type { Cases } from "./util-cases.ts";

/** Requests as AWS answers them, recorded by github.com/localstack/appsync-utils. */
export const DYNAMODB_CASES: Cases = {
  "ddb.query": [
    [
      `ddb.query({ query: { pk: { eq: "a" }, sk: { beginsWith: "y" } }, index: "gsi1", limit: 5, nextToken: null, scanIndexForward: false, filter: { done: { eq: true } }, projection: ["id", "nested.list[1]"] })`,
      {
        operation: "Query",
        query: {
          expression: "(#pk = :pk_eq) AND (begins_with(#sk,:sk_beginsWith))",
          expressionNames: { "#pk": "pk", "#sk": "sk" },
          expressionValues: { ":pk_eq": { S: "a" }, ":sk_beginsWith": { S: "y" } },
        },
        index: "gsi1",
        limit: 5,
        scanIndexForward: false,
        filter: {
          expression: "(#done = :done_eq)",
          expressionNames: { "#done": "done" },
          expressionValues: { ":done_eq": { BOOL: true } },
        },
        projection: {
          expression: "#expName_1, #expName_2.#expName_3[1]",
          expressionNames: { "#expName_1": "id", "#expName_2": "nested", "#expName_3": "list" },
        },
      },
    ],
  ],
  "ddb.scan": [
    [`ddb.scan({ limit: 10, nextToken: "abc" })`, { operation: "Scan", limit: 10, nextToken: "abc" }],
    [`ddb.scan({})`, { operation: "Scan" }],
  ],
  "ddb.update": [
    [
      `ddb.update({ key: { id: "1" }, update: { b: ddb.operations.remove(), a: ddb.operations.increment(), c: null }, condition: { v: { eq: 2 } }, _version: 5 })`,
      {
        operation: "UpdateItem",
        key: { id: { S: "1" } },
        update: {
          expression: "SET #expName_1 = #expName_1 + :expValue_1, #expName_2 = :expValue_2 REMOVE #expName_3",
          expressionNames: { "#expName_1": "a", "#expName_2": "c", "#expName_3": "b" },
          expressionValues: { ":expValue_1": { N: 1 }, ":expValue_2": { NULL: null } },
        },
        condition: {
          expression: "(#v = :v_eq)",
          expressionNames: { "#v": "v" },
          expressionValues: { ":v_eq": { N: 2 } },
        },
        _version: 5,
      },
    ],
  ],
  "ddb.remove": [
    [`ddb.remove({ key: { id: "test" } })`, { operation: "DeleteItem", key: { id: { S: "test" } } }],
  ],
  "ddb.put": [
    [
      `ddb.put({ key: { id: "abc" }, item: { value: 10 }, condition: { id: { attributeExists: false } } })`,
      {
        operation: "PutItem",
        key: { id: { S: "abc" } },
        attributeValues: { value: { N: 10 } },
        condition: { expression: "(attribute_not_exists(#id))", expressionNames: { "#id": "id" } },
      },
    ],
  ],
  "ddb.get": [
    [
      `ddb.get({ key: { id: "1" }, consistentRead: true, projection: ["a.b", "a.c"] })`,
      {
        operation: "GetItem",
        key: { id: { S: "1" } },
        consistentRead: true,
        projection: {
          expression: "#expName_1.#expName_2, #expName_1.#expName_3",
          expressionNames: { "#expName_1": "a", "#expName_2": "b", "#expName_3": "c" },
        },
      },
    ],
  ],
  "ddb.batchGet": [
    [
      `ddb.batchGet({ tables: { post: { keys: [{ id: "1" }], consistentRead: false, projection: ["id"] } } })`,
      {
        operation: "BatchGetItem",
        tables: {
          post: {
            keys: [{ id: { S: "1" } }],
            consistentRead: false,
            projection: { expression: "#expName_1", expressionNames: { "#expName_1": "id" } },
          },
        },
      },
    ],
  ],
  "ddb.batchPut": [
    [
      `ddb.batchPut({ tables: { post: [{ id: "one", n: 1 }] } })`,
      { operation: "BatchPutItem", tables: { post: [{ id: { S: "one" }, n: { N: 1 } }] } },
    ],
  ],
  "ddb.batchDelete": [
    [
      `ddb.batchDelete({ tables: { post: [{ id: "one" }] } })`,
      { operation: "BatchDeleteItem", tables: { post: [{ id: { S: "one" } }] } },
    ],
  ],
  "ddb.transactGet": [
    [
      `ddb.transactGet({ items: [{ table: "post", key: { id: "1" } }] })`,
      { operation: "TransactGetItems", transactItems: [{ table: "post", key: { id: { S: "1" } } }] },
    ],
  ],
  "ddb.transactWrite": [
    [
      `ddb.transactWrite({ items: [{ putItem: { table: "t", key: { id: "1" }, item: { a: 1 } } }, { updateItem: { table: "t", key: { id: "2" }, update: { a: 2 } } }, { deleteItem: { table: "t", key: { id: "3" } } }, { conditionCheck: { table: "t", key: { id: "4" }, condition: { v: { attributeExists: true } } } }] })`,
      {
        operation: "TransactWriteItems",
        transactItems: [
          { table: "t", operation: "PutItem", key: { id: { S: "1" } }, attributeValues: { a: { N: 1 } } },
          {
            table: "t",
            operation: "UpdateItem",
            key: { id: { S: "2" } },
            update: {
              expression: "SET #expName_1 = :expValue_1",
              expressionNames: { "#expName_1": "a" },
              expressionValues: { ":expValue_1": { N: 2 } },
            },
          },
          { table: "t", operation: "DeleteItem", key: { id: { S: "3" } } },
          {
            table: "t",
            operation: "ConditionCheck",
            key: { id: { S: "4" } },
            condition: { expression: "(attribute_exists(#v))", expressionNames: { "#v": "v" } },
          },
        ],
      },
    ],
  ],
  "ddb.toStringSet": [[`ddb.toStringSet(["a", "b"])`, { SS: ["a", "b"] }]],
  "ddb.toNumberSet": [[`ddb.toNumberSet([1, 2])`, { NS: [1, 2] }]],
  "ddb.toBinarySet": [[`ddb.toBinarySet(["SGVsbG8="])`, { BS: ["SGVsbG8="] }]],
  "ddb.operations.add": [[`ddb.operations.add(10)`, { type: "OPERATION_ADD", value: 10 }]],
  "ddb.operations.remove": [[`ddb.operations.remove()`, { type: "OPERATION_REMOVE" }]],
  "ddb.operations.replace": [
    [`ddb.operations.replace({ a: 10 })`, { type: "OPERATION_REPLACE", value: { a: 10 } }],
  ],
  "ddb.operations.increment": [[`ddb.operations.increment(10)`, { type: "OPERATION_INCREMENT", by: 10 }]],
  "ddb.operations.decrement": [[`ddb.operations.decrement(10)`, { type: "OPERATION_DECREMENT", by: 10 }]],
  "ddb.operations.append": [[`ddb.operations.append([1])`, { type: "OPERATION_APPEND", items: [1] }]],
  "ddb.operations.prepend": [[`ddb.operations.prepend([1])`, { type: "OPERATION_PREPEND", items: [1] }]],
  "ddb.operations.updateListItem": [
    [
      `ddb.update({ key: { id: "1" }, update: { f: [ddb.operations.updateListItem("x", 1), ddb.operations.updateListItem("y", 2)] } }).update`,
      {
        expression: "SET #expName_1[1] = :expValue_1, #expName_1[2] = :expValue_2",
        expressionNames: { "#expName_1": "f" },
        expressionValues: { ":expValue_1": { S: "x" }, ":expValue_2": { S: "y" } },
      },
    ],
  ],
};
