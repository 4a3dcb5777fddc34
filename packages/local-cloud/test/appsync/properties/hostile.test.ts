import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { WebSocket } from "ws";
import { apiGraph, echo, serve, type Served, token } from "../../../../../test/support/appsync.ts";

const schema = `
  type Query { echo(text: String, json: AWSJSON, at: AWSDateTime, in: In): Thing }
  type Mutation { say(text: String): Thing }
  type Subscription { onSay(text: String): Thing @aws_subscribe(mutations: ["say"]) }
  type Thing { text: String json: AWSJSON at: AWSDateTime thing: Thing must: Int! }
  input In { a: Int! b: [In!] }
`;

/** Messages of real clients. Their mutations reach more code than noise does. */
const start = (id: string, query: string) => ({
  id,
  type: "start",
  payload: {
    data: JSON.stringify({ query, variables: { v: "x" } }),
    extensions: { authorization: { Authorization: token(), host: "api" } },
  },
});
const frames = [
  { type: "connection_init" },
  start("1", "subscription S($v: String) { onSay(text: $v) { text must } }"),
  start("2", 'subscription { a: onSay(text: "hello") { ...T } } fragment T on Thing { json thing { text } }'),
  start("3", "query { echo { text } }"),
  { type: "stop", id: "1" },
  { type: "stop", id: "2" },
].map((one) => JSON.stringify(one));
const bodies = [
  {
    query: "query Q($v: String, $i: In) { echo(text: $v, in: $i) { text at thing { must } } }",
    variables: { v: "x", i: { a: 1, b: [{ a: 2 }] } },
  },
  { query: 'mutation { say(text: "hello") { text json } other: say { at } }', operationName: null },
  {
    query:
      'query A { echo(json: "{\\"a\\":[1]}", at: "2026-01-01T00:00:00Z") { json at must } } query B { __schema { types { name } } }',
    operationName: "B",
  },
  { query: "subscription { onSay { text } }", extensions: { clientLibrary: { name: "x", version: "1" } } },
].map((one) => JSON.stringify(one));

/** One random edit of a text: cut, repeat, change, insert. */
const edit = fc.tuple(
  fc.constantFrom("cut" as const, "repeat" as const, "change" as const, "insert" as const),
  fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  fc.nat({ max: 40 }),
  fc.oneof(
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.constantFrom(
      '"',
      "{",
      "}",
      "[",
      "]",
      "\\",
      "null",
      "1e999",
      "{{{{",
      "...",
      "$",
      "\0",
      '"__proto__":',
      "\\ud800",
    ),
  ),
);
const mutated = (corpus: readonly string[]) =>
  fc.tuple(fc.constantFrom(...corpus), fc.array(edit, { maxLength: 4 })).map(([text, edits]) =>
    edits.reduce((now, [kind, where, length, more]) => {
      const from = Math.floor(where * now.length);
      const [head, cut, tail] = [
        now.slice(0, from),
        now.slice(from, from + length),
        now.slice(from + length),
      ];
      const middle = { cut: "", repeat: cut.repeat(3), change: more, insert: more + cut }[kind];
      return head + middle + tail;
    }, text),
  );

/** A client's frame as bytes, valid or not: reserved bits and opcodes, wrong lengths, no mask. */
const wire = fc
  .record({
    first: fc.oneof(fc.constantFrom(0x81, 0x01, 0x80, 0x82, 0x88, 0x89), fc.nat({ max: 255 })),
    masked: fc.constantFrom(true, true, true, false),
    lie: fc.constantFrom(0, 0, 0, 1, -1, 60_000, 2 ** 40),
    payload: fc.oneof(
      mutated(frames).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 150 }),
    ),
  })
  .map(({ first, masked, lie, payload }) => frameOf(first, masked, payload, lie));
const upgrade = [
  "GET /graphql/realtime HTTP/1.1",
  "Host: 127.0.0.1",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
  "Sec-WebSocket-Version: 13",
  `Sec-WebSocket-Protocol: graphql-ws, header-${Buffer.from(JSON.stringify({ Authorization: token() })).toString("base64url")}`,
  "",
  "",
].join("\r\n");
const post = (body: string) =>
  `POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${token()}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const bytes = fc.oneof(
  fc.array(wire, { minLength: 1, maxLength: 8 }).map((all) => Buffer.concat([Buffer.from(upgrade), ...all])),
  mutated([upgrade, ...bodies.map(post)]).map((text) => Buffer.from(text)),
);

const attack = fc.record({
  /** Those of each connection. */
  frames: fc.array(fc.array(mutated(frames), { minLength: 50, maxLength: 50 }), {
    minLength: 20,
    maxLength: 20,
  }),
  bodies: fc.array(mutated(bodies), { minLength: 500, maxLength: 500 }),
  bytes: fc.array(bytes, { minLength: 50, maxLength: 50 }),
});

describe("no message, however malformed", () => {
  it("ends the server or stays in its memory: 10,000 frames, 5,000 bodies, 500 streams of bytes", async () => {
    const api = await serve(
      apiGraph({
        schema,
        resolvers: { "Query.echo": echo(), "Mutation.say": echo(), "Subscription.onSay": echo() },
      }),
    );
    // Up to a thousand parsed documents are kept; by now there are that many.
    const documents = Array.from({ length: 1_000 }, (_, n) => `{ echo(text: "${n}") { text } }`);
    await sendBodies(
      api,
      documents.map((query) => JSON.stringify({ query })),
    );
    const heap: number[] = [];
    await fc.assert(
      fc.asyncProperty(attack, async (messages) => {
        await Promise.all(messages.frames.map((all) => sendFrames(api, all)));
        await sendBodies(api, messages.bodies);
        await Promise.all(messages.bytes.map((one) => sendBytes(api, one)));
        await isWell(api);
        heap.push(heapUsed());
      }),
      { numRuns: 10, endOnFailure: true },
    );
    const grown = Math.min(...heap.slice(6)) - Math.min(...heap.slice(2, 6)) > megabyte;
    expect({ heap, grown }).toEqual({ heap, grown: false });
  });
});

const megabyte = 1_048_576;

/** On a socket of its own, so that the test keeps no messages in memory. */
function openSocket({ url }: Served): WebSocket {
  const socket = new WebSocket(`${url.replace("http", "ws")}/realtime`, "graphql-ws", {
    headers: { authorization: token() },
  });
  return socket.on("error", () => undefined);
}

async function sendFrames(api: Served, all: readonly string[]): Promise<void> {
  const socket = openSocket(api);
  await once(socket, "open");
  const answered = receives(socket, ({ id }) => id === "the last");
  for (const one of [...all, JSON.stringify({ type: "stop", id: "the last" })]) {
    socket.send(one);
  }
  await answered;
  socket.close();
  await once(socket, "close");
}

function receives(
  socket: WebSocket,
  fits: (message: { type?: string; id?: string }) => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    socket.on("message", (data: Buffer) => {
      if (fits(JSON.parse(data.toString()) as object)) {
        resolve();
      }
    });
  });
}

/** Over a few connections, without `fetch`, which takes more time than the server does. */
async function sendBodies(api: Served, all: readonly string[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 10 });
  const headers = { authorization: token() };
  const answers = all.map(async (body) => {
    const sent = request(api.url, { method: "POST", agent, headers }).end(body);
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    return [body, (response.statusCode ?? 0) < 500, JSON.parse(await text(response)) !== null];
  });
  const wrong = (await Promise.all(answers)).filter(([, ...well]) => well.includes(false));
  agent.destroy();
  expect(wrong).toEqual([]);
}

async function sendBytes(api: Served, all: Buffer): Promise<void> {
  const socket = connect(Number(new URL(api.url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  socket.end(all);
  socket.resume();
  await once(socket, "close");
}

async function isWell(api: Served): Promise<void> {
  expect(await api.query('{ echo(text: "still here") { text } }')).toMatchObject({
    data: { echo: { text: "still here" } },
  });
  const subscriber = openSocket(api);
  await once(subscriber, "open");
  const acknowledged = receives(subscriber, ({ type }) => type === "start_ack");
  subscriber.send(JSON.stringify(start("well", "subscription { onSay { text } }")));
  await acknowledged;
  subscriber.terminate();
  expect(api.logs.filter(({ level }) => level === "error")).toEqual([]);
  api.logs.length = 0;
}

function frameOf(first: number, masked: boolean, payload: Uint8Array, lie: number): Buffer {
  const length = Math.max(0, payload.length + lie);
  const size = Buffer.alloc(length < 126 ? 1 : length < 65_536 ? 3 : 9);
  if (length < 126) {
    size.writeUInt8(length);
  } else if (length < 65_536) {
    size.writeUInt16BE(length, 1);
  } else {
    size.writeBigUInt64BE(BigInt(length), 1);
  }
  if (length >= 126) {
    size[0] = length < 65_536 ? 126 : 127;
  }
  size[0] = (size[0] ?? 0) | (masked ? 0x80 : 0);
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([Buffer.from([first]), size, Buffer.alloc(masked ? 4 : 0), payload]);
}

function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}
