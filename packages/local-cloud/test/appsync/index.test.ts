import { describe, expect, it } from "@jest/globals";
import { allow } from "../aws/graph.ts";
import { apiArn, apiGraph, appsyncRole, echo, serve, token } from "../../../../test/support/appsync.ts";

const schema = `
  type Query { hello(name: String): String }
  type Mutation { say(to: ID!, text: String): Message @aws_cognito_user_pools @aws_iam }
  type Message @aws_cognito_user_pools @aws_iam { to: ID! text: String }
  type Subscription { onSay(to: ID): Message @aws_subscribe(mutations: ["say"]) @aws_cognito_user_pools @aws_iam }
`;
const resolvers = { "Query.hello": echo("`hello ${ctx.args.name}`"), "Mutation.say": echo() };

describe("AppSync", () => {
  it("answers a query of a signed-in user", async () => {
    const api = await serve(apiGraph({ schema, resolvers }));
    expect(await api.query('{ hello(name: "x") }')).toEqual({ data: { hello: "hello x" } });
  });

  it("answers a signed request of a role", async () => {
    const more = appsyncRole("relay", allow("appsync:GraphQL", `${apiArn}/types/Mutation/fields/say`));
    const api = await serve(apiGraph({ schema, resolvers, more }));
    const body = JSON.stringify({ query: 'mutation { say(to: "1", text: "a") { to text } }' });
    const response = await api.fetch({ body, headers: await api.signed("relay", body) });
    expect(await response.json()).toEqual({ data: { say: { to: "1", text: "a" } } });
  });

  it("sends a mutation to a subscriber", async () => {
    const api = await serve(apiGraph({ schema, resolvers }));
    const client = await api.dial();
    client.send({ type: "connection_init" });
    expect(await client.next()).toEqual({
      type: "connection_ack",
      payload: { connectionTimeoutMs: 300_000 },
    });
    expect(await client.start("1", 'subscription { onSay(to: "1") { text } }')).toEqual({
      type: "start_ack",
      id: "1",
    });
    await api.query('mutation { say(to: "2", text: "b") { to text } }');
    await api.query('mutation { say(to: "1", text: "a") { to text } }', {}, token({ sub: "bob-sub" }));
    expect(await client.next(({ type }) => type === "data")).toEqual({
      type: "data",
      id: "1",
      payload: { data: { onSay: { text: "a" } } },
    });
    client.send({ type: "stop", id: "1" });
    expect(await client.next(({ type }) => type === "complete")).toEqual({ type: "complete", id: "1" });
  });
});
