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

/** The clock of these tests stands at the first of January 2026. */
const now = Date.parse("2026-01-01T00:00:00Z");
const withKey = (expires: string): ApiDescription => ({
  schema,
  more: [resource("aws:appsync/apiKey:ApiKey", "guest", { apiId: "api", expires }, { key: "da2-guest" })],
});
const tooShortOrLong = /guest: AWS refuses expires .*: a key must end 1 to 365 days from its creation/;

describe("what the program declares and this machine does not run is refused by name", () => {
  it.each<[string, ApiDescription, RegExp]>([
    [
      "an OIDC provider",
      { schema, api: { authenticationType: "OPENID_CONNECT" } },
      /api: authentication OPENID_CONNECT/,
    ],
    [
      "two resolvers of one field",
      {
        schema,
        more: ["one", "two"].map((name) => resource("aws:appsync/resolver:Resolver", name, unit)),
      },
      /two: AWS refuses a second resolver of Query\.a/,
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
      /api: AWS refuses defaultAction of an additional user pool/,
    ],
    [
      "a Lambda authorizer without a function",
      { schema, api: { additionalAuthenticationProviders: [{ authenticationType: "AWS_LAMBDA" }] } },
      /authentication AWS_LAMBDA/,
    ],
    [
      "two Lambda authorizers",
      withAuthorizer({}, [{ authenticationType: "AWS_LAMBDA" }]),
      /api: AWS refuses a second Lambda authorizer/,
    ],
    [
      "a Lambda authorizer whose answers are kept for days",
      withAuthorizer({ authorizerResultTtlInSeconds: 86_400 }),
      /api: AWS refuses authorizerResultTtlInSeconds 86400/,
    ],
    [
      "a Lambda authorizer with an expression that is none",
      withAuthorizer({ identityValidationExpression: "(" }),
      /identityValidationExpression \( /,
    ],
    [
      "caching by no known behaviour",
      withCache({ apiCachingBehavior: "SOME" }),
      /cache: AWS refuses apiCachingBehavior SOME/,
    ],
    ["caching for days", withCache({ ttl: 86_400 }), /cache: AWS refuses ttl 86400/],
    ["a cache of no known size", withCache({ type: "HUGE" }), /cache: AWS refuses type HUGE/],
    [
      "two caches",
      { schema, more: [...(withCache({}).more ?? []), ...(withCache({}).more ?? [])] },
      /a second cache/,
    ],
    [
      "caching without a time",
      withResolver({ cachingConfig: { cachingKeys: [] } }),
      /Query.a: AWS refuses cachingConfig .* ttl of 0/,
    ],
    [
      "caching for no time",
      withResolver({ cachingConfig: { ttl: 3_601 } }),
      /Query.a: AWS refuses cachingConfig .* ttl of 3601/,
    ],
    [
      "caching by what is not in the context",
      withResolver({ cachingConfig: { ttl: 60, cachingKeys: ["$context.stash.id"] } }),
      /Query.a: AWS refuses cachingConfig with the key \$context.stash.id/,
    ],
    [
      "caching by more than 25 keys",
      withResolver({ cachingConfig: { ttl: 60, cachingKeys: Array(26).fill("$context.args.a") } }),
      /more than 25 keys/,
    ],
    ["a merged API", { schema, api: { apiType: "MERGED" } }, /apiType MERGED/],
    ["no schema", { schema: "" }, /no schema/],
    [
      "an OpenSearch data source",
      withSource({ type: "AMAZON_OPENSEARCH_SERVICE" }),
      /more: type AMAZON_OPENSEARCH/,
    ],
    [
      "a table without a role",
      withSource({ type: "AMAZON_DYNAMODB", dynamodbConfig: { tableName: "t" } }),
      /more: AMAZON_DYNAMODB without a serviceRoleArn/,
    ],
    [
      "a caller's own credentials",
      withSource({
        type: "AMAZON_DYNAMODB",
        serviceRoleArn: "r",
        dynamodbConfig: { tableName: "t", useCallerCredentials: true },
      }),
      /useCallerCredentials/,
    ],
    [
      "a versioned table",
      withSource({
        type: "AMAZON_DYNAMODB",
        serviceRoleArn: "r",
        dynamodbConfig: { tableName: "t", versioned: true },
      }),
      /versioned/,
    ],
    [
      "mapping templates",
      withResolver({ code: undefined, runtime: undefined, requestTemplate: "{}" }),
      /Query\.a: without code of the runtime APPSYNC_JS.*how VTL is moved/,
    ],
    ["conflict resolution", withResolver({ syncConfig: { conflictDetection: "VERSION" } }), /syncConfig/],
    ["too large a batch", withResolver({ maxBatchSize: 2_001 }), /Query.a: AWS refuses maxBatchSize 2001/],
    ["a batch of nothing", withResolver({ maxBatchSize: -1 }), /Query.a: AWS refuses maxBatchSize -1/],
    [
      "a batch for no function",
      withResolver({ maxBatchSize: 1 }),
      /Query.a: AWS refuses maxBatchSize for a data source that is not a Lambda function/,
    ],
    ["an API key that ends too soon", withKey("2026-01-01T23:59:59Z"), tooShortOrLong],
    ["an API key that ended", withKey("2025-12-31T00:00:00Z"), tooShortOrLong],
    ["an API key that ends too late", withKey("2027-01-01T00:00:01Z"), tooShortOrLong],
    ["an API key that ends at no time", withKey("soon"), tooShortOrLong],
    ["too long a code", withResolver({ code: `${code}//${"x".repeat(32_768)}` }), /code longer than 32768/],
    [
      "a handler that is missing",
      withResolver({ code: "export function request(ctx) { return {}; }" }),
      /Query.a exports no response handler/,
    ],
    [
      "a function that is not there",
      withResolver({ kind: "PIPELINE", pipelineConfig: { functions: ["fn9"] } }),
      /no function has the id fn9/,
    ],
    ["a data source that is not there", withResolver({ dataSource: "other" }), /data source other/],
    ["a field that is not there", withResolver({ field: "b" }), /Query.b is for a field/],
    ["a custom scalar", { schema: `${schema} scalar Money` }, /scalar Money/],
    ["a type with AWS's name", { schema: `${schema} type AWSThing { a: String }` }, /AWSThing/],
    [
      "a mutation that is not there",
      { schema: `${schema} type Subscription { s: String @aws_subscribe(mutations: ["m"]) }` },
      /no mutation is called m/,
    ],
    [
      "a subscription of another type",
      {
        schema: `${schema} type Mutation { m: Int } type Subscription { s: String @aws_subscribe(mutations: ["m"]) }`,
      },
      /is String, but the mutation m gives Int/,
    ],
  ])("%s", async (_what, description, message) => {
    await expect(serve(apiGraph(description), { clock: () => now })).rejects.toThrow(message);
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
      /stray: AWS refuses the apiId no: no GraphQLApi of the program has it/,
    );
  });

  it("two data sources of one name", async () => {
    await expect(serve(apiGraph(withSource({ name: "none" })))).rejects.toThrow(
      /more: AWS refuses a second data source named none/,
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

describe("at the start the log tells", () => {
  const told = async (description: ApiDescription) =>
    (await serve(apiGraph(description))).started.map(({ level, message }) => `${level}: ${message}`);

  it("which fields of Query and Mutation have no resolver", async () => {
    const sdl = `type Query { a: String b: String } type Mutation { c: T } type T { d: String }
      type Subscription { e: T @aws_subscribe(mutations: ["c"]) }`;
    expect(await told({ schema: sdl, resolvers: { "Query.a": echo() } })).toEqual([
      "warn: No resolver, so always null: Query.b, Mutation.c",
    ]);
    const all = { "Query.a": echo(), "Query.b": echo(), "Mutation.c": echo() };
    expect(await told({ schema: sdl, resolvers: all })).toEqual([]);
  });

  it("what the schema has that AppSync passes over", async () => {
    const sdl = "type Query {\n  a: String @aws_cognito_user_pool\n}";
    expect(await told({ schema: sdl, resolvers: { "Query.a": echo() } })).toEqual([
      "warn: the schema, line 2: AppSync does not know @aws_cognito_user_pool and passes over it",
    ]);
  });
});

describe("reload", () => {
  const greeting = (text: string, more = "") =>
    apiGraph({ schema: `type Query { a: String ${more} }`, resolvers: { "Query.a": echo(`'${text}'`) } });

  it("puts another program in place", async () => {
    const api = await serve(greeting("one"));
    expect(await api.query("{ a }")).toEqual({ data: { a: "one" } });
    api.appsync.reload(greeting("two", "b: String"));
    expect(await api.query("{ a b }")).toEqual({ data: { a: "two", b: null } });
  });

  it("changes nothing if the program does not run", async () => {
    const api = await serve(greeting("one"));
    expect(() => api.appsync.reload(apiGraph({ schema: "type Query { b: Money }" }))).toThrow(/Money/);
    expect(await api.query("{ a }")).toEqual({ data: { a: "one" } });
  });

  it("repeats no warning of the start, and tells a new one", async () => {
    const graph = (sdl: string) => apiGraph({ schema: `type Query { a: String ${sdl} }` });
    const api = await serve(graph(""));
    api.appsync.reload(graph(""));
    expect(api.logs).toEqual([]);
    api.appsync.reload(graph("b: String"));
    expect(api.logs).toMatchObject([{ level: "warn", message: expect.stringContaining("Query.a, Query.b") }]);
  });

  it("waits for the check at save at the start", async () => {
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

  it("goes back to the last program that passed, if the check at save refuses a later one", async () => {
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
