import { resolverNames } from "../../infra/bundle.ts";
import { codeOf } from "../support/code.ts";
import type { Handler } from "../../packages/local-cloud/src/appsync/model/handlers.ts";
import { resolverContexts } from "./resolver-contexts.ts";

/** One call of EvaluateCode. */
export interface Case {
  readonly name: string;
  readonly code: string;
  readonly function: Handler;
  readonly context: Readonly<Record<string, unknown>>;
}

/** Every case, the program's own resolvers included, bundled as they are deployed. */
export async function allCases(): Promise<Case[]> {
  const own = await Promise.all(resolverNames().map(ofResolver));
  return [
    ...expressions.map(ofExpression),
    ...bodies.map(ofBody),
    ...quirks.map(ofBody),
    ...refused.map(ofRefused),
    ...own.flat(),
  ];
}

const imports = `import { util, extensions, runtime } from "@aws-appsync/utils";
import * as ddb from "@aws-appsync/utils/dynamodb";
`;

const ofExpression = (expression: string): Case => ofBody([expression, `return ${expression};`]);

function ofBody([name, body, context = {}]: Body): Case {
  return {
    name,
    code: `${imports}export function request(ctx) {\n  ${body}\n}\n`,
    function: "request",
    context,
  };
}

const ofRefused = ([name, body]: Body): Case => ofBody([`refused: ${name}`, body]);

async function ofResolver(name: string): Promise<Case[]> {
  const code = await codeOf(name);
  const contexts = resolverContexts[name] ?? [];
  return contexts.map(([handler, what, context]) => ({
    name: `${name} ${handler}: ${what}`,
    code,
    function: handler,
    context,
  }));
}

/** What a request handler returns: at least one of each family of `util`, one of each DynamoDB helper. */
const expressions: readonly string[] = [
  `util.escapeJavaScript("a'b\\"c/d\\né")`,
  `[util.urlEncode("a b&c=d/é~*"), util.urlDecode("a+b%26c%3Dd%2F%C3%A9")]`,
  `[util.base64Encode("héllo"), util.base64Decode("aMOpbGxv")]`,
  `[util.autoId(), util.autoUlid()]`,
  `util.autoKsuid().length`,
  `[util.matches("a*b", "aaaaab"), util.matches("a*b", "xaaabx")]`,
  `util.authType()`,
  `[util.time.nowISO8601(), util.time.nowEpochSeconds(), util.time.nowEpochMilliSeconds()]`,
  `util.time.nowFormatted("Z", "Australia/Perth")`,
  `util.time.epochMilliSecondsToFormatted(1517943695750, "yyyy-MM-dd HH:mm:ss.SSSZ EEE D", "Australia/Perth")`,
  `util.time.epochMilliSecondsToFormatted(1517943695750, "YYYY-'W'ww")`,
  `util.time.parseFormattedToEpochMilliSeconds("2018-02-06 19:01:35", "yyyy-MM-dd HH:mm:ss", "Australia/Perth")`,
  `util.time.parseISO8601ToEpochMilliSeconds("2018-02-01T17:21:05.180+08:00")`,
  `[util.time.epochMilliSecondsToSeconds(1517943695750), util.time.epochMilliSecondsToISO8601(1517943695750)]`,
  `util.dynamodb.toDynamoDB({ a: "x", b: 1.5, c: [true, null], d: { e: "" }, f: undefined })`,
  `[util.dynamodb.toString("a"), util.dynamodb.toNumber(1), util.dynamodb.toBoolean(false), util.dynamodb.toBinary("YQ=="), util.dynamodb.toNull()]`,
  `[util.dynamodb.toStringSet(["a"]), util.dynamodb.toNumberSet([1, 2.5]), util.dynamodb.toBinarySet(["YQ=="])]`,
  `[util.dynamodb.toList([1, "a"]), util.dynamodb.toMap({ a: 1 }), util.dynamodb.toMapValues({ a: 1, b: undefined })]`,
  `[util.dynamodb.toList("a"), util.dynamodb.toMap([1]), util.dynamodb.toString(null)]`,
  `[util.dynamodb.toS3Object("k", "b", "r", "v"), util.dynamodb.fromS3ObjectJson('{"s3":{"key":"k"}}')]`,
  `util.http.copyHeaders({ Host: "h", connection: "c", "x-mine": "1", Authorization: "a" })`,
  `util.xml.toMap('<a n="1"><b>2</b><b>x</b><c/><d> 007 </d></a>')`,
  `[util.xml.toJsonString("<a>1</a>"), util.xml.toJsonString("<a>1</a>", true)]`,
  `util.transform.toDynamoDBFilterExpression({ a: { ge: 1, size: { gt: 2 } }, or: [{ b: { in: [1, "x"] } }, { not: { c: { between: [1, 2] } } }] })`,
  `util.transform.toDynamoDBConditionExpression({ id: { attributeExists: false }, v: { eq: null } })`,
  `util.transform.toDynamoDBFilterExpression({ and: [{ a: { eq: 1 } }, {}], v: { in: [] } })`,
  `util.transform.toDynamoDBFilterExpression({ v: { foo: 1 } })`,
  `util.transform.toSubscriptionFilter({ a: { eq: 1, gt: 2 }, or: [{ b: { in: ["x"] } }, { c: { ne: null } }] }, ["c"], { d: { eq: 1 } })`,
  `[util.math.roundNum(-1.5), util.math.roundNum(2.5), util.math.minVal(1.2, 3), util.math.maxVal(1.2, 3)]`,
  `[util.math.randomDouble() < 1, util.math.randomWithinRange(5, 6)]`,
  `util.str.normalize("\\u1e9b\\u0323", "nfkc")`,
  `ddb.get({ key: { id: "1" }, consistentRead: true, projection: ["a.b", "list[1]"] })`,
  `ddb.put({ key: { id: "1" }, item: { a: 1 }, condition: { id: { attributeExists: false } } })`,
  `ddb.update({ key: { id: "1" }, update: { a: ddb.operations.add(1), b: ddb.operations.remove(), c: ddb.operations.replace({ d: 1 }), e: ddb.operations.increment(), f: ddb.operations.decrement(2) } })`,
  `ddb.update({ key: { id: "1" }, update: { a: ddb.operations.append([1]), b: ddb.operations.prepend([2]), c: [ddb.operations.updateListItem("x", 1)], d: null }, condition: { v: { eq: 2 } } })`,
  `ddb.remove({ key: { id: "1" }, condition: { v: { lt: 2 } } })`,
  `ddb.query({ query: { pk: { eq: "a" }, sk: { beginsWith: "b" } }, index: "i", limit: 5, scanIndexForward: false, filter: { done: { eq: true } }, nextToken: null })`,
  `ddb.scan({ limit: 10, nextToken: "abc", totalSegments: 2, segment: 1 })`,
  `ddb.batchGet({ tables: { t: { keys: [{ id: "1" }], projection: ["id"] } } })`,
  `[ddb.batchPut({ tables: { t: [{ id: "1" }] } }), ddb.batchDelete({ tables: { t: [{ id: "1" }] } })]`,
  `ddb.transactGet({ items: [{ table: "t", key: { id: "1" } }] })`,
  `ddb.transactWrite({ items: [{ putItem: { table: "t", key: { id: "1" }, item: { a: 1 } } }, { updateItem: { table: "t", key: { id: "2" }, update: { a: 2 } } }, { deleteItem: { table: "t", key: { id: "3" } } }, { conditionCheck: { table: "t", key: { id: "4" }, condition: { v: { attributeExists: true } } } }] })`,
  `[ddb.toStringSet(["a"]), ddb.toNumberSet([1]), ddb.toBinarySet(["YQ=="])]`,
  `[JSON.parse("{"), JSON.parse("[1]"), JSON.stringify({ a: undefined, b: NaN })]`,
  `[1 / 0, NaN, undefined, -0]`,
  `["a.b".replace("a.", "x"), "a1b2".replaceAll("[0-9]", "#"), "a?b?c".split("?"), " x ".trim()]`,
  `["abcd".substring(1, 2), "ab12".match("[0-9]+")]`,
  `[[3, 1, 2, 10].sort(), [1, [2, [3]]].flat(), [1, 2, 3].findLast((n) => n < 3)]`,
  `[ctx.args, ctx.stash, ctx.prev, ctx.source, ctx.identity, ctx.result]`,
  `Object.keys(ctx)`,
  `["abc".includes("b"), [1, 2].includes(2)]`,
  `[undefined === null, undefined == null, ctx.args.none === null, ctx.args.none === undefined]`,
];

const many = { arguments: { list: Array.from({ length: 1_002 }, (_, index) => index) } };

/** What public reports say that AWS does otherwise than JavaScript; each names its issue of aws/aws-appsync-community. */
const quirks: readonly Body[] = [
  [
    "#403: ?? evaluates both sides",
    "const seen = []; const f = (n) => { seen.push(n); return n; }; return [f(1) ?? f(2), f(0) || f(3), f(4) || f(5), f(6) && f(7), true ? f(8) : f(9), seen];",
  ],
  ["#403: an error on the right of ??", `return 1 ?? util.error("raised");`],
  [
    "#411: a switch over an optional chain",
    `const a = { kind: "x" }; switch (a?.kind) { case "x": return "case"; default: return "default"; }`,
  ],
  ["#371: 1,002 items by for-of", "let n = 0; for (const a of ctx.args.list) { n += 1; } return n;", many],
  ["#371: 1,002 items by map", "return ctx.args.list.map((a) => a).length;", many],
  ["#371: 1,002 items by reduce", "return ctx.args.list.reduce((n) => n + 1, 0);", many],
  [
    "#371: 1,002 items by other methods",
    "let n = 0; ctx.args.list.forEach(() => { n += 1; }); return [n, ctx.args.list.filter(() => true).length, ctx.args.list.flatMap((a) => [a]).length, ctx.args.list.reduceRight((m) => m + 1, 0), ctx.args.list.findIndex((a) => a === 1001), ctx.args.list.some((a) => a === 1001)];",
    many,
  ],
  [
    "for-of over a list that grows, shrinks and changes",
    "const a = [1, 2, 3]; const seen = []; for (const b of a) { seen.push(b); if (b === 1) { a.push(4); a[1] = 5; } } return [a, seen];",
  ],
  [
    "#308, #344: numbers of a result",
    "const { a, b } = ctx.result; return [`${a}`, a + '', '' + (a + 0), a === b, a === 100];",
    { result: { a: 100, b: 100 } },
  ],
  ["#280: earlyReturn of null", "runtime.earlyReturn(null);"],
  ["f.call", "const f = () => 1; return f.call(null);"],
  ["console.debug", "console.debug({ a: 1 }); return 1;"],
];

type Body = readonly [name: string, body: string, context?: Case["context"]];

const cognito = {
  sub: "s",
  issuer: "i",
  username: "u",
  claims: {},
  sourceIp: ["1.1.1.1"],
  defaultAuthStrategy: "ALLOW",
};

/** Bodies of a request handler, with its context: errors, effects, early returns, faults. */
const bodies: readonly Body[] = [
  ["authType of a user pool", "return util.authType();", { identity: cognito }],
  ["authType of Lambda", "return util.authType();", { identity: { resolverContext: {} } }],
  [
    "the whole context",
    "return ctx;",
    {
      arguments: { a: 1 },
      identity: cognito,
      stash: { b: 2 },
      info: {
        fieldName: "f",
        parentTypeName: "Query",
        selectionSetList: ["a"],
        selectionSetGraphQL: "{ a }",
        variables: {},
      },
      request: { headers: { "x-a": "1" } },
    },
  ],
  ["error", `util.error("m", "T", { a: 1 }, [2]);`],
  ["error with a message only", `util.error("m");`],
  // AWS was seen to ignore it: github.com/aws/aws-appsync-community/issues/384.
  ["error with a number", `util.error(JSON.parse("25")); return "ignored";`],
  ["unauthorized", "util.unauthorized();"],
  ["appendError", `util.appendError("m", "T", { a: 1 }, { b: 2 }); util.appendError("n"); return 1;`],
  ["earlyReturn", "runtime.earlyReturn({ a: 1 }); return 2;"],
  ["earlyReturn to the end", `runtime.earlyReturn({ a: 1 }, { skipTo: "END" });`],
  ["earlyReturn of nothing", "runtime.earlyReturn();"],
  ["a fault: undefined", "return ctx.args.a.b;"],
  ["a fault: null", "const gone = ctx.source; return gone.b;"],
  ["a fault: not a function", "return ctx.args.f();", { arguments: { f: 1 } }],
  ["a fault of a utility", `return util.time.parseISO8601ToEpochMilliSeconds("no");`],
  [
    "a fault of a utility: normalize",
    `return util.str.normalize("a", ctx.args.form);`,
    { arguments: { form: "nfx" } },
  ],
  [
    "a subscription filter with rules, as the manual has it",
    `return util.transform.toSubscriptionFilter({ percentageUp: { lte: 50, gte: 20 }, and: [{ title: { ne: "Book1" } }, { downvotes: { gt: 2000 } }], or: [{ author: { eq: "Admin" } }, { isPublished: { eq: false } }] }, ["isPublished"], { percentageUp: { between: [50, 75] } });`,
  ],
  ["no request for a NONE source", "return;"],
  ["a request with a version", `return { version: "2018-05-29", payload: 1 };`],
  [
    "arguments, stash and source that are written",
    "ctx.args.a = 2; ctx.stash.b = 3; ctx.source.c = 4; return [ctx.args, ctx.arguments, ctx.stash, ctx.source];",
    { arguments: { a: 1 }, source: { c: 1 } },
  ],
  [
    "a default in a destructured parameter",
    "const f = ({ a = 1, b: { c = 2 } = {} } = {}) => [a, c]; return [f(), f({ a: 3, b: { c: 4 } })];",
  ],
  [
    "the absent and the null of ctx",
    "return [ctx.prev, ctx.result, ctx.error, ctx.env, ctx.source, ctx.identity];",
  ],
  ["nothing returned", "const a = 1;"],
  ["the stash", "ctx.stash.a = { b: [1] }; return {};", { stash: { c: 1 } }],
  ["logs", `console.log("a", { b: 1 }, undefined); console.error([1]); return 1;`],
  [
    "response headers",
    `util.http.addResponseHeader("x-a", 7); util.http.addResponseHeaders({ "x-b": { c: 1 } }); return 1;`,
  ],
  ["a reserved response header", `util.http.addResponseHeader("content-type", "a"); return 1;`],
  [
    "a subscription filter",
    `extensions.setSubscriptionFilter(util.transform.toSubscriptionFilter({ a: { eq: 1 } })); extensions.setSubscriptionInvalidationFilter({ filterGroup: [] }); return null;`,
  ],
  [
    "an invalidation",
    `extensions.invalidateSubscriptions({ subscriptionField: "f", payload: { a: 1 } }); return null;`,
  ],
  ["an eviction", `extensions.evictFromApiCache("Query", "f", { "ctx.args.id": 1 }); return null;`],
  [
    "for-in, for-of, switch",
    "let out = ''; for (const k in { a: 1, b: 2 }) { out += k; } for (const n of [1, 2]) { switch (n) { case 1: out += 'one'; break; default: out += n; } } return out;",
  ],
  [
    "spread, rest, defaults",
    "const { a, ...rest } = { a: 1, b: 2 }; const f = (x = 3, ...more) => [x, ...more]; return { a, rest, f: f(undefined, 4), s: `${a}` };",
  ],
  [
    "operators",
    "return [5 % 3, 2 ** 3, 5 & 3, 5 | 3, 5 ^ 3, 1 << 2, -8 >>> 28, typeof 1, void 0, null ?? 1, ctx.a?.b];",
  ],
];

/** What the compiler of APPSYNC_JS refuses. */
const refused: readonly Body[] = [
  ["throw", "throw 1;"],
  ["try", "try { return 1; } catch (e) { return 2; }"],
  ["while", "while (true) { return 1; }"],
  ["for(;;)", "for (let i = 0; i < 2; i += 1) { return i; }"],
  ["continue", "for (const a of [1]) { continue; } return 1;"],
  ["++", "let a = 1; a++; return a;"],
  ["~", "return ~1;"],
  ["in", `return "a" in {};`],
  ["new", "return new Date();"],
  ["class", "class A {} return 1;"],
  ["this", "return this;"],
  ["async", "const f = async () => 1; return f();"],
  ["a regular expression", `return "a".replace(/a/, "b");`],
  ["recursion", "const f = (n) => f(n); return f(1);"],
  ["a function as an argument", "const f = (g) => g(); return f(() => 1);"],
  ["sort with a comparator", "return [2, 1].sort((a, b) => a - b);"],
  ["parseInt", `return parseInt("1");`],
  ["an unknown member of util", "return util.nothing();"],
  ["??=", "let a = ctx.args.a; a ??= 1; return a;"],
  ["||=", "let a = ctx.args.a; a ||= 1; return a;"],
  ["&&=", "let a = ctx.args.a; a &&= 1; return a;"],
  ["a function by a second name", "const a = () => 1; const b = a; return b();"],
  ["sort with a named function", "const order = (a, b) => a - b; return [2, 1].sort(order);"],
  ["#279: another object shape", "let a = { x: 1 }; a = { y: 1 }; return a;"],
  ["#324: a destructured parameter without a member", "const f = ({ a, b }) => a; return f({ a: 1 });"],
  ["#323: a list spread into a utility", `const a = ["m", "T"]; util.appendError(...a); return 1;`],
  ["more arguments than parameters", "const f = (a) => a; return f(1, 2);"],
  ["a comparison that is never true", `const a = "x"; const b = "y"; if (a === b) { return 1; } return 2;`],
  ["a key that is no key", "const key = { a: 1 }; return [1][key];"],
  ["a constant that is assigned", "const a = 1; a = 2; return a;"],
  ["a variable that changes its type", `let a = 1; a = "x"; return a;`],
  ["Array.isArray", "return Array.isArray([]);"],
  ["Number()", `return Number("1");`],
  ["toString()", "return (1).toString();"],
  ["a normal form that is none", `return util.str.normalize("a", "nfx");`],
  ["String()", "return String(1);"],
  ["Boolean()", "return Boolean(1);"],
  ["Object()", "return Object(1);"],
  ["Number.isInteger", "return Number.isInteger(1);"],
  ["a Map", "return new Map();"],
  ["a Symbol", `return Symbol("a");`],
  ["util.toJson", "return util.toJson({});"],
  ["do while", "do { return 1; } while (true);"],
  ["a label", "a: for (const b of [1]) { break a; } return 1;"],
  ["--", "let a = 1; a--; return a;"],
  ["ctx that is written", "ctx.args = {}; return 1;"],
  ["ddb.sync", "return ddb.sync({});"],
];
