import { describe, expect, it } from "@jest/globals";
import { apiGraph, appsyncRole, echo, serve, type Served } from "../../../../test/support/appsync.ts";
import type { Graph, Resource } from "../../src/base/graph.ts";
import { accountId, allow, graphOf, region, resource } from "../aws/graph.ts";

const otherArn = `arn:aws:appsync:${region}:${accountId}:apis/api2`;
const schema = `
  type Message @aws_api_key @aws_iam { text: String }
  type Query { hello: String @aws_api_key @aws_iam }
  type Mutation { say(text: String): Message @aws_api_key @aws_iam }
  type Subscription { said: Message @aws_subscribe(mutations: ["say"]) @aws_api_key @aws_iam }
`;
const runtime = { name: "APPSYNC_JS", runtimeVersion: "1.0.0" };
const path = "/graphql/other";

/** A second API with the same schema, names and data source name as the first. */
function other(given: { readonly hello?: string; readonly code?: string } = {}): Resource[] {
  const { hello = '"other"', code = echo(hello) } = given;
  const base = { apiId: "other", runtime, dataSource: "none" };
  return [
    resource(
      "aws:appsync/graphQLApi:GraphQLApi",
      "other",
      {
        schema,
        authenticationType: "AWS_IAM",
        additionalAuthenticationProviders: [{ authenticationType: "API_KEY" }],
      },
      { arn: otherArn, uris: { GRAPHQL: `http://127.0.0.1${path}` } },
    ),
    resource("aws:appsync/apiKey:ApiKey", "otherKey", { apiId: "other" }, { key: "da2-other" }),
    resource("aws:appsync/dataSource:DataSource", "otherNone", {
      ...{ apiId: "other", name: "none", type: "NONE" },
    }),
    resource("aws:appsync/resolver:Resolver", "other.hello", {
      ...{ ...base, type: "Query", field: "hello", code },
    }),
    resource("aws:appsync/resolver:Resolver", "other.say", {
      ...{ ...base, type: "Mutation", field: "say", code: echo() },
    }),
  ];
}

const both = (given?: Parameters<typeof other>[0]): Graph => {
  const resolvers = { "Query.hello": echo('"first"'), "Mutation.say": echo() };
  const grant = allow("appsync:GraphQL", `${otherArn}/*`);
  return apiGraph({ schema, resolvers, more: [...other(given), ...appsyncRole("caller", grant)] });
};

async function hello(api: Served, at = "", key = "da2-key"): Promise<unknown> {
  const body = JSON.stringify({ query: "{ hello }" });
  const response = await api.fetch({ path: at, body, headers: { "x-api-key": key } });
  return response.json();
}
const unauthorized = { errors: [{ errorType: "UnauthorizedException" }] };

describe("several GraphQL APIs", () => {
  it("have each its own resolvers, data sources and keys", async () => {
    const api = await serve(both());
    expect(await hello(api)).toEqual({ data: { hello: "first" } });
    expect(await hello(api, "/other", "da2-other")).toEqual({ data: { hello: "other" } });
    expect(await hello(api, "/other", "da2-key")).toMatchObject(unauthorized);
    expect(await hello(api, "", "da2-other")).toMatchObject(unauthorized);
  });

  it("answer at their own paths only", async () => {
    const api = await serve(both());
    expect(await hello(api, "/third")).toEqual({
      errors: [
        {
          errorType: "NotFoundException",
          message: "No GraphQL API has this path. The paths of the program's APIs: /graphql, /graphql/other.",
        },
      ],
    });
    await expect(api.dial({ path: "/graphql/third" })).rejects.toThrow(/404/);
  });

  it("deliver a mutation to the subscribers of the same API only", async () => {
    const api = await serve(both());
    const query = "subscription { said { text } }";
    const first = await api.dial({ headers: { host: "127.0.0.1", "x-api-key": "da2-key" } });
    const second = await api.dial({ path, headers: { host: "127.0.0.1", "x-api-key": "da2-other" } });
    for (const client of [first, second]) {
      expect(await client.start("1", query)).toMatchObject({ type: "start_ack" });
    }
    const say = (text: string, at: string, key: string) =>
      api.fetch({
        ...{ path: at, headers: { "x-api-key": key } },
        body: JSON.stringify({ query: `mutation { say(text: "${text}") { text } }` }),
      });
    await say("to the other", "/other", "da2-other");
    await say("to the first", "", "da2-key");
    await say("last", "/other", "da2-other");
    const received = async (client: typeof first) =>
      (await client.next(({ type }) => type === "data")).payload;
    expect(await received(first)).toEqual({ data: { said: { text: "to the first" } } });
    expect(await received(second)).toEqual({ data: { said: { text: "to the other" } } });
    expect(await received(second)).toEqual({ data: { said: { text: "last" } } });
  });

  it("accept signatures for their own paths only, also of sockets", async () => {
    const api = await serve(both());
    const data = JSON.stringify({ query: "subscription { said { text } }", variables: {} });
    const client = await api.dial({ path, headers: await api.signed("caller", "{}", `${path}/connect`) });
    client.send({ type: "connection_init" });
    expect(await client.next()).toMatchObject({ type: "connection_ack" });
    const headers = await api.signed("caller", data, path);
    expect(await client.start("1", "subscription { said { text } }", { headers })).toMatchObject({
      type: "start_ack",
    });
    const elsewhere = await api.signed("caller", data);
    expect(await client.start("2", "subscription { said { text } }", { headers: elsewhere })).toMatchObject({
      type: "error",
    });
    const wrong = await api.dial({ path, headers: await api.signed("caller", "{}", "/graphql/connect") });
    wrong.send({ type: "connection_init" });
    expect(await wrong.next()).toMatchObject({ type: "connection_error" });
  });

  it("are added and removed by a reload, while the others run", async () => {
    const one = apiGraph({ schema, resolvers: { "Query.hello": echo('"first"') } });
    const api = await serve(one);
    const client = await api.dial({ headers: { host: "127.0.0.1", "x-api-key": "da2-key" } });
    expect(await hello(api, "/other", "da2-other")).toMatchObject({
      errors: [{ errorType: "NotFoundException" }],
    });
    api.appsync.reload(both());
    expect(await hello(api, "/other", "da2-other")).toEqual({ data: { hello: "other" } });
    api.appsync.reload(both({ hello: '"changed"' }));
    expect(await hello(api, "/other", "da2-other")).toEqual({ data: { hello: "changed" } });
    const leaving = await api.dial({ path, headers: { host: "127.0.0.1", "x-api-key": "da2-other" } });
    api.appsync.reload(one);
    await leaving.closed;
    expect(await hello(api, "/other", "da2-other")).toMatchObject({
      errors: [{ errorType: "NotFoundException" }],
    });
    client.send({ type: "connection_init" });
    expect(await client.next()).toMatchObject({ type: "connection_ack" });
  });

  it("are all changed by a reload, or none", async () => {
    const api = await serve(both());
    const changed = both({ code: "export function request() { return " });
    const first = changed.resources.map((one) =>
      one.name === "Query.hello" ? { ...one, inputs: { ...one.inputs, code: echo('"new"') } } : one,
    );
    expect(() => api.appsync.reload(graphOf(...first))).toThrow();
    expect(await hello(api)).toEqual({ data: { hello: "first" } });
    expect(await hello(api, "/other", "da2-other")).toEqual({ data: { hello: "other" } });
  });

  it("do not share a pipeline's functions or data sources", async () => {
    const resources = both().resources.map((one) =>
      one.name === "otherNone" ? { ...one, inputs: { ...one.inputs, name: "renamed" } } : one,
    );
    await expect(serve(graphOf(...resources))).rejects.toThrow(
      /other\.hello: dataSource is none, and no data source of the API has this name/,
    );
  });
});
