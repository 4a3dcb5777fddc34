import { connect } from "node:net";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { apiGraph, echo, serve, token } from "../../support/appsync.ts";
import type { Served } from "../../support/appsync.ts";

const schema = `
  type Query { echo(text: String, json: AWSJSON, at: AWSDateTime, in: In): Thing }
  type Mutation { say(text: String): Thing }
  type Subscription { onSay(text: String): Thing @aws_subscribe(mutations: ["say"]) }
  type Thing { text: String json: AWSJSON at: AWSDateTime thing: Thing must: Int! }
  input In { a: Int! b: [In!] }
`;
const open = () =>
  serve(
    apiGraph({
      schema,
      resolvers: { "Query.echo": echo(), "Mutation.say": echo(), "Subscription.onSay": echo() },
    }),
  );

const word = fc.constantFrom(
  ...'{ } ( ) [ ] : ! $ @ ... # , " """ query mutation subscription fragment on'.split(" "),
  ..."echo say onSay text json at thing must in a b Thing In null true 1 -5 1e999 $v __typename __schema".split(
    " ",
  ),
);
const document = fc.array(word, { maxLength: 40 }).map((words) => words.join(" "));
const query = fc.oneof(
  document,
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "{ echo(text: $v) { text json at must } }",
    "query Q($v: String, $i: In) { echo(text: $v, in: $i) { thing { must } } }",
    "subscription { onSay { text } }",
  ),
);
const request = fc.record(
  {
    query: fc.oneof(query, fc.jsonValue()),
    variables: fc.oneof(fc.jsonValue(), fc.record({ v: fc.jsonValue(), i: fc.jsonValue() })),
    operationName: fc.oneof(fc.constant("Q"), fc.jsonValue()),
  },
  { requiredKeys: [] },
);
const text = fc.oneof(
  request.map((one) => JSON.stringify(one)),
  fc.json(),
  fc.string({ unit: "binary" }),
);
const frame = fc.oneof(
  text,
  fc
    .record(
      {
        type: fc.oneof(fc.constantFrom("connection_init", "start", "stop", "ka", "complete"), fc.jsonValue()),
        id: fc.oneof(fc.constantFrom("1", "2", "__proto__"), fc.jsonValue()),
        payload: fc.oneof(
          fc.jsonValue(),
          fc.record({
            data: fc.oneof(text, fc.jsonValue()),
            extensions: fc.oneof(fc.constant({ authorization: { Authorization: token() } }), fc.jsonValue()),
          }),
        ),
      },
      { requiredKeys: [] },
    )
    .map((message) => JSON.stringify(message)),
);

const many = <Value>(value: fc.Arbitrary<Value>) => fc.array(value, { minLength: 100, maxLength: 100 });
const runs = { numRuns: 50, endOnFailure: true };

/** It answers, and nothing of its own broke on the way. */
async function isWell(api: Served): Promise<void> {
  expect(await api.query('{ echo(text: "still here") { text } }')).toMatchObject({
    data: { echo: { text: "still here" } },
  });
  expect(api.logs.filter(({ level }) => level === "error")).toEqual([]);
}

describe("whatever is sent, the server answers on", () => {
  it("5,000 bodies", async () => {
    const api = await open();
    await fc.assert(
      fc.asyncProperty(many(text), async (bodies) => {
        const answers = await Promise.all(
          bodies.map(async (body) => {
            const response = await api.fetch({ body, headers: { authorization: token() } });
            return { body, status: response.status, answer: await response.json() };
          }),
        );
        expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
        await isWell(api);
      }),
      runs,
    );
  }, 120_000);

  it("5,000 frames", async () => {
    const api = await open();
    await fc.assert(
      fc.asyncProperty(many(frame), async (frames) => {
        const client = await api.dial();
        client.send({ type: "connection_init" });
        for (const one of frames) client.send(one);
        // Answers come in the order of their frames, but for those that wait for a resolver.
        client.send({ type: "stop", id: "the last" });
        await client.next(({ id }) => id === "the last");
        await isWell(api);
        client.socket.terminate();
      }),
      runs,
    );
  }, 120_000);

  it("bytes that are no frames", async () => {
    const api = await open();
    const { host, port } = new URL(api.url);
    const upgrade = `GET /graphql/realtime HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-ws\r\n\r\n`;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 10, maxLength: 200 }), async (bytes) => {
        const socket = connect(Number(port), "127.0.0.1");
        socket.on("error", () => undefined);
        socket.end(Buffer.concat([Buffer.from(upgrade), bytes]));
        socket.resume();
        await new Promise((resolve) => socket.once("close", resolve));
        await isWell(api);
      }),
      runs,
    );
  });
});
