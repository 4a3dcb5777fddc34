import { describe, expect, it } from "@jest/globals";
import { createIam } from "../../../src/aws/iam/index.ts";
import { accountId, allow, graphOf, region, role, table, temporaryStorage } from "../graph.ts";
import { admin, all, arn, assets, item, principalOf, setUp, shardsOf, start } from "./support.ts";

const TableName = "assets";
const Key = { owner: { S: "ann" }, id: { S: "1" } };

describe("a table's ARN", () => {
  it("is accepted like its name, and the answer names it as the request does", async () => {
    const { dynamodb } = await setUp();
    await dynamodb.execute(admin, "PutItem", { TableName: arn, Item: item("ann", "1") });
    expect(await dynamodb.execute(admin, "GetItem", { TableName: arn, Key })).toEqual({
      Item: item("ann", "1"),
    });
    const batch = (name: string) =>
      dynamodb.execute(admin, "BatchGetItem", { RequestItems: { [name]: { Keys: [Key] } } });
    expect(await batch(arn)).toMatchObject({ Responses: { [arn]: [item("ann", "1")] } });
    expect(await batch(TableName)).toMatchObject({ Responses: { assets: [item("ann", "1")] } });
    const Update = { TableName: arn, Key, UpdateExpression: "SET n = :n" };
    await dynamodb.execute(admin, "TransactWriteItems", {
      TransactItems: [{ Update: { ...Update, ExpressionAttributeValues: { ":n": { N: "1" } } } }],
    });
    const read = await dynamodb.execute(admin, "Query", {
      TableName: arn,
      KeyConditionExpression: "#o = :o",
      ExpressionAttributeNames: { "#o": "owner" },
      ExpressionAttributeValues: { ":o": { S: "ann" } },
    });
    expect(read["Items"]).toEqual([{ ...item("ann", "1"), n: { N: "1" } }]);
    expect(await dynamodb.execute(admin, "DescribeTable", { TableName: arn })).toMatchObject({
      Table: { TableName, TableArn: arn },
    });
  });

  it("gives a role the same permissions as its name", async () => {
    const { dynamodb } = await setUp(...role("reader", allow("dynamodb:GetItem", arn)));
    const reader = principalOf("reader");
    await dynamodb.execute(reader, "GetItem", { TableName: arn, Key });
    const put = dynamodb.execute(reader, "PutItem", { TableName: arn, Item: item("ann", "1") });
    await expect(put).rejects.toMatchObject({ code: "AccessDeniedException" });
  });

  it.each([
    ["region", `arn:aws:dynamodb:us-east-2:${accountId}:table/assets`],
    ["account", `arn:aws:dynamodb:${region}:111111111111:table/assets`],
  ])("of another %s is refused, and covered by no role", async (_, foreign) => {
    const { dynamodb } = await setUp(...role("reader", allow("dynamodb:GetItem", arn)));
    const get = (who: string) =>
      dynamodb
        .execute(principalOf(who), "GetItem", { TableName: foreign, Key })
        .catch((error: unknown) => error);
    expect(await get("admin")).toMatchObject({ code: "ResourceNotFoundException" });
    expect(await get("reader")).toMatchObject({ code: "AccessDeniedException" });
  });
});

describe("an answer", () => {
  it("counts the items of a page of 1 MB once, and with a filter those that it leaves out too", async () => {
    const { dynamodb } = await setUp();
    const filling = { S: "p".repeat(100_000) };
    for (let n = 10; n < 25; n += 1) {
      await dynamodb.execute(admin, "PutItem", { TableName, Item: { ...item("ann", String(n)), filling } });
    }
    const query = {
      ...{ TableName, KeyConditionExpression: "#o = :o", ExpressionAttributeNames: { "#o": "owner" } },
      ExpressionAttributeValues: { ":o": { S: "ann" } },
    };
    for (const [operation, input] of [
      ["Query", query],
      ["Scan", { TableName }],
    ] as const) {
      const page = await dynamodb.execute(admin, operation, input);
      expect(page).toHaveProperty("LastEvaluatedKey");
      expect(page["ScannedCount"]).toBe((page["Items"] as unknown[]).length);
      expect(page["Count"]).toBe(page["ScannedCount"]);
    }
    const FilterExpression = "attribute_not_exists(filling)";
    const filtered = await dynamodb.execute(admin, "Query", { ...query, FilterExpression });
    expect(filtered["Count"]).toBe(0);
    expect(filtered["ScannedCount"]).toBeGreaterThan(0);
  });

  it("of TransactGetItems has what is projected, and no key beside it", async () => {
    const { dynamodb } = await setUp();
    const Item = { ...item("ann", "1"), n: { N: "1" }, m: { M: { a: { S: "a" }, b: { S: "b" } } } };
    for (const id of ["1", "2", "3"]) {
      await dynamodb.execute(admin, "PutItem", { TableName, Item: { ...Item, id: { S: id } } });
    }
    const get = (more: object, id = "1") => ({
      Get: { TableName, Key: { owner: { S: "ann" }, id: { S: id } }, ...more },
    });
    const named = { ProjectionExpression: "#o, m.a", ExpressionAttributeNames: { "#o": "owner" } };
    const TransactItems = [
      get({ ProjectionExpression: "n" }),
      get(named, "2"),
      get({}, "3"),
      get({ ProjectionExpression: "n" }, "4"),
    ];
    expect((await dynamodb.execute(admin, "TransactGetItems", { TransactItems }))["Responses"]).toEqual([
      { Item: { n: { N: "1" } } },
      { Item: { owner: { S: "ann" }, m: { M: { a: { S: "a" } } } } },
      { Item: { ...Item, id: { S: "3" } } },
      {},
    ]);
  });
});

describe("SET of an element of a list", () => {
  const L = [{ S: "a" }, { S: "b" }];
  const value = { ":x": { S: "x" } };

  it.each([
    ["SET l[1] = :x", "replaces the last"],
    ["SET m.l[0] = :x", "replaces in a map"],
    ["SET n = :x REMOVE l[7]", "removes nothing beyond the end"],
  ])("%s: %s", async (UpdateExpression) => {
    const { dynamodb } = await setUp();
    const Item = { ...item("ann", "1"), l: { L }, m: { M: { l: { L } } } };
    await dynamodb.execute(admin, "PutItem", { TableName, Item });
    const update = { TableName, Key, UpdateExpression, ExpressionAttributeValues: value };
    await dynamodb.execute(admin, "UpdateItem", update);
    const { Item: found } = await dynamodb.execute(admin, "GetItem", { TableName, Key });
    expect(JSON.stringify(found)).toContain('"x"');
    expect((found as typeof Item).l.L).toHaveLength(2);
    expect(JSON.stringify(found)).not.toContain("NULL");
  });

  it.each(["SET l[2] = :x", "SET n = :x, #m.#l[5] = :x REMOVE p", "set m.l [ 2 ] = :x"])(
    "%s is refused: AWS appends",
    async (UpdateExpression) => {
      const { dynamodb } = await setUp();
      const Item = { ...item("ann", "1"), l: { L }, m: { M: { l: { L } } } };
      await dynamodb.execute(admin, "PutItem", { TableName, Item });
      const update = {
        ...{ TableName, Key, UpdateExpression, ExpressionAttributeValues: value },
        ...(UpdateExpression.includes("#") && { ExpressionAttributeNames: { "#m": "m", "#l": "l" } }),
      };
      const refused = {
        code: "UnsupportedOperation",
        message: expect.stringContaining("list_append") as unknown,
      };
      await expect(dynamodb.execute(admin, "UpdateItem", update)).rejects.toMatchObject(refused);
      const TransactItems = [{ Update: update }];
      await expect(dynamodb.execute(admin, "TransactWriteItems", { TransactItems })).rejects.toMatchObject(
        refused,
      );
      expect(await dynamodb.execute(admin, "GetItem", { TableName, Key })).toEqual({ Item });
    },
  );
});

describe.each([
  ["KEYS_ONLY", []],
  ["NEW_IMAGE", ["NewImage"]],
  ["OLD_IMAGE", ["OldImage"]],
  ["NEW_AND_OLD_IMAGES", ["NewImage", "OldImage"]],
] as const)("a stream of %s", (streamViewType, images) => {
  it("shows these images, and only writes that change the item", async () => {
    const graph = graphOf(table("assets", { ...assets, streamViewType }), ...all);
    const dynamodb = await start(graph, createIam(graph, temporaryStorage()));
    const Item = { ...item("ann", "1"), tags: { SS: ["a", "b"] } };
    const set = (text: string) => ({
      ...{ TableName, Key, UpdateExpression: "SET title = :t" },
      ExpressionAttributeValues: { ":t": { S: text } },
    });
    await dynamodb.execute(admin, "PutItem", { TableName, Item });
    await dynamodb.execute(admin, "PutItem", { TableName, Item: { ...Item, tags: { SS: ["b", "a"] } } });
    await dynamodb.execute(admin, "UpdateItem", set("one"));
    await dynamodb.execute(admin, "UpdateItem", set("one"));
    await dynamodb.execute(admin, "TransactWriteItems", { TransactItems: [{ Update: set("one") }] });
    await dynamodb.execute(admin, "UpdateItem", { TableName, Key });
    await dynamodb.execute(admin, "DeleteItem", { TableName, Key: { ...Key, id: { S: "none" } } });
    await dynamodb.execute(admin, "UpdateItem", set("two"));
    const [ShardId] = await shardsOf(dynamodb);
    const StreamArn = `${arn}/stream/2026-01-01T00:00:00.000`;
    const { ShardIterator } = await dynamodb.execute(admin, "GetShardIterator", {
      ...{ StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" },
    });
    const { Records } = (await dynamodb.execute(admin, "GetRecords", { ShardIterator })) as unknown as {
      Records: { eventName: string; dynamodb: Record<string, unknown> }[];
    };
    expect(Records.map(({ eventName }) => eventName)).toEqual(["INSERT", "MODIFY", "MODIFY"]);
    const shown = Object.keys(Records.at(-1)?.dynamodb ?? {}).filter((name) => name.endsWith("Image"));
    expect(shown.sort()).toEqual(images);
    expect(Records.map(({ dynamodb: { Keys, StreamViewType } }) => ({ Keys, StreamViewType }))).toEqual(
      Array(3).fill({ Keys: Key, StreamViewType: streamViewType }),
    );
    expect(await dynamodb.execute(admin, "DescribeStream", { StreamArn })).toMatchObject({
      StreamDescription: { StreamViewType: streamViewType },
    });
  });
});

describe("what AWS refuses", () => {
  const names = { ExpressionAttributeNames: { "#o": "owner" } };
  const values = { ExpressionAttributeValues: { ":o": { S: "ann" } } };
  const query = { TableName, KeyConditionExpression: "#o = :o", ...names, ...values };
  const put = (Item: object) => ({ TableName, Item: { ...item("ann", "1"), ...Item } });
  const update = (UpdateExpression: string) => ({
    ...{ TableName, Key, UpdateExpression, ExpressionAttributeValues: { ":x": { S: "x" } } },
  });
  const deleteRequest = { DeleteRequest: { Key } };
  const many = (count: number) =>
    Array.from({ length: count }, (_, id) => ({ owner: { S: "ann" }, id: { S: String(id) } }));

  const cases: readonly [operation: string, title: string, input: object][] = [
    ["GetItem", "no table", { Key }],
    ["GetItem", "no key", { TableName }],
    ["GetItem", "part of a key", { TableName, Key: { owner: { S: "ann" } } }],
    ["GetItem", "a key of another type", { TableName, Key: { ...Key, id: { N: "1" } } }],
    ["GetItem", "a key of more attributes", { TableName, Key: { ...Key, state: { S: "x" } } }],
    ["GetItem", "an empty key text", { TableName, Key: { ...Key, id: { S: "" } } }],
    ["GetItem", "an unused name", { TableName, Key, ProjectionExpression: "state2", ...names }],
    ["GetItem", "names without an expression", { TableName, Key, ...names }],
    ["GetItem", "overlapping paths", { TableName, Key, ProjectionExpression: "a, a.b" }],
    ["GetItem", "a reserved word", { TableName, Key, ProjectionExpression: "state" }],
    [
      "GetItem",
      "attributes and a projection",
      { TableName, Key, ProjectionExpression: "a", AttributesToGet: ["a"] },
    ],
    ["GetItem", "an unknown kind of capacity", { TableName, Key, ReturnConsumedCapacity: "SOME" }],
    ["PutItem", "no item", { TableName }],
    ["PutItem", "an empty set", put({ tags: { SS: [] } })],
    ["PutItem", "a set with doubles", put({ tags: { SS: ["a", "a"] } })],
    ["PutItem", "a number that is none", put({ n: { N: "x" } })],
    ["PutItem", "39 digits", put({ n: { N: "1".repeat(39) } })],
    ["PutItem", "a number too large", put({ n: { N: "1e126" } })],
    ["PutItem", "a value of two types", put({ n: { N: "1", S: "1" } })],
    ["PutItem", "a value of no type", put({ n: {} })],
    ["PutItem", "an index key of another type", put({ state: { N: "1" } })],
    ["PutItem", "an empty index key", put({ state: { S: "" } })],
    ["PutItem", "an item over 400 KB", put({ text: { S: "x".repeat(409_600) } })],
    ["PutItem", "a key over 1 KB", put({ id: { S: "x".repeat(1025) } })],
    ["PutItem", "new values back", { ...put({}), ReturnValues: "ALL_NEW" }],
    ["PutItem", "an unused value", { ...put({}), ConditionExpression: "attribute_exists(id)", ...values }],
    ["PutItem", "values without an expression", { ...put({}), ...values }],
    ["PutItem", "an empty condition", { ...put({}), ConditionExpression: "" }],
    [
      "PutItem",
      "33 levels",
      put({
        m: Array(33)
          .fill(0)
          .reduce<object>((inner) => ({ L: [inner] }), { S: "x" }),
      }),
    ],
    ["UpdateItem", "a key attribute", update("SET id = :x")],
    ["UpdateItem", "one path twice", update("SET a = :x, a = :x")],
    ["UpdateItem", "two clauses of one kind", update("SET a = :x SET b = :x")],
    ["UpdateItem", "an absent attribute", update("SET a = b, c = :x")],
    ["UpdateItem", "a path into nothing", update("SET a.b = :x")],
    ["UpdateItem", "addition of a text", update("ADD a :x")],
    ["UpdateItem", "removal of a text from a set", update("DELETE a :x")],
    ["UpdateItem", "an undefined value", update("SET a = :y, b = :x")],
    ["UpdateItem", "an undefined name", update("SET #a = :x")],
    ["UpdateItem", "an empty expression", { TableName, Key, UpdateExpression: "" }],
    [
      "UpdateItem",
      "updates and an expression",
      { ...update("SET a = :x"), AttributeUpdates: { b: { Action: "DELETE" } } },
    ],
    ["DeleteItem", "new values back", { TableName, Key, ReturnValues: "ALL_NEW" }],
    ["DeleteItem", "no key", { TableName }],
    ["DeleteItem", "a key of another type", { TableName, Key: { ...Key, id: { N: "1" } } }],
    ["Query", "no condition", { TableName }],
    ["Query", "limit 0", { ...query, Limit: 0 }],
    ["Query", "a condition without the partition", { ...query, KeyConditionExpression: "id = :o" }],
    ["Query", "an unequal partition", { ...query, KeyConditionExpression: "#o > :o" }],
    ["Query", "a filter of a key", { ...query, FilterExpression: "#o = :o" }],
    ["Query", "an index that is not there", { ...query, IndexName: "none" }],
    [
      "Query",
      "a consistent read of a global index",
      { ...query, IndexName: "byState", ConsistentRead: true },
    ],
    ["Query", "an unknown selection", { ...query, Select: "SOME" }],
    ["Query", "a count with a projection", { ...query, Select: "COUNT", ProjectionExpression: "a" }],
    ["Query", "specific attributes without any", { ...query, Select: "SPECIFIC_ATTRIBUTES" }],
    ["Query", "projected attributes of a table", { ...query, Select: "ALL_PROJECTED_ATTRIBUTES" }],
    ["Query", "part of a starting key", { ...query, ExclusiveStartKey: { owner: { S: "ann" } } }],
    ["Scan", "limit 0", { TableName, Limit: 0 }],
    ["Scan", "a segment without a total", { TableName, Segment: 0 }],
    ["Scan", "a total without a segment", { TableName, TotalSegments: 2 }],
    ["Scan", "a segment beyond the total", { TableName, Segment: 2, TotalSegments: 2 }],
    ["Scan", "a total of 0", { TableName, Segment: 0, TotalSegments: 0 }],
    ["Scan", "an empty filter", { TableName, FilterExpression: "" }],
    [
      "Scan",
      "a consistent read of a global index",
      { TableName, IndexName: "byState", ConsistentRead: true },
    ],
    ["Scan", "a starting key of another type", { TableName, ExclusiveStartKey: { ...Key, id: { N: "1" } } }],
    ["BatchGetItem", "nothing", { RequestItems: {} }],
    ["BatchGetItem", "no keys", { RequestItems: { assets: { Keys: [] } } }],
    ["BatchGetItem", "one key twice", { RequestItems: { assets: { Keys: [Key, Key] } } }],
    ["BatchGetItem", "101 keys", { RequestItems: { assets: { Keys: many(101) } } }],
    [
      "BatchGetItem",
      "one table twice",
      { RequestItems: { assets: { Keys: [Key] }, [arn]: { Keys: [Key] } } },
    ],
    ["BatchWriteItem", "nothing", { RequestItems: {} }],
    ["BatchWriteItem", "no requests", { RequestItems: { assets: [] } }],
    ["BatchWriteItem", "one item twice", { RequestItems: { assets: [deleteRequest, deleteRequest] } }],
    [
      "BatchWriteItem",
      "26 requests",
      { RequestItems: { assets: many(26).map((one) => ({ DeleteRequest: { Key: one } })) } },
    ],
    [
      "BatchWriteItem",
      "a request of two kinds",
      { RequestItems: { assets: [{ ...deleteRequest, PutRequest: put({}) }] } },
    ],
    ["BatchWriteItem", "a request of no kind", { RequestItems: { assets: [{}] } }],
    ["TransactGetItems", "nothing", { TransactItems: [] }],
    [
      "TransactGetItems",
      "101 items",
      { TransactItems: many(101).map((one) => ({ Get: { TableName, Key: one } })) },
    ],
    [
      "TransactGetItems",
      "one item twice",
      { TransactItems: [{ Get: { TableName, Key } }, { Get: { TableName, Key } }] },
    ],
    ["TransactWriteItems", "nothing", { TransactItems: [] }],
    [
      "TransactWriteItems",
      "101 items",
      { TransactItems: many(101).map((one) => ({ Delete: { TableName, Key: one } })) },
    ],
    [
      "TransactWriteItems",
      "one item twice",
      { TransactItems: [{ Delete: { TableName, Key } }, { Put: put({}) }] },
    ],
    [
      "TransactWriteItems",
      "a part of two kinds",
      { TransactItems: [{ Delete: { TableName, Key }, Put: put({}) }] },
    ],
    [
      "TransactWriteItems",
      "a check without a condition",
      { TransactItems: [{ ConditionCheck: { TableName, Key } }] },
    ],
    [
      "TransactWriteItems",
      "a token over 36 characters",
      { TransactItems: [{ Put: put({}) }], ClientRequestToken: "x".repeat(37) },
    ],
  ];

  it.each([...new Set(cases.map(([operation]) => operation))])("is refused by %s", async (operation) => {
    const { dynamodb } = await setUp();
    const answers = cases
      .filter(([one]) => one === operation)
      .map(async ([, title, input]) => {
        const answer = dynamodb.execute(admin, operation, input as Readonly<Record<string, unknown>>);
        const [settled] = await Promise.allSettled([answer]);
        return [title, settled.status === "rejected" ? (settled.reason as { code: string }).code : "taken"];
      });
    const refused = cases
      .filter(([one]) => one === operation)
      .map(([, title]) => [title, "ValidationException"]);
    expect(await Promise.all(answers)).toEqual(refused);
  });
});
