import { describe, expect, it } from "@jest/globals";
import { resource } from "../aws/graph.ts";
import { type ApiDescription, apiGraph, echo, functionArn, serve } from "../../../../test/support/appsync.ts";
import type { Resource } from "../../src/base/graph.ts";

const schema = "type Query { a: String }";
const code = echo();
const runtime = { name: "APPSYNC_JS", runtimeVersion: "1.0.0" };
const unit = { apiId: "api", type: "Query", field: "a", dataSource: "none", code, runtime };
const withResolver = (inputs: object): ApiDescription => ({
  schema,
  more: [resource("aws:appsync/resolver:Resolver", "Query.a", { ...unit, ...inputs })],
});
const withCache = (inputs: object): ApiDescription => ({
  schema,
  more: [
    resource("aws:appsync/apiCache:ApiCache", "cache", {
      ...{ apiId: "api", apiCachingBehavior: "PER_RESOLVER_CACHING", ttl: 60, type: "SMALL" },
      ...inputs,
    }),
  ],
});
const withAuthorizer = (config: object, more: { authenticationType: string }[] = []): ApiDescription => ({
  schema,
  api: {
    authenticationType: "AWS_LAMBDA",
    lambdaAuthorizerConfig: { authorizerUri: functionArn, ...config },
    additionalAuthenticationProviders: more,
  },
});
const withSource = (inputs: object): ApiDescription => ({
  schema,
  more: [
    resource("aws:appsync/dataSource:DataSource", "more", {
      apiId: "api",
      name: "more",
      type: "NONE",
      ...inputs,
    }),
  ],
});

/** The time of these tests. */
const now = Date.parse("2026-01-01T00:00:00Z");
const withKey = (expires: string): ApiDescription => ({
  schema,
  more: [resource("aws:appsync/apiKey:ApiKey", "guest", { apiId: "api", expires }, { key: "da2-guest" })],
});
const tooShortOrLong = /^ApiKey guest: expires is .*; AWS takes 1 to 365 days from the creation of a key\.$/;

describe("the boot refuses by name", () => {
  it.each<[string, ApiDescription, RegExp]>([
    [
      "an OIDC provider",
      { schema, api: { authenticationType: "OPENID_CONNECT" } },
      /^GraphQLApi api: authenticationType is OPENID_CONNECT, which does not run here\.$/,
    ],
    [
      "two resolvers of one field",
      {
        schema,
        more: ["one", "two"].map((name) => resource("aws:appsync/resolver:Resolver", name, unit)),
      },
      /^Resolver two: field is Query\.a, which has another resolver; AWS takes one\.$/,
    ],
    [
      "a default action of an additional user pool",
      {
        schema,
        api: {
          authenticationType: "AWS_IAM",
          additionalAuthenticationProviders: [
            {
              authenticationType: "AMAZON_COGNITO_USER_POOLS",
              userPoolConfig: { userPoolId: "pool", defaultAction: "DENY" } as { userPoolId: string },
            },
          ],
        },
      },
      /api: additionalAuthenticationProviders sets the defaultAction of a user pool; AWS takes it only for the default/,
    ],
    [
      "a Lambda authorizer without a function",
      { schema, api: { additionalAuthenticationProviders: [{ authenticationType: "AWS_LAMBDA" }] } },
      /api: authenticationType is AWS_LAMBDA without lambdaAuthorizerConfig/,
    ],
    [
      "two Lambda authorizers",
      withAuthorizer({}, [{ authenticationType: "AWS_LAMBDA" }]),
      /api: additionalAuthenticationProviders has a second Lambda authorizer; AWS takes one/,
    ],
    [
      "a Lambda authorizer whose answers are cached for days",
      withAuthorizer({ authorizerResultTtlInSeconds: 86_400 }),
      /api: authorizerResultTtlInSeconds is 86400; AWS takes 0 to 3600/,
    ],
    [
      "a Lambda authorizer with an invalid expression",
      withAuthorizer({ identityValidationExpression: "(" }),
      /api: identityValidationExpression is \(, which is not a pattern/,
    ],
    [
      "caching with an unknown behaviour",
      withCache({ apiCachingBehavior: "SOME" }),
      /cache: apiCachingBehavior is SOME; AWS takes FULL_REQUEST_CACHING, /,
    ],
    ["caching for days", withCache({ ttl: 86_400 }), /cache: ttl is 86400; AWS takes 1 to 3600/],
    ["a cache of an unknown size", withCache({ type: "HUGE" }), /cache: type is HUGE; AWS takes a size/],
    [
      "two caches",
      { schema, more: [...(withCache({}).more ?? []), ...(withCache({}).more ?? [])] },
      /cache: apiId is api, which has another cache; AWS takes one/,
    ],
    [
      "caching without a ttl",
      withResolver({ cachingConfig: { cachingKeys: [] } }),
      /Query\.a: cachingConfig\.ttl is 0; AWS takes 1 to 3600/,
    ],
    [
      "caching for more than an hour",
      withResolver({ cachingConfig: { ttl: 3_601 } }),
      /Query\.a: cachingConfig\.ttl is 3601; AWS takes 1 to 3600/,
    ],
    [
      "a caching key outside arguments, source and identity",
      withResolver({ cachingConfig: { ttl: 60, cachingKeys: ["$context.stash.id"] } }),
      /Query\.a: cachingConfig\.cachingKeys has \$context\.stash\.id; AWS takes keys in/,
    ],
    [
      "more than 25 caching keys",
      withResolver({ cachingConfig: { ttl: 60, cachingKeys: Array(26).fill("$context.args.a") } }),
      /Query\.a: cachingConfig\.cachingKeys has 26 keys; AWS takes 25/,
    ],
    [
      "a merged API",
      { schema, api: { apiType: "MERGED" } },
      /api: apiType is MERGED, which does not run here/,
    ],
    ["no schema", { schema: "" }, /^GraphQLApi api: schema is empty\.$/],
    [
      "an OpenSearch data source",
      withSource({ type: "AMAZON_OPENSEARCH_SERVICE" }),
      /more: type is AMAZON_OPENSEARCH_SERVICE: it does not run here/,
    ],
    [
      "a table without a role",
      withSource({ type: "AMAZON_DYNAMODB", dynamodbConfig: { tableName: "t" } }),
      /more: serviceRoleArn is missing; a source of AMAZON_DYNAMODB/,
    ],
    [
      "a caller's own credentials",
      withSource({
        type: "AMAZON_DYNAMODB",
        serviceRoleArn: "r",
        dynamodbConfig: { tableName: "t", useCallerCredentials: true },
      }),
      /more: dynamodbConfig\.useCallerCredentials does not run here/,
    ],
    [
      "a versioned table",
      withSource({
        type: "AMAZON_DYNAMODB",
        serviceRoleArn: "r",
        dynamodbConfig: { tableName: "t", versioned: true },
      }),
      /more: dynamodbConfig\.versioned does not run here/,
    ],
    [
      "a resolver without code on a source that is not a function",
      withResolver({ code: undefined, runtime: undefined }),
      /Query\.a: code is missing; only a unit resolver or a function with a Lambda data source runs without\./,
    ],
    [
      "a pipeline without code",
      withResolver({ kind: "PIPELINE", code: undefined, runtime: undefined, dataSource: undefined }),
      /Query\.a: code is missing; only/,
    ],
    [
      "a runtime without code, also on a function",
      withResolver({ code: undefined, dataSource: "function" }),
      /Query\.a: code is missing; AWS takes a runtime only with code/,
    ],
    [
      "code without a runtime",
      withResolver({ runtime: undefined }),
      /Query\.a: runtime is missing; AWS takes code only with APPSYNC_JS/,
    ],
    [
      "a unit resolver without a data source",
      withResolver({ dataSource: undefined }),
      /Query\.a: dataSource is missing/,
    ],
    [
      "conflict resolution",
      withResolver({ syncConfig: { conflictDetection: "VERSION" } }),
      /Query\.a: syncConfig does not run here/,
    ],
    [
      "too large a batch",
      withResolver({ maxBatchSize: 2_001 }),
      /Query\.a: maxBatchSize is 2001; AWS takes 0 to 2000/,
    ],
    [
      "a negative batch size",
      withResolver({ maxBatchSize: -1 }),
      /Query\.a: maxBatchSize is -1; AWS takes 0 to 2000/,
    ],
    [
      "a batch size on a source that is not a function",
      withResolver({ maxBatchSize: 1 }),
      /Query\.a: maxBatchSize is 1; AWS takes it only with a Lambda data source/,
    ],
    ["an API key that ends too soon", withKey("2026-01-01T23:59:59Z"), tooShortOrLong],
    ["an API key that ended", withKey("2025-12-31T00:00:00Z"), tooShortOrLong],
    ["an API key that ends too late", withKey("2027-01-01T00:00:01Z"), tooShortOrLong],
    ["an API key whose end is not a date", withKey("soon"), tooShortOrLong],
    [
      "too long a code",
      withResolver({ code: `${code}//${"x".repeat(32_768)}` }),
      /Query\.a: code has \d{5} characters; AWS takes 32768/,
    ],
    [
      "code without a response handler",
      withResolver({ code: "export function request(ctx) { return {}; }" }),
      /^Resolver Query\.a: code exports no response handler\.$/,
    ],
    [
      "a pipeline with a function that is not declared",
      withResolver({ kind: "PIPELINE", pipelineConfig: { functions: ["fn9"] } }),
      /Query\.a: pipelineConfig\.functions has fn9, and no function of the API has this id/,
    ],
    [
      "a data source that is not declared",
      withResolver({ dataSource: "other" }),
      /Query\.a: dataSource is other, and no data source of the API has this name/,
    ],
    [
      "a resolver of a field that the schema does not have",
      withResolver({ field: "b" }),
      /Query\.a: field is Query\.b, which the schema does not have/,
    ],
    [
      "a custom scalar",
      { schema: `${schema} scalar Money` },
      /api: schema is not valid: line 1 .*: scalar Money: AppSync does not accept custom scalars/,
    ],
    ["a type with AWS's name", { schema: `${schema} type AWSThing { a: String }` }, /AWSThing/],
    [
      "a subscription of a mutation that is not there",
      { schema: `${schema} type Subscription { s: String @aws_subscribe(mutations: ["m"]) }` },
      /api: schema has Subscription\.s of the mutation m, which it does not have/,
    ],
    [
      "a subscription whose type is not that of its mutation",
      {
        schema: `${schema} type Mutation { m: Int } type Subscription { s: String @aws_subscribe(mutations: ["m"]) }`,
      },
      /api: schema has Subscription\.s of type String, and its mutation m is of type Int/,
    ],
  ])("%s", async (_what, description, message) => {
    await expect(serve(apiGraph(description), { clock: () => now })).rejects.toMatchObject({
      code: "InvalidInput",
      message: expect.stringMatching(message),
    });
  });

  it.each(["2026-01-02T00:00:00Z", "2027-01-01T00:00:00Z"])(
    "but not an API key that ends 1 or 365 days from now: %s",
    async (expires) => {
      await expect(serve(apiGraph(withKey(expires)), { clock: () => now })).resolves.toBeDefined();
    },
  );

  it.each<[string, Resource]>([
    ["a data source", resource("aws:appsync/dataSource:DataSource", "stray", { apiId: "no", type: "NONE" })],
    ["a resolver", resource("aws:appsync/resolver:Resolver", "stray", { ...unit, apiId: "no" })],
    ["a key", resource("aws:appsync/apiKey:ApiKey", "stray", { apiId: "no" }, { key: "da2-stray" })],
  ])("%s of an API that the program does not declare", async (_, stray) => {
    await expect(serve(apiGraph({ schema, more: [stray] }))).rejects.toThrow(
      /stray: apiId is no, and no GraphQLApi of the program has this id/,
    );
  });

  it("two data sources with one name", async () => {
    await expect(serve(apiGraph(withSource({ name: "none" })))).rejects.toThrow(
      /more: name is none, which another data source of the API has/,
    );
  });

  it("a data source whose role AppSync may not assume", async () => {
    const graph = apiGraph({ schema });
    const resources = graph.resources.map((one) =>
      one.type === "aws:iam/role:Role"
        ? {
            ...one,
            inputs: {
              assumeRolePolicy: JSON.stringify({
                Statement: {
                  Effect: "Allow",
                  Principal: { Service: "lambda.amazonaws.com" },
                  Action: "sts:AssumeRole",
                },
              }),
            },
          }
        : one,
    );
    await expect(serve({ ...graph, resources })).rejects.toThrow(
      /appsync.amazonaws.com is not authorized to perform: sts:AssumeRole/,
    );
  });
});

describe("the log of the start warns", () => {
  const warnings = async (description: ApiDescription) =>
    (await serve(apiGraph(description))).started.map(({ level, message }) => `${level}: ${message}`);

  it("of fields of Query and Mutation that have no resolver", async () => {
    const sdl = `type Query { a: String b: String } type Mutation { c: T } type T { d: String }
      type Subscription { e: T @aws_subscribe(mutations: ["c"]) }`;
    expect(await warnings({ schema: sdl, resolvers: { "Query.a": echo() } })).toEqual([
      "warn: No resolver, so always null: Query.b, Mutation.c",
    ]);
    const all = { "Query.a": echo(), "Query.b": echo(), "Mutation.c": echo() };
    expect(await warnings({ schema: sdl, resolvers: all })).toEqual([]);
  });

  it("of directives that AppSync ignores", async () => {
    const sdl = "type Query {\n  a: String @aws_cognito_user_pool\n}";
    expect(await warnings({ schema: sdl, resolvers: { "Query.a": echo() } })).toEqual([
      "warn: the schema, line 2: AppSync does not know @aws_cognito_user_pool and ignores it",
    ]);
  });
});

describe("reload", () => {
  const greeting = (text: string, more = "") =>
    apiGraph({ schema: `type Query { a: String ${more} }`, resolvers: { "Query.a": echo(`'${text}'`) } });

  it("serves the changed program", async () => {
    const api = await serve(greeting("one"));
    expect(await api.query("{ a }")).toEqual({ data: { a: "one" } });
    api.appsync.reload(greeting("two", "b: String"));
    expect(await api.query("{ a b }")).toEqual({ data: { a: "two", b: null } });
  });

  it("changes nothing if the changed program is refused", async () => {
    const api = await serve(greeting("one"));
    expect(() => api.appsync.reload(apiGraph({ schema: "type Query { b: Money }" }))).toThrow(/Money/);
    expect(await api.query("{ a }")).toEqual({ data: { a: "one" } });
  });

  it("logs new warnings only", async () => {
    const graph = (sdl: string) => apiGraph({ schema: `type Query { a: String ${sdl} }` });
    const api = await serve(graph(""));
    api.appsync.reload(graph(""));
    expect(api.logs).toEqual([]);
    api.appsync.reload(graph("b: String"));
    expect(api.logs).toMatchObject([{ level: "warn", message: expect.stringContaining("Query.a, Query.b") }]);
  });

  it("rejects `checked` if the check at save refuses the code at the start", async () => {
    const refused = new Error("TS2554: Expected 0-1 arguments, but got 2.");
    const asked: unknown[] = [];
    const saveCheck = {
      check(pieces: readonly unknown[]) {
        asked.push(...pieces);
        return Promise.reject(refused);
      },
      close: () => undefined,
    };
    const { appsync } = await serve(greeting("one"), { saveCheck });
    await expect(appsync.checked).rejects.toBe(refused);
    expect(asked).toEqual([{ name: "Query.a", code: echo("'one'") }]);
  });

  it("returns to the last program that passed, if the check at save refuses a later one", async () => {
    const verdicts: PromiseWithResolvers<undefined>[] = [];
    const saveCheck = {
      async check() {
        const verdict = Promise.withResolvers<undefined>();
        verdicts.push(verdict);
        await verdict.promise;
      },
      close: () => undefined,
    };
    const api = await serve(greeting("one"), { saveCheck });
    const verdict = async (index: number, refused?: Error) => {
      if (refused) {
        verdicts[index]?.reject(refused);
      } else {
        verdicts[index]?.resolve(undefined);
      }
      await new Promise(setImmediate);
    };
    await verdict(0);
    api.appsync.reload(greeting("two"));
    await verdict(1);
    api.appsync.reload(greeting("three"));
    expect(await api.query("{ a }")).toEqual({ data: { a: "three" } });
    await verdict(2, new Error("TS2554"));
    expect(await api.query("{ a }")).toEqual({ data: { a: "two" } });
    expect(api.logs.at(-1)).toMatchObject({
      level: "error",
      message: "Not reloaded, the API runs unchanged: TS2554",
    });
    api.appsync.reload(greeting("four"));
    api.appsync.reload(greeting("five"));
    await verdict(3, new Error("TS2554"));
    expect(await api.query("{ a }")).toEqual({ data: { a: "five" } });
  });
});
