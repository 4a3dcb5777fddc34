import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "@jest/globals";
import { holdBody } from "../../../src/aws/gateway/body.ts";
import { apiGraph, echo, serve, type Served, token } from "../../../../../test/support/appsync.ts";

const schema = `type Query { hello(name: String): String headers: AWSJSON ip: [String] }
  type Mutation { a: String }
  type Subscription { onA: String @aws_subscribe(mutations: ["a"]) }`;
const resolvers = {
  "Query.hello": echo("'hello ' + ctx.args.name"),
  "Query.headers": echo("ctx.request"),
  "Query.ip": echo("ctx.identity.sourceIp"),
};
const open = () => serve(apiGraph({ schema, resolvers }));
const auth = { authorization: token() };
const query = JSON.stringify({ query: "{ hello }" });

const malformed = (message: string) => ({
  errors: [{ errorType: "MalformedHttpRequestException", message }],
});
const unauthorized = (message: string) => ({ errors: [{ errorType: "UnauthorizedException", message }] });

async function answer(api: Served, init: Parameters<Served["fetch"]>[0]) {
  const response = await api.fetch(init);
  return { status: response.status, body: await response.json(), headers: response.headers };
}

describe("a request body", () => {
  it.each([
    ["", "Request body is empty."],
    ["  ", "Request body is empty."],
    ["meow", "Unable to parse GraphQL query."],
    ["{}", "Unable to parse GraphQL query."],
    ["{}}", "Unable to parse GraphQL query."],
    ["[]", "Unable to parse GraphQL query."],
    [`[${query}]`, "Unable to parse GraphQL query."],
    ['{"query":5}', "Unable to parse GraphQL query."],
    ['{"query":"{ hello"}', "Unable to parse GraphQL query."],
    ['{"query":"# nothing"}', "Unable to parse GraphQL query."],
    ['{"query":"fragment F on Query { hello } "}', undefined],
    ['{"query":"{ hello }","variables":"x"}', "Unable to parse GraphQL query."],
    ['{"query":"{ hello }","operationName":5}', "Unable to parse GraphQL query."],
  ])("%s is refused with AppSync's message", async (body, message) => {
    const { status, body: answered, headers } = await answer(await open(), { body, headers: auth });
    if (message === undefined) {
      expect(status).toBe(200);
      return;
    }
    expect({ status, answered }).toEqual({ status: 400, answered: malformed(message) });
    expect(headers.get("x-amzn-errortype")).toBe("MalformedHttpRequestException");
  });

  it("may come with any content type and with extensions", async () => {
    const api = await open();
    const body = JSON.stringify({
      query: "{ hello }",
      variables: null,
      operationName: null,
      extensions: { a: 1 },
    });
    for (const type of ["application/graphql", "application/json; charset=UTF-8", "text/plain"]) {
      expect((await answer(api, { body, headers: { ...auth, "content-type": type } })).body).toEqual({
        data: { hello: "hello undefined" },
      });
    }
  });

  it("over 1 MB is refused, and the server accepts the next one", async () => {
    const api = await open();
    const { status } = await answer(api, {
      body: JSON.stringify({ query: "x".repeat(1_100_000) }),
      headers: auth,
    });
    expect(status).toBe(413);
    expect(await api.query("{ hello }")).toEqual({ data: { hello: "hello undefined" } });
  });

  it("is refused while too many arrive, its connection is closed, and later ones are accepted", async () => {
    const api = await open();
    const { port, hostname } = new URL(api.url);
    const others = holdBody();
    // All that bodies may hold together, but for one byte.
    expect(others.add(256 * 1024 * 1024 - 1)).toBe(true);
    try {
      const socket = connect(Number(port), hostname);
      socket.write(`POST /graphql HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Length: 100\r\n\r\n{}`);
      // The body never ends: the answer and the end of the connection do not wait for it.
      const [head = "", body = ""] = (await text(socket)).split("\r\n\r\n");
      expect(head).toMatch(/^HTTP\/1\.1 503 /);
      expect(head).toMatch(/^connection: close$/im);
      expect(head).toMatch(/^x-amzn-errortype: ServiceUnavailableException$/im);
      expect(JSON.parse(body)).toEqual({
        errors: [
          { errorType: "ServiceUnavailableException", message: "Too many request bodies are arriving." },
        ],
      });
    } finally {
      others.release();
    }
    expect(await api.query("{ hello }")).toEqual({ data: { hello: "hello undefined" } });
  });

  it("that breaks off has no effect on other requests", async () => {
    const api = await open();
    const socket = connect(Number(new URL(api.url).port), "127.0.0.1");
    socket.write("POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{", () => socket.destroy());
    await new Promise((resolve) => socket.once("close", resolve));
    expect(await api.query("{ hello }")).toEqual({ data: { hello: "hello undefined" } });
  });
});

describe("a request", () => {
  it("may be a GET", async () => {
    const api = await open();
    const path = `?query=${encodeURIComponent("query Q($n: String) { hello(name: $n) }")}&variables=${encodeURIComponent('{"n":"x"}')}`;
    const { body } = await answer(api, { method: "GET", path, headers: auth });
    expect(body).toEqual({ data: { hello: "hello x" } });
  });

  it("by another method is refused", async () => {
    expect((await answer(await open(), { method: "PUT", body: query, headers: auth })).status).toBe(405);
  });

  it("for a subscription is not run", async () => {
    const body = JSON.stringify({ query: "subscription { onA }" });
    const { status, body: answered } = await answer(await open(), { body, headers: auth });
    expect(status).toBe(400);
    expect(answered).toMatchObject({ errors: [{ errorType: "BadRequestException" }] });
  });

  it("names one of its operations", async () => {
    const api = await open();
    const two = "query A { a: hello } query B { b: hello }";
    const asked = (operationName?: string) =>
      answer(api, { body: JSON.stringify({ query: two, operationName }), headers: auth });
    expect(await asked()).toMatchObject({
      status: 400,
      body: { errors: [{ errorType: "BadRequestException", message: "Missing operation name." }] },
    });
    expect((await asked("B")).body).toEqual({ data: { b: "hello undefined" } });
    expect(await asked("C")).toMatchObject({
      status: 200,
      body: { data: null, errors: [{ message: "Unknown operation named 'C'." }] },
    });
  });
});

describe("a caller", () => {
  it.each([
    [{}, "Valid authorization header not provided."],
    [{ authorization: token({ expiresAt: 1 }) }, "Token has expired."],
    [{ authorization: "meow" }, "Unable to parse JWT token."],
    [{ authorization: token({ pool: "eu-west-1_other" }) }, "You are not authorized to make this call."],
    [{ "x-api-key": "da2-wrong" }, "You are not authorized to make this call."],
  ])("with %j is refused", async (headers, message) => {
    const { status, body, headers: answered } = await answer(await open(), { body: query, headers });
    expect({ status, body }).toEqual({ status: 401, body: unauthorized(message) });
    expect(answered.get("x-amzn-errortype")).toBe("UnauthorizedException");
  });

  it("may write Bearer before the token, or use a key", async () => {
    const api = await open();
    for (const headers of [{ authorization: `Bearer ${token()}` }]) {
      expect((await answer(api, { body: query, headers })).status).toBe(200);
    }
    const { body } = await answer(api, { body: query, headers: { "x-api-key": "da2-key" } });
    expect(body).toMatchObject({ data: { hello: null }, errors: [{ errorType: "Unauthorized" }] });
  });
});

describe("a response", () => {
  it("has the headers of AppSync", async () => {
    const { headers } = await answer(await open(), { body: query, headers: auth });
    expect(headers.get("content-type")).toBe("application/json;charset=UTF-8");
    expect(headers.get("access-control-allow-origin")).toBe("*");
    expect(headers.get("access-control-expose-headers")).toContain("x-amzn-ErrorType");
    expect(headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ["gzip", 1_000, "gzip"],
    ["gzip", 999, null],
    ["br, GZIP;q=0.5", 1_000, "gzip"],
    ["gzip;q=0", 1_000, null],
    ["gzip;q=0.0, br", 1_000, null],
    ["br", 1_000, null],
    ["", 1_000, null],
  ])(
    "is compressed for a client that takes gzip, from 1,000 bytes: %s, %d bytes",
    async (accepts, size, coding) => {
      const empty = JSON.stringify({ data: { hello: "" } }).length;
      const resolvers = { "Query.hello": echo(`'${"x".repeat(size - empty)}'`) };
      const api = await serve(apiGraph({ schema, resolvers }));
      const headers = { ...auth, "accept-encoding": accepts };
      const response = await api.fetch({ body: query, headers });
      expect(response.headers.get("content-encoding")).toBe(coding);
      expect(await response.text()).toHaveLength(size);
      expect(Number(response.headers.get("content-length")) < 200).toBe(coding !== null);
    },
  );

  it("to a browser's preflight allows the wanted headers", async () => {
    const asked = "authorization,content-type,x-amz-user-agent";
    const api = await open();
    const response = await api.fetch({
      method: "OPTIONS",
      headers: { "access-control-request-headers": asked },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-headers")).toBe(asked);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
  });

  it("has the headers of a resolver that HTTP allows", async () => {
    const code = `import { util } from "@aws-appsync/utils";
      export function request(ctx) {
        util.http.addResponseHeader("x-mine", "1");
        util.http.addResponseHeader("x-other", "\u20ac");
        return { payload: "a" };
      }
      export function response(ctx) { return ctx.result; }`;
    const api = await serve(apiGraph({ schema, resolvers: { "Query.hello": code } }));
    const { headers, body } = await answer(api, { body: query, headers: auth });
    expect(body).toEqual({ data: { hello: "a" } });
    expect([headers.get("x-mine"), headers.get("x-other")]).toEqual(["1", null]);
  });
});

describe("ctx.request and ctx.identity.sourceIp", () => {
  it("has headers in lower case, no cookies, and no domain name", async () => {
    const api = await open();
    const headers = { ...auth, "X-Custom": "a", cookie: "secret=1" };
    const { body } = await answer(api, { body: JSON.stringify({ query: "{ headers }" }), headers });
    const seen = JSON.parse((body as { data: { headers: string } }).data.headers) as { headers: object };
    expect(seen).toMatchObject({
      domainName: null,
      headers: { "x-custom": "a", authorization: auth.authorization },
    });
    expect(seen.headers).not.toHaveProperty("cookie");
  });

  it("has the addresses of X-Forwarded-For, and that of the peer last", async () => {
    const api = await open();
    const headers = { ...auth, "x-forwarded-for": "9.9.9.9, 8.8.8.8" };
    const { body } = await answer(api, { body: JSON.stringify({ query: "{ ip }" }), headers });
    expect(body).toEqual({ data: { ip: ["9.9.9.9", "8.8.8.8", "127.0.0.1"] } });
  });
});
