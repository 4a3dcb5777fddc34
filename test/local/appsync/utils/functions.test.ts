import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "@jest/globals";

import { runBody, problemsOf, valueOf } from "../runtime/support.ts";

/** Every function that `@aws-appsync/utils` 2.1.1 declares, by the name that code calls it by, with its module. */
const FUNCTIONS = readFileSync(join(import.meta.dirname, "functions.txt"), "utf8")
  .split(/^# /mu)
  .filter((section) => section.trim() !== "")
  .flatMap((section) => {
    const [module = "", ...lines] = section.trim().split("\n");
    return lines.map((line) => ({ module, name: /^[\w.]+/u.exec(line)?.[0] ?? line }));
  });

const REFUSED_MODULES = ["@aws-appsync/utils/rds", "@aws-appsync/utils/ai"];
const REFUSED = ["util.rds.toJsonObject", "util.transform.toElasticsearchQueryDSL", "ddb.sync"];

/** Expressions that call the function, with what AWS answers: documented, or recorded by localstack/appsync-utils. */
const CASES: Readonly<Record<string, readonly (readonly [call: string, expected: unknown])[]>> = {
  "util.escapeJavaScript": [
    [`util.escapeJavaScript("a'b\\"c\\\\d/e\\nf")`, `a\\'b\\"c\\\\d\\/e\\nf`],
    [`util.escapeJavaScript("é\u0001")`, "\\u00E9\\u0001"],
  ],
  "util.urlEncode": [
    [`util.urlEncode("a b&c=d/é~*!'()")`, "a+b%26c%3Dd%2F%C3%A9%7E*%21%27%28%29"],
    [`util.urlEncode("\\ud800")`, "%3F"],
  ],
  "util.urlDecode": [[`util.urlDecode("a+b%26c%3Dd%2F%C3%A9")`, "a b&c=d/é"]],
  "util.base64Encode": [[`util.base64Encode("héllo")`, "aMOpbGxv"]],
  "util.base64Decode": [[`util.base64Decode("aMOpbGxv")`, "héllo"]],
  "util.autoId": [
    [
      `util.autoId()`,
      expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u),
    ],
  ],
  "util.autoUlid": [[`util.autoUlid()`, expect.stringMatching(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/u)]],
  "util.autoKsuid": [[`util.autoKsuid()`, expect.stringMatching(/^[0-9A-Za-z]{27}$/u)]],
  "util.unauthorized": [],
  "util.error": [],
  "util.appendError": [[`util.appendError("a") ?? "goes on"`, "goes on"]],
  "util.matches": [
    [`util.matches("a*b", "aaaaab")`, true],
    [`util.matches("a*b", "aaaaabc")`, false],
  ],
  "util.authType": [[`util.authType()`, "API Key Authorization"]],
  "util.time.nowISO8601": [
    [`util.time.nowISO8601()`, expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u)],
  ],
  "util.time.nowEpochSeconds": [[`util.time.nowEpochSeconds() > 1500000000`, true]],
  "util.time.nowEpochMilliSeconds": [[`util.time.nowEpochMilliSeconds() > 1500000000000`, true]],
  "util.time.nowFormatted": [
    [
      `util.time.nowFormatted("yyyy-MM-dd HH:mm:ssZ")`,
      expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+0000$/u),
    ],
    [`util.time.nowFormatted("Z", "Australia/Perth")`, "+0800"],
  ],
  "util.time.parseFormattedToEpochMilliSeconds": [
    [
      `util.time.parseFormattedToEpochMilliSeconds("2018-02-01 17:21:05.180+0800", "yyyy-MM-dd HH:mm:ss.SSSZ")`,
      1517476865180,
    ],
    [
      `util.time.parseFormattedToEpochMilliSeconds("2018-02-06 19:01:35", "yyyy-MM-dd HH:mm:ss", "Australia/Perth")`,
      1517914895000,
    ],
  ],
  "util.time.parseISO8601ToEpochMilliSeconds": [
    [`util.time.parseISO8601ToEpochMilliSeconds("2018-02-01T17:21:05.180+08:00")`, 1517476865180],
  ],
  "util.time.epochMilliSecondsToSeconds": [
    [`util.time.epochMilliSecondsToSeconds(1517943695750)`, 1517943695],
  ],
  "util.time.epochMilliSecondsToISO8601": [
    [`util.time.epochMilliSecondsToISO8601(1517943695750)`, "2018-02-06T19:01:35.750Z"],
  ],
  "util.time.epochMilliSecondsToFormatted": [
    [
      `util.time.epochMilliSecondsToFormatted(1517943695750, "yyyy-MM-dd HH:mm:ssZ")`,
      "2018-02-06 19:01:35+0000",
    ],
    [
      `util.time.epochMilliSecondsToFormatted(1517943695750, "yyyy-MM-dd HH:mm:ssZ", "Australia/Perth")`,
      "2018-02-07 03:01:35+0800",
    ],
  ],
  "util.dynamodb.toDynamoDB": [
    [`util.dynamodb.toDynamoDB(12345)`, { N: 12345 }],
    [
      `util.dynamodb.toDynamoDB({ foo: "bar", baz: 1234, beep: ["boop"], no: null, yes: true })`,
      {
        M: {
          foo: { S: "bar" },
          baz: { N: 1234 },
          beep: { L: [{ S: "boop" }] },
          no: { NULL: null },
          yes: { BOOL: true },
        },
      },
    ],
    [`util.dynamodb.toDynamoDB({ length: 3 })`, { M: { length: { N: 3 } } }],
  ],
  "util.dynamodb.toString": [
    [`util.dynamodb.toString("test")`, { S: "test" }],
    [`util.dynamodb.toString(null)`, null],
  ],
  "util.dynamodb.toStringSet": [[`util.dynamodb.toStringSet(["foo", "bar"])`, { SS: ["foo", "bar"] }]],
  "util.dynamodb.toNumber": [[`util.dynamodb.toNumber(12345)`, { N: 12345 }]],
  "util.dynamodb.toNumberSet": [[`util.dynamodb.toNumberSet([1, 23, 4.56])`, { NS: [1, 23, 4.56] }]],
  "util.dynamodb.toBinary": [[`util.dynamodb.toBinary("foo")`, { B: "foo" }]],
  "util.dynamodb.toBinarySet": [[`util.dynamodb.toBinarySet(["foo"])`, { BS: ["foo"] }]],
  "util.dynamodb.toBoolean": [[`util.dynamodb.toBoolean(false)`, { BOOL: false }]],
  "util.dynamodb.toNull": [[`util.dynamodb.toNull()`, { NULL: null }]],
  "util.dynamodb.toList": [
    [
      `util.dynamodb.toList(["foo", 123, { bar: "baz" }])`,
      { L: [{ S: "foo" }, { N: 123 }, { M: { bar: { S: "baz" } } }] },
    ],
    [`util.dynamodb.toList("foo")`, null],
  ],
  "util.dynamodb.toMap": [[`util.dynamodb.toMap({ a: 1 })`, { M: { a: { N: 1 } } }]],
  "util.dynamodb.toMapValues": [[`util.dynamodb.toMapValues({ a: 1, gone: undefined })`, { a: { N: 1 } }]],
  "util.dynamodb.toS3Object": [
    [
      `util.dynamodb.toS3Object("foo", "bar", "baz")`,
      { S: `{"s3":{"key":"foo","bucket":"bar","region":"baz"}}` },
    ],
    [
      `util.dynamodb.toS3Object("foo", "bar", "baz", "beep")`,
      { S: `{"s3":{"key":"foo","bucket":"bar","region":"baz","version":"beep"}}` },
    ],
  ],
  "util.dynamodb.fromS3ObjectJson": [
    [
      `util.dynamodb.fromS3ObjectJson('{"s3":{"key":"foo","bucket":"bar","region":"baz"}}')`,
      { key: "foo", bucket: "bar", region: "baz" },
    ],
  ],
  "util.http.copyHeaders": [
    [
      `util.http.copyHeaders({ Host: "h", connection: "c", "x-mine": "1", authorization: "a" })`,
      { "x-mine": "1", authorization: "a" },
    ],
  ],
  "util.http.addResponseHeader": [[`util.http.addResponseHeader("itemsCount", 7) ?? 0`, 0]],
  "util.http.addResponseHeaders": [[`util.http.addResponseHeaders({ a: 12, b: { c: 1 } }) ?? 0`, 0]],
  "util.xml.toMap": [
    [
      `util.xml.toMap("<posts><post><id>1</id><title>Getting started</title></post></posts>")`,
      { posts: { post: { id: 1, title: "Getting started" } } },
    ],
  ],
  "util.xml.toJsonString": [
    [`util.xml.toJsonString("<a>1</a>")`, `{"a":1}`],
    [`util.xml.toJsonString("<a>1</a>", true)`, `"{\\"a\\":1}"`],
  ],
  "util.transform.toDynamoDBFilterExpression": [
    [
      `util.transform.toDynamoDBFilterExpression({ title: { contains: "Hello World" } })`,
      `{"expression":"(contains(#title,:title_contains))","expressionNames":{"#title":"title"},"expressionValues":{":title_contains":{"S":"Hello World"}}}`,
    ],
    [`util.transform.toDynamoDBFilterExpression({ title: { foo: 1 } })`, null],
  ],
  "util.transform.toDynamoDBConditionExpression": [
    [
      `util.transform.toDynamoDBConditionExpression({ id: { attributeExists: true }, version: { eq: 10 } })`,
      `{"expression":"(attribute_exists(#id)) AND (#version = :version_eq)","expressionNames":{"#id":"id","#version":"version"},"expressionValues":{":version_eq":{"N":10}}}`,
    ],
  ],
  "util.transform.toSubscriptionFilter": [
    [
      `util.transform.toSubscriptionFilter({ a: { eq: 1 } })`,
      { filterGroup: [{ filters: [{ fieldName: "a", operator: "eq", value: 1 }] }] },
    ],
  ],
  "util.math.roundNum": [
    [`util.math.roundNum(10.2)`, 10],
    [`util.math.roundNum(-1.5)`, -1],
  ],
  "util.math.minVal": [[`util.math.minVal(1.2, 3)`, 1.2]],
  "util.math.maxVal": [[`util.math.maxVal(1.2, 3)`, 3]],
  "util.math.randomDouble": [[`util.math.randomDouble() < 1`, true]],
  "util.math.randomWithinRange": [[`util.math.randomWithinRange(5, 6)`, 5]],
  "util.str.normalize": [[`util.str.normalize("\u1e9b\u0323", "nfkc")`, "\u1e69"]],
  "extensions.evictFromApiCache": [
    [`extensions.evictFromApiCache("Query", "f", { "ctx.args.id": 1 }) ?? 0`, 0],
  ],
  "extensions.setSubscriptionFilter": [[`extensions.setSubscriptionFilter({ filterGroup: [] }) ?? 0`, 0]],
  "extensions.setSubscriptionInvalidationFilter": [
    [`extensions.setSubscriptionInvalidationFilter({ filterGroup: [] }) ?? 0`, 0],
  ],
  "extensions.invalidateSubscriptions": [
    [`extensions.invalidateSubscriptions({ subscriptionField: "f", payload: {} }) ?? 0`, 0],
  ],
  "runtime.earlyReturn": [],
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

/** What code calls it: the functions of `/dynamodb` are listed bare. */
const called = ({ module, name }: { module: string; name: string }) =>
  module === "@aws-appsync/utils/dynamodb" ? `ddb.${name}` : name;

describe("every function that AWS declares", () => {
  it("is in the list", () => expect(FUNCTIONS).toHaveLength(106));

  it.each(FUNCTIONS.map((one) => [called(one), one.module] as const))(
    "%s of %s works, or is refused by name",
    (name, module) => {
      if (REFUSED_MODULES.includes(module)) {
        const member = name.split(".")[0] ?? name;
        const [problem] = problemsOf(
          `import { ${member} } from "${module}"; export function request() { return 1; }`,
        );
        expect(problem?.value).toContain(
          `import from "${module}" is not supported, as no data source of this kind runs locally`,
        );
      } else if (REFUSED.includes(name)) {
        const imports = `import { util } from "@aws-appsync/utils"; import * as ddb from "@aws-appsync/utils/dynamodb";`;
        const [problem] = problemsOf(`${imports} export function request() { return ${name}({}); }`);
        expect(problem?.value).toMatch(
          /is not supported: (no data source of this kind runs locally|AWS declares it and refuses it)/u,
        );
      } else {
        const cases = CASES[name];
        if (cases === undefined) throw new Error(`${name} is neither supported nor refused`);
        for (const [call, expected] of cases) expect(valueOf(call)).toEqual(expected);
      }
    },
  );

  it("ends the evaluation where it says so", () => {
    expect(runBody(`util.error("m", "T", { a: 1 }, [2]); return 1;`).end).toEqual({
      kind: "error",
      error: { message: "m", errorType: "T", data: { a: 1 }, errorInfo: [2] },
      unauthorized: false,
    });
    expect(runBody(`util.error("m");`).end).toMatchObject({
      error: { errorType: null, data: null, errorInfo: null },
    });
    expect(runBody(`util.unauthorized();`).end).toMatchObject({
      kind: "error",
      unauthorized: true,
      error: { errorType: "Unauthorized" },
    });
    expect(runBody(`runtime.earlyReturn({ a: 1 });`).end).toEqual({
      kind: "early",
      value: { a: 1 },
      skipTo: "NEXT",
    });
    expect(runBody(`runtime.earlyReturn(undefined, { skipTo: "END" });`).end).toEqual({
      kind: "early",
      value: null,
      skipTo: "END",
    });
  });
});
