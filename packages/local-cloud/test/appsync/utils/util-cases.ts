import { expect } from "@jest/globals";

/** Expressions that call a function, with what they come to, by the function's name. */
export type Cases = Readonly<Record<string, readonly (readonly [call: string, expected: unknown])[]>>;

/** Expressions that call the function, with what AWS answers: documented, or recorded by localstack/appsync-utils. */
export const UTIL_CASES: Cases = {
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
    [
      `extensions.evictFromApiCache("Query", "f", { "ctx.identity.sub": "s", "ctx.args": { a: [1] } }) ?? 0`,
      0,
    ],
  ],
  "extensions.setSubscriptionFilter": [[`extensions.setSubscriptionFilter({ filterGroup: [] }) ?? 0`, 0]],
  "extensions.setSubscriptionInvalidationFilter": [
    [`extensions.setSubscriptionInvalidationFilter({ filterGroup: [] }) ?? 0`, 0],
  ],
  "extensions.invalidateSubscriptions": [
    [`extensions.invalidateSubscriptions({ subscriptionField: "f", payload: {} }) ?? 0`, 0],
  ],
  "runtime.earlyReturn": [],
};
