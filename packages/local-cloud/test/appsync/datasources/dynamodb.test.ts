import { describe, expect, it } from "@jest/globals";
import { AwsError, type Executor } from "../../../src/base/service.ts";
import { temporaryStorage } from "../../aws/graph.ts";
import { apiGraph, serve, timeByHand } from "../../../../../test/support/appsync.ts";

import { TokenRefused } from "../../../src/appsync/datasources/dynamodb/operation.ts";
import { query, scan } from "../../../src/appsync/datasources/dynamodb/pages.ts";
import { createTokens } from "../../../src/appsync/datasources/dynamodb/tokens.ts";

const schema = "type Query { f(token: String, v: String): AWSJSON }";

interface Asked {
  readonly principal: unknown;
  readonly operation: string;
  readonly input: object;
}

/** One field whose request handler returns `request`, over a table with fixed answers. */
async function table(
  request: string,
  answer: (asked: Asked) => object = () => ({}),
  storage = temporaryStorage(),
) {
  const asked: Asked[] = [];
  const code = `import { util } from "@aws-appsync/utils";
    import * as ddb from "@aws-appsync/utils/dynamodb";
    export function request(ctx) { return ${request}; }
    export function response(ctx) { return { result: ctx.result, error: ctx.error }; }`;
  const execute: Executor["execute"] = (principal, operation, input) => {
    asked.push({ principal, operation, input });
    return Promise.resolve().then(() => answer({ principal, operation, input }) as Record<string, unknown>);
  };
  const graph = apiGraph({ schema, resolvers: { "Query.f": { code, source: "table" } } });
  const api = await serve(graph, { dynamodb: execute, storage });
  return {
    api,
    asked,
    ask: async (variables: object = {}) => {
      const query = "query Q($token: String, $v: String) { f(token: $token, v: $v) }";
      const { data, errors } = await api.query(query, variables);
      if (errors) {
        throw Object.assign(new Error("errors"), { errors });
      }
      return JSON.parse((data as { f: string }).f) as {
        result: unknown;
        error?: { message: string; type: string };
      };
    },
  };
}

const item = {
  id: { S: "1" },
  n: { N: "12.5" },
  on: { BOOL: true },
  none: { NULL: true },
  tags: { SS: ["a", "b"] },
  sizes: { NS: ["1", "2"] },
  deep: { M: { list: { L: [{ N: "1" }, { S: "x" }] } } },
  bytes: { B: "AAE=" },
};
const plain = {
  id: "1",
  n: 12.5,
  on: true,
  none: null,
  tags: ["a", "b"],
  sizes: [1, 2],
  deep: { list: [1, "x"] },
  bytes: "AAE=",
};

describe("one item", () => {
  it("is read with the role of the data source, as plain values", async () => {
    const { ask, asked } = await table(
      "{ operation: 'GetItem', key: { id: { S: '1' } }, consistentRead: true, projection: { expression: '#id', expressionNames: { '#id': 'id' } } }",
      () => ({ Item: item }),
    );
    expect(await ask()).toEqual({ result: plain });
    expect(asked).toEqual([
      {
        principal: {
          kind: "role",
          roleArn: "arn:aws:iam::000000000000:role/source",
          sessionArn: "arn:aws:sts::000000000000:assumed-role/source/APPSYNC_ASSUME_ROLE",
        },
        operation: "GetItem",
        input: {
          TableName: "things",
          Key: { id: { S: "1" } },
          ConsistentRead: true,
          ProjectionExpression: "#id",
          ExpressionAttributeNames: { "#id": "id" },
        },
      },
    ]);
  });

  it("that does not exist is null", async () => {
    expect(await (await table("ddb.get({ key: { id: '1' } })")).ask()).toEqual({ result: null });
  });

  it("is written, with AppSync's numbers and nulls in DynamoDB's form", async () => {
    const { ask, asked } = await table(
      "{ operation: 'PutItem', key: util.dynamodb.toMapValues({ id: 7 }), attributeValues: { n: { N: 1.5 }, none: { NULL: null }, set: { NS: [1, 2] }, l: { L: [{ M: { x: { N: 3 } } }] } }, condition: { expression: 'attribute_not_exists(id)' } }",
    );
    expect(await ask()).toEqual({ result: { id: 7, n: 1.5, none: null, set: [1, 2], l: [{ x: 3 }] } });
    expect(asked[0]).toMatchObject({
      operation: "PutItem",
      input: {
        TableName: "things",
        Item: {
          id: { N: "7" },
          n: { N: "1.5" },
          none: { NULL: true },
          set: { NS: ["1", "2"] },
          l: { L: [{ M: { x: { N: "3" } } }] },
        },
        ConditionExpression: "attribute_not_exists(id)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      },
    });
  });

  it("is updated with names and values of both expressions, and the result is the new item", async () => {
    const { ask, asked } = await table(
      "{ operation: 'UpdateItem', key: { id: { S: '1' } }, update: { expression: 'SET #n = :n', expressionNames: { '#n': 'n' }, expressionValues: { ':n': { N: 2 } } }, condition: { expression: '#v = :v', expressionNames: { '#v': 'v' }, expressionValues: { ':v': { N: 1 } } } }",
      () => ({ Attributes: { id: { S: "1" }, n: { N: "2" } } }),
    );
    expect(await ask()).toEqual({ result: { id: "1", n: 2 } });
    expect(asked[0]?.input).toEqual({
      TableName: "things",
      Key: { id: { S: "1" } },
      ReturnValues: "ALL_NEW",
      UpdateExpression: "SET #n = :n",
      ConditionExpression: "#v = :v",
      ExpressionAttributeNames: { "#n": "n", "#v": "v" },
      ExpressionAttributeValues: { ":n": { N: "2" }, ":v": { N: "1" } },
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
  });

  it("is deleted, and the result is the old item", async () => {
    const { ask, asked } = await table("ddb.remove({ key: { id: '1' } })", () => ({ Attributes: item }));
    expect(await ask()).toEqual({ result: plain });
    expect(asked[0]).toMatchObject({ operation: "DeleteItem", input: { ReturnValues: "ALL_OLD" } });
  });
});

describe("the helpers of @aws-appsync/utils/dynamodb", () => {
  it.each([
    [
      "ddb.put({ key: { id: '1' }, item: { n: 1 }, condition: { id: { attributeExists: false } } })",
      "PutItem",
    ],
    [
      "ddb.update({ key: { id: '1' }, update: { n: ddb.operations.increment(1), s: ddb.operations.remove() } })",
      "UpdateItem",
    ],
    ["ddb.query({ query: { id: { eq: '1' } }, index: 'byId', limit: 5, filter: { n: { gt: 1 } } })", "Query"],
    ["ddb.scan({ limit: 5, filter: { n: { gt: 1 } } })", "Scan"],
    ["ddb.batchGet({ tables: { things: { keys: [{ id: '1' }] } } })", "BatchGetItem"],
    ["ddb.batchPut({ tables: { things: [{ id: '1' }] } })", "BatchWriteItem"],
    ["ddb.batchDelete({ tables: { things: [{ id: '1' }] } })", "BatchWriteItem"],
    ["ddb.transactGet({ items: [{ table: 'things', key: { id: '1' } }] })", "TransactGetItems"],
    [
      "ddb.transactWrite({ items: [{ putItem: { table: 'things', key: { id: '1' }, item: { n: 1 } } }, { conditionCheck: { table: 'things', key: { id: '2' }, condition: { id: { attributeExists: true } } } }] })",
      "TransactWriteItems",
    ],
  ])("%s becomes one call", async (request, operation) => {
    const { ask, asked } = await table(request);
    await ask();
    expect(asked.map((one) => one.operation)).toEqual([operation]);
    expect(JSON.stringify(asked[0]?.input)).not.toMatch(/"N":\d/);
  });
});

describe("pages", () => {
  const request =
    "{ operation: 'Query', index: 'byV', limit: 2, scanIndexForward: false, query: { expression: 'v = :v', expressionValues: { ':v': util.dynamodb.toDynamoDB(ctx.args.v) } }, nextToken: ctx.args.token }";
  const key = { id: { S: "2" } };
  const answer = ({ input }: Asked) =>
    "ExclusiveStartKey" in input
      ? { Items: [], ScannedCount: 0 }
      : { Items: [{ id: { S: "1" } }, { id: { S: "2" } }], ScannedCount: 2, LastEvaluatedKey: key };
  const first = async (page: Awaited<ReturnType<typeof table>>, v = "a") =>
    ((await page.ask({ v })).result as { nextToken: string }).nextToken;
  const refused = {
    result: null,
    error: {
      type: "DynamoDB:UserIllegalArgumentException",
      message:
        "com.amazonaws.deepdish.common.pagination.InvalidPaginationTokenException: Invalid pagination token given.",
    },
  };

  it("end with an opaque token for the next page", async () => {
    const page = await table(request, answer);
    const { result } = await page.ask({ v: "a" });
    expect(result).toEqual({
      items: [{ id: "1" }, { id: "2" }],
      nextToken: expect.stringMatching(/^eyJ2ZXJzaW9uIjoyLCJ0b2tlbiI6/),
      scannedCount: 2,
    });
    expect(page.asked[0]?.input).toEqual({
      TableName: "things",
      IndexName: "byV",
      Limit: 2,
      ScanIndexForward: false,
      KeyConditionExpression: "v = :v",
      ExpressionAttributeValues: { ":v": { S: "a" } },
    });
    const { nextToken } = result as { nextToken: string };
    expect(Buffer.from(nextToken, "base64").toString()).not.toContain('"S"');
    expect((await page.ask({ v: "a", token: nextToken })).result).toEqual({
      items: [],
      nextToken: null,
      scannedCount: 0,
    });
    expect(page.asked[1]?.input).toMatchObject({ ExclusiveStartKey: key });
  });

  it("continue after a restart", async () => {
    const storage = temporaryStorage();
    const token = await first(await table(request, answer, storage));
    expect(await (await table(request, answer, storage)).ask({ v: "a", token })).toMatchObject({
      result: { items: [] },
    });
  });

  it("do not accept the token of the same query on another table", () => {
    const tokens = createTokens(temporaryStorage());
    const scanned = (name: string, nextToken?: string) => scan({ table: name, tokens }, { nextToken });
    const asked = (name: string, nextToken?: string) =>
      query({ table: name, tokens }, { query: { expression: "a = a" }, nextToken });
    for (const page of [scanned, asked]) {
      const { nextToken } = page("one").read({ LastEvaluatedKey: key }) as { nextToken: string };
      expect(page("one", nextToken).input).toMatchObject({ ExclusiveStartKey: key });
      expect(() => page("two", nextToken)).toThrow(TokenRefused);
    }
  });

  it("do not accept a token of another query or of another cloud, or an invented one", async () => {
    const page = await table(request, answer);
    const token = await first(page);
    expect(await page.ask({ v: "b", token })).toEqual(refused);
    expect(await (await table(request, answer)).ask({ v: "a", token })).toEqual(refused);
    const inner = JSON.parse(Buffer.from(token, "base64").toString()) as { token: string };
    const flipped = Buffer.from(inner.token, "base64");
    flipped[20] = (flipped[20] ?? 0) ^ 1;
    const forged = Buffer.from(JSON.stringify({ version: 2, token: flipped.toString("base64") })).toString(
      "base64",
    );
    for (const bad of [forged, "meow", "", "e30="]) {
      expect(await page.ask({ v: "a", token: bad })).toEqual(refused);
    }
    const elsewhere = await table(request.replace("byV", "byW"), answer);
    expect(await elsewhere.ask({ v: "a", token })).toEqual(refused);
  });
});

describe("batches", () => {
  it("have results in the order of their keys, with null for absent items", async () => {
    const { ask } = await table(
      "{ operation: 'BatchGetItem', tables: { a: { keys: [{ id: { N: 1 } }, { id: { N: 2 } }, { id: { N: 3 } }], consistentRead: true }, b: { keys: [{ id: { S: 'x' } }] } } }",
      () => ({
        Responses: { a: [{ id: { N: "3" } }, { id: { N: "1" } }] },
        UnprocessedKeys: { b: { Keys: [{ id: { S: "x" } }] } },
      }),
    );
    expect(await ask()).toEqual({
      result: {
        data: { a: [{ id: 1 }, null, { id: 3 }], b: [null] },
        unprocessedKeys: { a: [], b: [{ id: "x" }] },
      },
    });
  });

  it("of writes return the unprocessed items", async () => {
    const put = await table(
      "{ operation: 'BatchPutItem', tables: { a: [{ id: { N: 1 } }, { id: { N: 2 } }] } }",
      () => ({ UnprocessedItems: { a: [{ PutRequest: { Item: { id: { N: "2" } } } }] } }),
    );
    expect(await put.ask()).toEqual({
      result: { data: { a: [{ id: 1 }, null] }, unprocessedItems: { a: [{ id: 2 }] } },
    });
    const remove = await table("{ operation: 'BatchDeleteItem', tables: { a: [{ id: { N: 1 } }] } }", () => ({
      UnprocessedItems: {},
    }));
    expect(await remove.ask()).toEqual({ result: { data: { a: [{ id: 1 }] }, unprocessedKeys: { a: [] } } });
    expect(remove.asked[0]?.input).toEqual({
      RequestItems: { a: [{ DeleteRequest: { Key: { id: { N: "1" } } } }] },
    });
  });
});

describe("transactions", () => {
  const write =
    "{ operation: 'TransactWriteItems', transactItems: [{ table: 'a', operation: 'PutItem', key: { id: { S: '1' } }, attributeValues: { n: { N: 1 } } }, { table: 'a', operation: 'UpdateItem', key: { id: { S: '2' } }, update: { expression: 'SET n = :n', expressionValues: { ':n': { N: 1 } } } }, { table: 'b', operation: 'DeleteItem', key: { id: { S: '3' } } }, { table: 'b', operation: 'ConditionCheck', key: { id: { S: '4' } }, condition: { expression: 'attribute_exists(id)', returnValuesOnConditionCheckFailure: false } }] }";

  it("write all items, and return the keys", async () => {
    const { ask, asked } = await table(write);
    expect(await ask()).toEqual({
      result: { keys: [{ id: "1" }, { id: "2" }, { id: "3" }, { id: "4" }], cancellationReasons: null },
    });
    expect(asked[0]?.input).toEqual({
      TransactItems: [
        { Put: { TableName: "a", Item: { n: { N: "1" }, id: { S: "1" } } } },
        {
          Update: {
            TableName: "a",
            Key: { id: { S: "2" } },
            UpdateExpression: "SET n = :n",
            ExpressionAttributeValues: { ":n": { N: "1" } },
          },
        },
        { Delete: { TableName: "b", Key: { id: { S: "3" } } } },
        {
          ConditionCheck: {
            TableName: "b",
            Key: { id: { S: "4" } },
            ConditionExpression: "attribute_exists(id)",
            ReturnValuesOnConditionCheckFailure: "NONE",
          },
        },
      ],
    });
  });

  it("that are cancelled return the reason of each item", async () => {
    const { ask } = await table(write, () => {
      throw new AwsError("TransactionCanceledException", "Transaction cancelled", 400, {
        CancellationReasons: [
          { Code: "None" },
          {
            Code: "ConditionalCheckFailed",
            Message: "The conditional request failed",
            Item: { id: { S: "2" } },
          },
        ],
      });
    });
    expect(await ask()).toEqual({
      result: {
        keys: null,
        cancellationReasons: [
          { type: "None", message: null },
          { item: { id: "2" }, type: "ConditionalCheckFailed", message: "The conditional request failed" },
        ],
      },
      error: {
        type: "DynamoDB:TransactionCanceledException",
        message: expect.stringContaining("Transaction cancelled (Service: DynamoDb"),
      },
    });
  });

  it("read all items", async () => {
    const { ask } = await table(
      "{ operation: 'TransactGetItems', transactItems: [{ table: 'a', key: { id: { S: '1' } } }, { table: 'b', key: { id: { S: '2' } } }] }",
      () => ({ Responses: [{ Item: { id: { S: "1" } } }, {}] }),
    );
    expect(await ask()).toEqual({ result: { items: [{ id: "1" }, null], cancellationReasons: null } });
  });
});

describe("a condition that fails", () => {
  const failing = (Item?: object) => () => {
    throw new AwsError(
      "ConditionalCheckFailedException",
      "The conditional request failed",
      400,
      Item ? { Item } : {},
    );
  };
  const put =
    "{ operation: 'PutItem', key: { id: { S: '1' } }, attributeValues: { n: { N: 1 }, at: { S: 'now' } }, condition: { expression: 'attribute_not_exists(id)', equalsIgnore: ['at'] } }";
  const error = {
    type: "DynamoDB:ConditionalCheckFailedException",
    message: expect.stringMatching(
      /^The conditional request failed \(Service: DynamoDb, Status Code: 400, Request ID: [0-9a-f-]{36}\)$/,
    ),
  };

  it("is in ctx.error, with the current item in ctx.result", async () => {
    const { ask } = await table(put, failing({ id: { S: "1" }, n: { N: "2" } }));
    expect(await ask()).toEqual({ result: { id: "1", n: 2 }, error });
  });

  it("is not an error if the item has the wanted content", async () => {
    const same = { id: { S: "1" }, n: { N: "1" }, at: { S: "then" } };
    expect(await (await table(put, failing(same))).ask()).toEqual({ result: { id: "1", n: 1, at: "then" } });
    const remove =
      "{ operation: 'DeleteItem', key: { id: { S: '1' } }, condition: { expression: 'attribute_exists(id)' } }";
    expect(await (await table(remove, failing())).ask()).toEqual({ result: null });
    expect(await (await table(remove, failing(same))).ask()).toMatchObject({ error });
  });

  it("is not an error of the field if the handler ignores it", async () => {
    const code = `export function request() { return ${put}; } export function response(ctx) { return ctx.result; }`;
    const api = await serve(apiGraph({ schema, resolvers: { "Query.f": { code, source: "table" } } }), {
      dynamodb: () => Promise.resolve().then(failing()),
    });
    expect(await api.query("{ f }")).toEqual({ data: { f: null } });
  });
});

describe("a failure", () => {
  it("by a missing permission names action and role, and is logged", async () => {
    const message =
      "User: arn:aws:sts::1:assumed-role/source/APPSYNC_ASSUME_ROLE is not authorized to perform: dynamodb:GetItem on resource: t because no";
    const page = await table("ddb.get({ key: { id: '1' } })", () => {
      throw new AwsError("AccessDenied", message, 403);
    });
    expect(await page.ask()).toEqual({
      result: null,
      error: { type: "DynamoDB:AccessDeniedException", message: expect.stringContaining(message) },
    });
    expect(page.api.logs).toMatchObject([{ level: "warn", message }]);
  });

  it("of the local cloud itself is not shown, and fails only its field", async () => {
    const page = await table("ddb.get({ key: { id: '1' } })", () => {
      throw new Error("secret path");
    });
    const { data, errors } = await page.api.query("{ f other: __typename }");
    expect(data).toEqual({ f: null, other: "Query" });
    expect(errors).toMatchObject([
      { errorType: "InternalFailure", message: "An internal failure occurred while resolving this field." },
    ]);
    expect(page.api.logs).toMatchObject([{ level: "error" }]);
  });

  it("to answer in time has an error type of its own", async () => {
    const code = `export function request() { return { operation: 'GetItem', key: { id: { S: '1' } } }; } export function response(ctx) { return ctx.error; }`;
    const aborted: unknown[] = [];
    const time = timeByHand();
    const now = Date.now();
    const api = await serve(apiGraph({ schema, resolvers: { "Query.f": { code, source: "table" } } }), {
      schedule: time.schedule,
      clock: () => now,
      dynamodb: (_principal, _operation, _input, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener("abort", () => {
            aborted.push(signal.reason);
            reject(new Error("aborted"));
          });
          time.isUp();
        }),
    });
    const { data } = await api.query("{ f }");
    expect(JSON.parse((data as { f: string }).f)).toEqual({
      message: "Execution timed out.",
      type: "DynamoDB:ExecutionTimeoutException",
    });
    expect(aborted).toHaveLength(1);
    expect(time.limits).toEqual([30_000]);
  });
});

describe("a request that AppSync refuses", () => {
  it.each([
    ["{}", "Value for field '$[operation]' not found."],
    ["{ operation: 'Meow' }", "Unsupported operation 'Meow'."],
    ["{ operation: 'constructor' }", "Unsupported operation 'constructor'."],
    ["{ operation: 'GetItem' }", "Value for field '$[key]' not found."],
    ["{ operation: 'GetItem', key: { id: '1' } }", "Expected a typed value for field '$[key.id]'."],
    ["{ operation: 'GetItem', key: { id: { S: 1 } } }", "Unexpected value for field '$[key.id.S]'."],
    ["{ version: '2019-01-01', operation: 'GetItem', key: {} }", "Unsupported version '2019-01-01'."],
    ["{ operation: 'PutItem', key: { id: { S: '1' } }, _version: 1 }", "Unsupported field '$[_version]'."],
    [
      "{ operation: 'PutItem', key: { id: { S: '1' } }, condition: { expression: 'a', conditionalCheckFailedHandler: { strategy: 'Custom' } } }",
      "Unsupported strategy 'Custom'.",
    ],
    ["{ operation: 'Query' }", "Value for field '$[query]' not found."],
    [
      "{ operation: 'Query', query: { expression: 'a = :a', expressionValues: { ':a': { S: '1' } } }, filter: { expression: 'b = :a', expressionValues: { ':a': { S: '2' } } } }",
      "Two expressions give ':a' different meanings.",
    ],
    [
      "{ operation: 'TransactWriteItems', transactItems: [{ table: 'a', operation: 'Meow' }] }",
      "Unsupported operation 'Meow'.",
    ],
  ])("%s", async (request, message) => {
    const page = await table(request);
    const { errors } = await page.api.query("{ f }");
    expect(errors).toMatchObject([{ errorType: "MappingTemplate", message }]);
    expect(page.asked).toEqual([]);
  });
});
