import { describe, expect, it } from "@jest/globals";
import { AwsError, type Invocation } from "../../../src/base/service.ts";
import type { Graph } from "../../../src/base/graph.ts";
import { graphOf, resource, role } from "../../aws/graph.ts";
import { functionArn, lambdaFunction, openLambda } from "../../aws/lambda/support.ts";
import {
  type Answer,
  apiArn,
  type ApiDescription,
  apiGraph,
  appsyncRole,
  echo,
  type Fakes,
  serve,
  token,
} from "../../../../../test/support/appsync.ts";

const authorizer = (config: object = {}) => ({
  authenticationType: "AWS_LAMBDA",
  lambdaAuthorizerConfig: { authorizerUri: functionArn("guard"), ...config },
});
const only = (config?: object) => ({ ...authorizer(config), additionalAuthenticationProviders: [] });

const schema = `type Query { a: String who: AWSJSON thing: Thing must: String! }
  type Thing { open: String secret: String }
  type Mutation { say: Thing }
  type Subscription { onSay: Thing @aws_subscribe(mutations: ["say"]) other: Thing @aws_subscribe(mutations: ["say"]) }`;
const thing = echo("({ open: 'o', secret: 's' })");
const resolvers = {
  "Query.a": echo("'ok'"),
  "Query.must": echo("'ok'"),
  "Query.who": echo("ctx.identity"),
  "Query.thing": thing,
  "Mutation.say": thing,
};

type Event = Readonly<Record<string, unknown>>;

/** An API whose authorizer says `verdict`, and what it was asked. */
async function open(
  verdict: unknown,
  api: NonNullable<ApiDescription["api"]> = only(),
  { more = [], ...fakes }: Fakes & { more?: Graph["resources"] } = {},
) {
  const asked: { event: Event; principal: unknown; sourceArn: unknown }[] = [];
  const served = await serve(apiGraph({ schema, resolvers, api, more }), {
    lambda(principal, _arn, event, sourceArn) {
      asked.push({ event: event as Event, principal, sourceArn });
      const answer: unknown =
        typeof verdict === "function" ? (verdict as () => unknown)() : { payload: verdict };
      return Promise.resolve(answer as Invocation);
    },
    ...fakes,
  });
  return { ...served, asked, ask: (query: string, as = "secret-token") => served.query(query, {}, as) };
}

const refused = {
  errors: [{ errorType: "UnauthorizedException", message: "You are not authorized to make this call." }],
};
const yes = { isAuthorized: true };

describe("a Lambda authorizer", () => {
  it("gets AppSync's event, invoked by AppSync for the API", async () => {
    const { fetch, asked } = await open(yes);
    const request = { query: "query Q($x: Int) { a }", operationName: "Q", variables: { x: 1 } };
    const headers = { authorization: "secret-token", "x-mine": "1", cookie: "no" };
    const response = await fetch({ body: JSON.stringify({ ...request, query: "query Q { a }" }), headers });
    expect(await response.json()).toEqual({ data: { a: "ok" } });
    expect(asked).toEqual([
      {
        principal: { kind: "service", service: "appsync.amazonaws.com" },
        sourceArn: apiArn,
        event: {
          authorizationToken: "secret-token",
          requestContext: {
            apiId: "api",
            accountId: "000000000000",
            requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
            queryString: "query Q { a }",
            operationName: "Q",
            variables: { x: 1 },
          },
          requestHeaders: expect.objectContaining({ "x-mine": "1", authorization: "secret-token" }),
        },
      },
    ]);
    expect(asked[0]?.event["requestHeaders"]).not.toHaveProperty("cookie");
  });

  it("gives resolvers its context", async () => {
    const { ask } = await open({ ...yes, resolverContext: { name: "Ada", balance: 100 } });
    expect(await ask("{ who }")).toEqual({
      data: { who: '{"resolverContext":{"name":"Ada","balance":100}}' },
    });
    expect(await (await open({ ...yes, resolverContext: null })).ask("{ who }")).toEqual({
      data: { who: "{}" },
    });
  });

  it("refuses the request with 401", async () => {
    const { fetch, ask } = await open({ isAuthorized: false });
    expect(await ask("{ a }")).toEqual(refused);
    const response = await fetch({ body: '{"query":"{ a }"}', headers: { authorization: "x" } });
    expect([response.status, response.headers.get("x-amzn-errortype")]).toEqual([
      401,
      "UnauthorizedException",
    ]);
    expect((await fetch({ body: '{"query":"{ a }"}' })).status).toBe(401);
  });

  it.each<[string, unknown]>([
    ["fails", () => ({ error: { errorType: "Error", errorMessage: "boom" } })],
    ["is not there", () => Promise.reject(new AwsError("ResourceNotFoundException", "gone", 404))],
    ["gives nothing", null],
    ["gives a list", [yes]],
    ["does not say", {}],
    ["says so as text", { isAuthorized: "true" }],
    ["says so as a number", { isAuthorized: 1 }],
    ["denies no list", { ...yes, deniedFields: "Query.a" }],
    ["denies what is no field", { ...yes, deniedFields: ["Query.*"] }],
    ["denies what is no text", { ...yes, deniedFields: [null] }],
    ["gives a context that is no map", { ...yes, resolverContext: ["a"] }],
    ["gives a nested context", { ...yes, resolverContext: { a: { b: 1 } } }],
    ["gives too large a context", { ...yes, resolverContext: { a: "é".repeat(2_700_000) } }],
    ["gives a time that is none", { ...yes, ttlOverride: "60" }],
    ["gives a time that is over", { ...yes, ttlOverride: -1 }],
  ])("that %s refuses the request, and the log says why", async (_what, verdict) => {
    const { ask, logs } = await open(verdict);
    expect(await ask("{ a }")).toEqual(refused);
    expect(logs).toMatchObject([{ level: "error", fields: { functionArn: functionArn("guard") } }]);
    expect(JSON.stringify(logs)).not.toContain("secret-token");
  });

  it("that does not answer in 10 s refuses the request", async () => {
    const { ask, asked } = await open(() => new Promise(() => undefined), only(), {
      clock: () => 0,
      schedule: (milliseconds, task) => {
        if (milliseconds === 10_000) {
          setImmediate(task);
        }
        return () => undefined;
      },
    });
    expect(await ask("{ a }")).toEqual(refused);
    expect(asked).toHaveLength(1);
  });

  it("is not invoked for a token that is too long, or that the expression does not match completely", async () => {
    const { ask, asked } = await open(yes, only({ identityValidationExpression: "[a-z-]+" }));
    for (const bad of ["x".repeat(2_049), "secret token", "secret-token!"]) {
      expect(await ask("{ a }", bad)).toEqual(refused);
    }
    expect(asked).toEqual([]);
    expect(await ask("{ a }")).toEqual({ data: { a: "ok" } });
  });

  it("is not invoked for a body that is not a request", async () => {
    const { fetch, asked } = await open(yes);
    const response = await fetch({ body: "meow", headers: { authorization: "x" } });
    expect([response.status, asked]).toEqual([400, []]);
  });
});

describe("its answer", () => {
  const after = async (verdict: unknown, config: object, seconds: number[], tokens = ["t"]) => {
    let now = 0;
    const { ask, asked } = await open(verdict, only(config), { clock: () => now });
    for (const second of seconds) {
      now = second * 1_000;
      for (const one of tokens) {
        await ask("{ a }", one);
      }
    }
    return asked.length;
  };

  it("is cached by token for five minutes, for the declared time, or for its own time", async () => {
    expect(await after(yes, {}, [0, 299])).toBe(1);
    expect(await after(yes, {}, [0, 300])).toBe(2);
    expect(await after(yes, { authorizerResultTtlInSeconds: 10 }, [0, 9, 10])).toBe(2);
    expect(await after({ ...yes, ttlOverride: 5 }, {}, [0, 4, 5])).toBe(2);
    expect(await after({ ...yes, ttlOverride: 1e9 }, {}, [0, 3_599, 3_600])).toBe(2);
    expect(await after(yes, {}, [0, 1], ["t", "u"])).toBe(2);
  });

  it("is not cached for 0 seconds", async () => {
    expect(await after(yes, { authorizerResultTtlInSeconds: 0 }, [0, 0])).toBe(2);
    expect(await after({ ...yes, ttlOverride: 0 }, {}, [0, 0])).toBe(2);
  });

  it("is cached if it refuses, and not if it is invalid", async () => {
    expect(await after({ isAuthorized: false }, {}, [0, 1])).toBe(1);
    expect(await after(() => ({ error: { errorType: "E", errorMessage: "m" } }), {}, [0, 1])).toBe(2);
  });
});

describe("denied fields", () => {
  it("are not read from a cached answer either", async () => {
    const verdicts = [yes, { ...yes, deniedFields: ["Query.a"] }];
    const cache = resource("aws:appsync/apiCache:ApiCache", "cache", {
      ...{ apiId: "api", apiCachingBehavior: "OPERATION_LEVEL_CACHING", ttl: 60, type: "SMALL" },
    });
    const { ask } = await open(() => ({ payload: verdicts.shift() }), only(), { more: [cache] });
    expect(await ask("{ a }", "first")).toEqual({ data: { a: "ok" } });
    expect(await ask("{ a }", "second")).toMatchObject({
      data: { a: null },
      errors: [{ message: "Not Authorized to access a on type Query" }],
    });
    expect(await ask("{ a }", "first")).toEqual({ data: { a: "ok" } });
  });

  const deniedFields = [
    "Query.must",
    `${apiArn}/types/Thing/fields/secret`,
    `${apiArn}x/types/Thing/fields/open`,
  ];

  it("by short name and by ARN of the API are null, and are not resolved", async () => {
    const { ask } = await open({ ...yes, deniedFields });
    const { data, errors } = await ask("{ a thing { open secret } }");
    expect(data).toEqual({ a: "ok", thing: { open: "o", secret: null } });
    expect(errors).toMatchObject([
      {
        path: ["thing", "secret"],
        errorType: "Unauthorized",
        message: "Not Authorized to access secret on type Thing",
      },
    ]);
    expect(await ask("{ must }")).toMatchObject({ data: null, errors: [{ path: ["must"] }] });
  });

  it("are denied to subscribers too, at the start and in payloads", async () => {
    const { ask, dial } = await open({ ...yes, deniedFields: [...deniedFields, "Subscription.other"] });
    const client = await dial({ headers: { host: "api", Authorization: "secret-token" } });
    expect(await client.start("1", "subscription { other { open } }")).toMatchObject({ type: "error" });
    expect(await client.start("2", "subscription { onSay { open secret } }")).toMatchObject({
      type: "start_ack",
    });
    await ask("mutation { say { open secret } }");
    expect(await client.next(({ type }) => type === "data")).toMatchObject({
      payload: { data: { onSay: { open: "o", secret: null } } },
    });
  });
});

describe("in real time", () => {
  it.each(["protocol", "query", "headers"] as const)(
    "is asked with the handshake's %s, and at each start",
    async (carrier) => {
      const { dial, asked } = await open(yes, only({ authorizerResultTtlInSeconds: 0 }));
      const client = await dial({ carrier, headers: { Authorization: "secret-token" } });
      expect(await client.start("1", "subscription S { onSay { open } }")).toMatchObject({
        type: "start_ack",
      });
      expect(asked.map(({ event }) => [event["authorizationToken"], event["requestContext"]])).toMatchObject([
        ["secret-token", { queryString: "", variables: {} }],
        ["secret-token", { queryString: "subscription S { onSay { open } }" }],
      ]);
    },
  );

  it("refuses the handshake", async () => {
    const { dial } = await open({ isAuthorized: false });
    const client = await dial({ headers: { host: "api", Authorization: "secret-token" } });
    client.send({ type: "connection_init" });
    expect(await client.next()).toMatchObject({
      type: "connection_error",
      payload: { errors: [{ errorType: "UnauthorizedException", errorCode: 401 }] },
    });
    expect(await client.closed).toMatchObject({ code: 1008 });
  });
});

describe("beside other modes", () => {
  const pools = { userPoolId: "eu-west-1_pool", defaultAction: "ALLOW" };
  const all = {
    authenticationType: "AMAZON_COGNITO_USER_POOLS",
    userPoolConfig: pools,
    additionalAuthenticationProviders: [
      authorizer(),
      { authenticationType: "AWS_IAM" },
      { authenticationType: "API_KEY" },
    ],
  };
  const marked = `type Query { users: String guarded: String @aws_lambda both: String @aws_lambda @aws_cognito_user_pools }`;
  const fields = { "Query.users": echo("'ok'"), "Query.guarded": echo("'ok'"), "Query.both": echo("'ok'") };
  const more = appsyncRole("caller");
  const everyMode = async () => {
    const asked: unknown[] = [];
    const api = await serve(apiGraph({ schema: marked, resolvers: fields, api: all, more }), {
      lambda(_principal, _arn, event) {
        asked.push((event as Event)["authorizationToken"]);
        return Promise.resolve({ payload: yes });
      },
    });
    return { ...api, asked };
  };
  const names = ({ data }: Answer) =>
    Object.entries(data as object).flatMap(([name, value]) => (value ? name : []));

  it("gets the tokens that no other mode takes, and opens fields with @aws_lambda", async () => {
    const { query, asked } = await everyMode();
    const every = "{ users guarded both }";
    expect(names(await query(every, {}, token()))).toEqual(["users", "both"]);
    expect(names(await query(every, {}, "custom-token"))).toEqual(["guarded", "both"]);
    expect(names(await query(every, {}, `custom-${token()}`.replace(".", ":")))).toEqual(["guarded", "both"]);
    expect(asked).toHaveLength(2);
  });

  it("does not get tokens and signatures that another mode refuses", async () => {
    const { query, asked } = await everyMode();
    expect(await query("{ both }", {}, token({ expiresAt: 1 }))).toMatchObject({
      errors: [{ message: "Token has expired." }],
    });
    expect(await query("{ both }", {}, "AWS4-HMAC-SHA256 Credential=x")).not.toHaveProperty("data");
    expect(asked).toEqual([]);
  });
});

it("a Lambda authorizer needs a permission of the function for AppSync", async () => {
  const code =
    "export const handler = async ({ authorizationToken }) => ({ isAuthorized: authorizationToken === 'good' });";
  const withPermission = (principal: string, sourceArn: string) =>
    openLambda(
      graphOf(
        ...role("guard-role"),
        lambdaFunction("guard", code),
        resource("aws:lambda/permission:Permission", "appsync", {
          action: "lambda:InvokeFunction",
          function: "guard",
          ...{ principal, sourceArn },
        }),
      ),
    );
  for (const [lambda, good] of [
    [withPermission("s3.amazonaws.com", apiArn), false],
    [withPermission("appsync.amazonaws.com", `${apiArn}x`), false],
    [withPermission("appsync.amazonaws.com", apiArn), true],
  ] as const) {
    const { ask } = await open(yes, only(), { lambda: (...args) => lambda.invoke(...args) });
    expect(await ask("{ a }", "good")).toEqual(good ? { data: { a: "ok" } } : refused);
    expect(await ask("{ a }", "bad")).toEqual(refused);
  }
});
