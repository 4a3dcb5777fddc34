import { connect } from "node:net";
import { describe, expect, it } from "@jest/globals";
import { WebSocket } from "ws";
import { allow } from "../../aws/graph.ts";
import {
  apiArn,
  type ApiDescription,
  apiGraph,
  appsyncRole,
  type Client,
  echo,
  type Fakes,
  serve,
  type Served,
  token,
} from "../../../../../test/support/appsync.ts";

const schema = `
  type Query { a: String }
  type Mutation {
    say(to: ID!, text: String, tags: [String], from: ID): Message
    tellAll(text: String): Message
    kick(to: ID): String
    many: [Message]
  }
  type Message @aws_iam @aws_cognito_user_pools {
    to: ID! text: String tags: [String] from: ID at: AWSDateTime json: AWSJSON
    inner: Message
    secret: String @aws_cognito_user_pools(cognito_groups: ["admins"])
    must: String!
  }
  type Subscription {
    onSay(to: ID, from: ID): Message @aws_subscribe(mutations: ["say", "tellAll"]) @aws_iam @aws_cognito_user_pools
    onMany: [Message] @aws_subscribe(mutations: ["many"])
    forAdmins: Message @aws_subscribe(mutations: ["say"]) @aws_cognito_user_pools(cognito_groups: ["admins"])
    guarded(to: ID!): Message @aws_subscribe(mutations: ["say"])
  }
`;
const message =
  "({ to: ctx.args.to ?? 'all', text: ctx.args.text, tags: ctx.args.tags, from: ctx.args.from, at: '2026-01-01T00:00:00Z', json: { a: 1 }, secret: 's', must: 'm', inner: { to: 'inner', text: 'deep' } })";
const resolvers: NonNullable<ApiDescription["resolvers"]> = {
  "Mutation.say": echo(message),
  "Mutation.tellAll": echo(message),
  "Mutation.many": echo("[{ to: '1' }, { to: '2' }]"),
};
const open = (more: Partial<ApiDescription> = {}, fakes: Fakes = {}) =>
  serve(apiGraph({ schema, ...more, resolvers: { ...resolvers, ...more.resolvers } }), fakes);
const code = (request: string, response = "return null;") =>
  `import { extensions, util } from "@aws-appsync/utils";
   export function request(ctx) { ${request} }
   export function response(ctx) { ${response} }`;

async function listen(
  api: Served,
  query: string,
  options: Parameters<Client["start"]>[2] = {},
): Promise<Client> {
  const client = await api.dial();
  expect(await client.start("1", query, options)).toEqual({ type: "start_ack", id: "1" });
  return client;
}
/** The events of the subscriber, in order. The last mutation reaches every subscriber. */
async function received(api: Served, client: Client): Promise<unknown[]> {
  await api.query(
    'mutation { tellAll(text: "end") { to text tags from at json must inner { to text must } } }',
  );
  const all: unknown[] = [];
  for (;;) {
    const { payload } = await client.next(({ type }) => type === "data");
    const arrived = payload as { data: Record<string, { text?: string } | null> };
    if (Object.values(arrived.data)[0]?.text === "end") {
      return all;
    }
    all.push(payload);
  }
}

describe("the handshake", () => {
  it.each(["protocol", "query", "headers"] as const)("takes the headers from the %s", async (carrier) => {
    const client = await (await open()).dial({ carrier });
    expect(client.socket.protocol).toBe("graphql-ws");
    client.send({ type: "connection_init" });
    expect(await client.next()).toMatchObject({ type: "connection_ack" });
  });

  it.each([
    [{ Authorization: "meow" }, "Unable to parse JWT token.", 401],
    [{ Authorization: token({ expiresAt: 1 }) }, "Token has expired.", 401],
    [{ host: "x" }, "Valid authorization header not provided.", 401],
    [{ "x-api-key": "no" }, "You are not authorized to make this call.", 401],
  ])("refuses %j", async (headers, text, errorCode) => {
    const client = await (await open()).dial({ headers });
    client.send({ type: "connection_init" });
    expect(await client.next()).toEqual({
      type: "connection_error",
      payload: { errors: [{ errorType: "UnauthorizedException", message: text, errorCode }] },
    });
    expect(await client.closed).toMatchObject({ code: 1008 });
  });

  it("refuses headers that are not JSON", async () => {
    const { url } = await open();
    const socket = new WebSocket(
      `${url.replace("http", "ws")}/realtime?header=meow&payload=e30=`,
      "graphql-ws",
    );
    const answer = new Promise((resolve) =>
      socket.once("message", (data: Buffer) => resolve(JSON.parse(data.toString()))),
    );
    socket.once("open", () => socket.send('{"type":"connection_init"}'));
    expect(await answer).toMatchObject({
      type: "connection_error",
      payload: { errors: [{ errorType: "BadRequestException", errorCode: 400 }] },
    });
  });

  it("needs the subprotocol graphql-ws, and the path of an API", async () => {
    const { url } = await open();
    for (const [path, protocol] of [
      ["/realtime", "graphql-transport-ws"],
      ["/other", "graphql-ws"],
    ] as const) {
      const socket = new WebSocket(`${url.replace("http", "ws")}${path}`, protocol);
      await expect(new Promise((_resolve, reject) => socket.once("error", reject))).rejects.toThrow(
        /Unexpected server response/,
      );
    }
  });

  it("works on the path of HTTP as well", async () => {
    const { url } = await open();
    const header = Buffer.from(JSON.stringify({ Authorization: token() })).toString("base64url");
    const socket = new WebSocket(url.replace("http", "ws"), ["graphql-ws", `header-${header}`]);
    await new Promise((resolve) => socket.once("open", resolve));
    socket.terminate();
  });
});

describe("IAM over a socket", () => {
  const more = [
    ...appsyncRole("relay", allow("appsync:GraphQL", `${apiArn}/types/Subscription/fields/onSay`)),
    ...appsyncRole("outsider"),
  ];
  const query = "subscription { onSay { text } }";
  const data = JSON.stringify({ query, variables: {} });

  it("signs the handshake and each start", async () => {
    const api = await open({ more });
    const client = await api.dial({ headers: await api.signed("relay", "{}", "/graphql/connect") });
    const headers = { ...(await api.signed("relay", data)), "x-amz-user-agent": "aws-amplify/6" };
    expect(await client.start("1", query, { headers })).toEqual({ type: "start_ack", id: "1" });
    const again = await client.start("2", "subscription { onSay { to } }", { headers });
    expect(again).toMatchObject({
      type: "error",
      payload: { errors: [{ errorType: "InvalidSignatureException" }] },
    });
    const other = "subscription { forAdmins { text } }";
    const denied = await client.start("3", other, {
      headers: await api.signed("relay", JSON.stringify({ query: other, variables: {} })),
    });
    expect(denied).toMatchObject({ type: "error", payload: { errors: [{ errorType: "Unauthorized" }] } });
    const outsider = await client.start("4", query, { headers: await api.signed("outsider", data) });
    expect(outsider).toMatchObject({
      payload: { errors: [{ errorType: "UnauthorizedException", message: "Permission denied" }] },
    });
  });

  it("refuses a handshake with the signature of a start", async () => {
    const api = await open({ more });
    const client = await api.dial({ headers: await api.signed("relay", "{}") });
    client.send({ type: "connection_init" });
    expect(await client.next()).toMatchObject({
      type: "connection_error",
      payload: { errors: [{ errorType: "InvalidSignatureException", errorCode: 403 }] },
    });
  });
});

describe("a start", () => {
  const refused = async (
    query: string,
    more: Partial<ApiDescription> = {},
    headers?: Record<string, string>,
  ) => {
    const client = await (await open(more)).dial();
    const answer = await client.start("1", query, headers ? { headers } : {});
    expect(answer).toMatchObject({ type: "error", id: "1" });
    return (answer.payload as { errors: unknown[] }).errors[0];
  };

  it("is authorised apart from the connection", async () => {
    expect(await refused("subscription { onSay { text } }", {}, {})).toMatchObject({
      message: "Valid authorization header not provided.",
    });
    expect(await refused("subscription { forAdmins { text } }")).toEqual({
      errorType: "Unauthorized",
      message: "Not Authorized to access forAdmins on type Subscription",
    });
  });

  it("must be one valid subscription", async () => {
    expect(await refused("subscription { nope }")).toEqual({
      message:
        "Validation error of type FieldUndefined: Field 'nope' in type 'Subscription' is undefined @ 'nope'",
    });
    expect(await refused("subscription { onSay { text } onMany { text } }")).toMatchObject({
      message: expect.stringContaining("SubscriptionMultipleRootFields"),
    });
    expect(await refused("{ a }")).toMatchObject({
      errorType: "UnsupportedOperation",
      message: "query not supported through the realtime channel",
    });
    expect(await refused("meow")).toMatchObject({ errorType: "MalformedHttpRequestException" });
    expect(await refused("subscription S($to: ID!) { guarded(to: $to) { text } }")).toMatchObject({
      message: "Variable 'to' has coerced Null value for NonNull type 'ID!'",
    });
  });

  it("can be refused by its resolver, which runs once", async () => {
    const own = {
      resolvers: {
        "Subscription.guarded": code(
          "return { payload: null };",
          "if (ctx.args.to !== ctx.identity.sub) util.unauthorized(); return null;",
        ),
      },
    };
    expect(await refused('subscription { guarded(to: "bob-sub") { text } }', own)).toEqual({
      errorType: "Unauthorized",
      message: "Not Authorized to access guarded on type Subscription",
    });
    const loud = { resolvers: { "Subscription.guarded": code("util.error('not you', 'Mine');") } };
    expect(await refused('subscription { guarded(to: "1") { text } }', loud)).toEqual({
      errorType: "Mine",
      message: "not you",
    });
    const api = await open(own);
    const client = await listen(api, 'subscription { guarded(to: "alice-sub") { text } }');
    await api.query('mutation { say(to: "alice-sub", text: "x") { to text must } }');
    expect((await client.next(({ type }) => type === "data")).payload).toEqual({
      data: { guarded: { text: "x" } },
    });
  });
});

describe("a payload", () => {
  it("has the fields that the mutation selected, under the subscriber's aliases", async () => {
    const api = await open();
    const client = await listen(
      api,
      "subscription { received: onSay { text label: to at json tags inner { text } } }",
    );
    await api.query(
      'mutation { a: say(to: "1", text: "x", tags: ["t"]) { text ...M at json must words: tags } } fragment M on Message { who: to inner { t: text must } }',
    );
    expect(await received(api, client)).toEqual([
      {
        data: {
          received: {
            text: "x",
            label: "1",
            at: "2026-01-01T00:00:00Z",
            json: '{"a":1}',
            tags: ["t"],
            inner: null,
          },
        },
      },
    ]);
  });

  it("has null for fields that the mutation did not select, or an error if they are not nullable", async () => {
    const api = await open();
    const client = await listen(api, "subscription { onSay { text tags } }");
    const strict = await listen(api, "subscription { onSay { text must } }");
    await api.query('mutation { say(to: "1", text: "x", tags: ["t"]) { text } }');
    expect(await received(api, client)).toEqual([{ data: { onSay: { text: "x", tags: null } } }]);
    expect(await received(api, strict)).toEqual([
      {
        data: { onSay: null },
        errors: [
          {
            path: ["onSay", "must"],
            locations: null,
            message:
              "Cannot return null for non-nullable type: 'String' within parent 'Message' (/onSay/must)",
          },
        ],
      },
    ]);
  });

  it("leaves out fields that the subscriber is not authorised for", async () => {
    const api = await open();
    const client = await listen(api, "subscription { onSay { text secret } }");
    const admin = { host: "x", Authorization: token({ groups: ["admins"] }) };
    const trusted = await listen(api, "subscription { onSay { text secret } }", { headers: admin });
    await api.query(
      'mutation { say(to: "1", text: "x") { text secret must } }',
      {},
      token({ groups: ["admins"] }),
    );
    const [blind] = await received(api, client);
    expect(blind).toMatchObject({
      data: { onSay: { text: "x", secret: null } },
      errors: [{ errorType: "Unauthorized" }],
    });
    expect(await received(api, trusted)).toEqual([{ data: { onSay: { text: "x", secret: "s" } } }]);
  });

  it("is published for each field of a mutation, also if the mutation has errors", async () => {
    const api = await open();
    const client = await listen(api, "subscription { onSay { text } }");
    const { errors } = await api.query(
      'mutation { a: say(to: "1", text: "1") { text } b: say(to: "1", text: "2") { text secret } }',
    );
    expect(errors).toHaveLength(1);
    expect(await received(api, client)).toEqual([
      { data: { onSay: { text: "1" } } },
      { data: { onSay: { text: "2" } } },
    ]);
  });

  it("can be a list", async () => {
    const api = await open();
    const client = await listen(api, "subscription { onMany { to } }");
    await api.query("mutation { many { to } }");
    expect((await client.next(({ type }) => type === "data")).payload).toEqual({
      data: { onMany: [{ to: "1" }, { to: "2" }] },
    });
  });

  it("over 240 KB is dropped, and the publisher sees success", async () => {
    const api = await open();
    const client = await listen(api, "subscription { onSay { text } }");
    const text = "x".repeat(240 * 1024);
    const { data } = await api.query("mutation M($text: String) { say(to: 1, text: $text) { text } }", {
      text,
    });
    expect((data as { say: { text: string } }).say.text).toHaveLength(text.length);
    expect(await received(api, client)).toEqual([]);
  });

  it("is never null: a mutation with a null result publishes nothing", async () => {
    const api = await open({ resolvers: { "Mutation.say": echo("null") } });
    const client = await listen(api, "subscription { onSay { text } }");
    await api.query('mutation { say(to: "1") { text } }');
    expect(await received(api, client)).toEqual([]);
  });
});

describe("a filter", () => {
  const publishAll = async (api: Served) => {
    for (const [to, text, from] of [
      ["1", "a", "x"],
      ["2", "b", "x"],
      ["1", "c", null],
      ["1", "d", "y"],
    ]) {
      await api.query(
        "mutation M($to: ID!, $text: String, $from: ID) { say(to: $to, text: $text, from: $from) { to text from must } }",
        { to, text, from },
      );
    }
  };
  const texts = async (api: Served, client: Client) => {
    const all = (await received(api, client)) as { data: { onSay: { text: string } } }[];
    return all.map(({ data }) => data.onSay.text).join("");
  };
  const filter = (...rules: object[]) =>
    code(
      "return { payload: null };",
      `extensions.setSubscriptionFilter(${JSON.stringify({ filterGroup: rules.map((one) => ({ filters: [one] })) })}); return null;`,
    );
  const end = { fieldName: "text", operator: "eq", value: "end" };

  it("by an argument whose variable is missing matches null, unlike a missing argument", async () => {
    const api = await open();
    const client = await listen(api, "subscription S($from: ID) { onSay(from: $from) { text } }");
    await publishAll(api);
    expect((await client.next(({ type }) => type === "data")).payload).toEqual({
      data: { onSay: { text: "c" } },
    });
    expect(client.received.filter(({ type }) => type === "data")).toEqual([]);
  });

  it("can be set by the request handler too, as in a sample of AWS", async () => {
    const group = { filterGroup: [{ filters: [{ fieldName: "from", operator: "eq", value: "y" }] }] };
    const api = await open({
      resolvers: {
        "Subscription.onSay": code(
          `extensions.setSubscriptionFilter(${JSON.stringify(group)}); return;`,
          "return null;",
        ),
      },
    });
    const client = await listen(api, "subscription { onSay { text } }");
    await publishAll(api);
    expect((await client.next(({ type }) => type === "data")).payload).toEqual({
      data: { onSay: { text: "d" } },
    });
    expect(client.received.filter(({ type }) => type === "data")).toEqual([]);
  });

  it("by arguments: omitted, null and given", async () => {
    const api = await open();
    const all = await listen(api, "subscription { onSay { text } }");
    const nobody = await api.dial();
    await nobody.start("1", "subscription { onSay(from: null) { text } }");
    const one = await listen(
      api,
      "subscription S($to: ID, $from: ID) { onSay(to: $to, from: $from) { text } }",
      { variables: { to: "1", from: "x" } },
    );
    await publishAll(api);
    expect(await texts(api, all)).toBe("abcd");
    expect((await nobody.next(({ type }) => type === "data")).payload).toEqual({
      data: { onSay: { text: "c" } },
    });
    expect((await one.next(({ type }) => type === "data")).payload).toEqual({
      data: { onSay: { text: "a" } },
    });
    expect(one.received.filter(({ type }) => type === "data")).toEqual([]);
  });

  it("by the resolver replaces the one by arguments", async () => {
    const api = await open({
      resolvers: {
        "Subscription.onSay": filter({ fieldName: "from", operator: "in", value: ["x", "y"] }, end),
      },
    });
    const client = await listen(api, 'subscription { onSay(to: "99") { text } }');
    await publishAll(api);
    expect(await texts(api, client)).toBe("abd");
  });

  it("can be made by util.transform", async () => {
    const made = code(
      "return { payload: null };",
      "extensions.setSubscriptionFilter(util.transform.toSubscriptionFilter({ or: [{ to: { eq: '2' } }, { text: { eq: 'end' } }] })); return null;",
    );
    const api = await open({ resolvers: { "Subscription.onSay": made } });
    const client = await listen(api, "subscription { onSay { text } }");
    await publishAll(api);
    expect(await texts(api, client)).toBe("b");
  });

  it("that AppSync refuses makes the start fail", async () => {
    const api = await open({
      resolvers: {
        "Subscription.onSay": filter({ fieldName: "to", operator: "in", value: [1, 2, 3, 4, 5, 6] }),
      },
    });
    const client = await api.dial();
    expect(await client.start("1", "subscription { onSay { text } }")).toEqual({
      type: "error",
      id: "1",
      payload: {
        errors: [
          {
            errorType: "BadRequestException",
            message: "subscription exceeds maximum value limit 5 for operator `in`.",
            errorCode: 400,
          },
        ],
      },
    });
  });
});

describe("invalidation", () => {
  const invalidating = {
    "Mutation.kick": code(
      "return { payload: ctx.args.to };",
      "extensions.invalidateSubscriptions({ subscriptionField: 'onSay', payload: { to: ctx.args.to } }); return 'kicked';",
    ),
    "Subscription.onSay": code(
      "return { payload: null };",
      "extensions.setSubscriptionInvalidationFilter({ filterGroup: [{ filters: [{ fieldName: 'to', operator: 'eq', value: ctx.args.to }] }] }); return null;",
    ),
  };

  it("ends the subscriptions that it matches, and their connections", async () => {
    const api = await open({ resolvers: invalidating });
    const one = await listen(api, 'subscription { onSay(to: "1") { text } }');
    const two = await listen(api, 'subscription { onSay(to: "all") { text } }');
    expect(await api.query('mutation { kick(to: "1") }')).toEqual({ data: { kick: "kicked" } });
    expect(await one.next(({ type }) => type === "complete")).toEqual({ type: "complete", id: "1" });
    expect(await one.closed).toEqual({ code: 1000, reason: "subscription invalidated" });
    expect(await received(api, two)).toEqual([]);
  });

  it("is allowed five times in a request", async () => {
    const api = await open({ resolvers: invalidating });
    const kicks = (count: number) =>
      api.query(
        `mutation { ${Array.from({ length: count }, (_, n) => `k${n}: kick(to: "${n}")`).join(" ")} }`,
      );
    expect((await kicks(5)).errors).toBeUndefined();
    expect((await kicks(6)).errors).toMatchObject([
      { path: ["k5"], message: "A request may invalidate at most 5 subscriptions." },
    ]);
  });
});

it("a reload keeps sockets and subscriptions", async () => {
  const api = await open();
  const client = await listen(api, "subscription { onSay { text } }");
  api.appsync.reload(
    apiGraph({ schema, resolvers: { ...resolvers, "Mutation.say": echo("({ to: '1', text: 'new' })") } }),
  );
  await api.query('mutation { say(to: "1") { text } }');
  expect(await received(api, client)).toEqual([{ data: { onSay: { text: "new" } } }]);
});

it("a client that does not read is cut off", async () => {
  const api = await open();
  const client = await listen(api, "subscription { onSay { text } }");
  client.socket.pause();
  const text = "x".repeat(200_000);
  const cut = () => api.logs.some(({ message: arrived }) => arrived.includes("too slowly"));
  for (let sent = 0; sent < 200 && !cut(); sent += 1) {
    await api.query("mutation M($text: String) { say(to: 1, text: $text) { text } }", { text });
  }
  expect(cut()).toBe(true);
});

it("slow clients are cut off when too many bytes wait for all of them together", async () => {
  const api = await open({}, { socketLimits: { buffered: Infinity, allBuffered: 1_048_576 } });
  const client = await listen(api, "subscription { onSay { text } }");
  client.socket.pause();
  const text = "x".repeat(200_000);
  const cut = () => api.logs.some(({ message: arrived }) => arrived.includes("too slowly"));
  for (let sent = 0; sent < 200 && !cut(); sent += 1) {
    await api.query("mutation M($text: String) { say(to: 1, text: $text) { text } }", { text });
  }
  expect(cut()).toBe(true);
});

it("connections are limited, and a closed connection makes room for another", async () => {
  const api = await open({}, { socketLimits: { sockets: 2 } });
  const first = await api.dial();
  await api.dial();
  await expect(api.dial()).rejects.toThrow("503");
  const gone = new Promise((resolve) => first.socket.once("close", resolve));
  first.socket.close();
  await gone;
  await api.dial();
});

it("a client that vanishes during the handshake does not disturb others", async () => {
  const api = await open();
  for (const path of ["/graphql/realtime", "/graphql/nowhere"]) {
    const socket = connect(Number(new URL(api.url).port), "127.0.0.1");
    const host = new URL(api.url).host;
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-ws\r\n\r\n`,
      () => socket.resetAndDestroy(),
    );
    await new Promise((resolve) => socket.once("close", resolve));
  }
  expect(await api.query("{ a }")).toEqual({ data: { a: null } });
});

describe("a connection that drops", () => {
  it("has no close frame, and loses the publication", async () => {
    let dropping = false;
    const api = await open({}, { drops: () => dropping });
    const client = await listen(api, "subscription { onSay { to } }");
    dropping = true;
    await api.query('mutation { say(to: "a") { to from } }');
    expect(await client.closed).toEqual({ code: 1006, reason: "" });
    expect(client.received.map(({ type }) => type)).not.toContain("data");
    dropping = false;
    const again = await listen(api, "subscription { onSay { to } }");
    await api.query('mutation { say(to: "b") { to from } }');
    const arrived = await again.next(({ type }) => type === "data");
    expect(arrived).toMatchObject({ payload: { data: { onSay: { to: "b" } } } });
  });
});
