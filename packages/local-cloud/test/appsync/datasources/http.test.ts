import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "@jest/globals";
import { apiGraph, type Fakes, serve, timeByHand } from "../../../../../test/support/appsync.ts";
import { isPrivate, publicLookup, targetOf } from "../../../src/appsync/datasources/http/address.ts";
import { parseRequest } from "../../../src/appsync/datasources/http/request.ts";
import { resource } from "../../aws/graph.ts";

const stops: (() => unknown)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) {
    stop();
  }
});

/** A server of the program's own, on any port. */
async function backend(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function ask(endpoint: string, request: string, fakes: Fakes = {}) {
  const httpConfig = { endpoint };
  const api = await serve(
    apiGraph({
      schema: "type Query { f: AWSJSON }",
      more: [
        resource("aws:appsync/dataSource:DataSource", "web", {
          ...{ apiId: "api", name: "web", type: "HTTP", httpConfig },
        }),
        resource("aws:appsync/resolver:Resolver", "Query.f", {
          ...{ apiId: "api", type: "Query", field: "f", dataSource: "web" },
          runtime: { name: "APPSYNC_JS", runtimeVersion: "1.0.0" },
          code: `export function request(ctx) { return ${request}; }
            export function response(ctx) { return { result: ctx.result, error: ctx.error }; }`,
        }),
      ],
    }),
    fakes,
  );
  const { data, errors } = await api.query("{ f }");
  return { errors, answer: errors ? undefined : (JSON.parse((data as { f: string }).f) as unknown) };
}

describe("a request to an HTTP data source", () => {
  it("has the method, path, query, headers and body of the handler", async () => {
    const seen: unknown[] = [];
    const url = await backend((request, response) => {
      void text(request).then((body) => {
        const { method, url: target, headers } = request;
        seen.push({ method, target, tag: headers["x-tag"], type: headers["content-type"], body });
        response.writeHead(201, { "x-reply": "yes" }).end('{"a":1}');
      });
    });
    const { answer } = await ask(
      `${url}/v1/`,
      `{ method: "POST", resourcePath: "/users", params: {
          query: { q: "a b", n: 2, each: ["x", "y"] }, headers: { "X-Tag": "t" }, body: { name: "Ann" } } }`,
    );
    expect(seen).toEqual([
      {
        method: "POST",
        target: "/v1/users?q=a+b&n=2&each=x&each=y",
        tag: "t",
        type: "application/json",
        body: '{"name":"Ann"}',
      },
    ]);
    expect(answer).toEqual({
      result: { statusCode: 201, headers: expect.objectContaining({ "x-reply": "yes" }), body: '{"a":1}' },
    });
  });

  it("has redirects and error statuses as results, without ctx.error", async () => {
    const url = await backend((request, response) => {
      response.writeHead(request.url === "/moved" ? 302 : 404, { location: "/there" }).end();
    });
    expect((await ask(url, '{ method: "GET", resourcePath: "/moved" }')).answer).toMatchObject({
      result: { statusCode: 302, headers: { location: "/there" }, body: "" },
    });
    const { answer } = await ask(url, '{ method: "GET", resourcePath: "/" }');
    expect(answer).toMatchObject({ result: { statusCode: 404 } });
    expect(answer).not.toHaveProperty("error");
  });

  it("that cannot be sent fails in ctx.error", async () => {
    const url = await backend((request) => request.socket.destroy());
    expect((await ask(url, '{ method: "GET", resourcePath: "/" }')).answer).toMatchObject({
      error: { type: "Http:HttpRequestException" },
    });
  });

  it("whose answer is longer than 5 MB fails in ctx.error", async () => {
    const url = await backend((_, response) => response.end("a".repeat(5_242_881)));
    expect((await ask(url, '{ method: "GET", resourcePath: "/" }')).answer).toMatchObject({
      error: { message: "The answer is longer than 5242880 bytes." },
    });
  });

  it("that takes longer than the request may take fails with AppSync's message", async () => {
    const time = timeByHand();
    const url = await backend(() => time.isUp());
    const { answer } = await ask(url, '{ method: "GET", resourcePath: "/" }', { schedule: time.schedule });
    expect(answer).toEqual({
      result: null,
      error: { message: "Execution timed out.", type: "Http:ExecutionTimeoutException" },
    });
  });

  it.each([
    ["{ resourcePath: '/' }", /Value for field '\$\[method\]' not found/],
    ["{ method: 'HEAD', resourcePath: '/' }", /Unsupported method 'HEAD'/],
    ["{ method: 'GET' }", /Value for field '\$\[resourcePath\]' not found/],
    ["{ method: 'GET', resourcePath: '@elsewhere' }", /Unsupported resourcePath '@elsewhere'/],
    ["{ method: 'GET', resourcePath: '/', params: { headers: { 'a b': '1' } } }", /Unsupported header 'a b'/],
    ["{ method: 'GET', resourcePath: '/', params: [] }", /Expected JSON object for field '\$\[params\]'/],
  ])("%s is refused", async (request, message) => {
    const { errors } = await ask("http://127.0.0.1:9", request);
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringMatching(message) as unknown })]);
  });

  it("goes to the host of the endpoint, with every path and header of the handler", () => {
    const headers = { Host: "other", "Content-Length": "1", Connection: "upgrade", Accept: "*/*" };
    const parsed = parseRequest(
      { method: "GET", resourcePath: "//other.example/../x", params: { headers } },
      "https://api.example",
    );
    expect(parsed.url.host).toBe("api.example");
    expect(parsed.headers).toEqual({ accept: "*/*" });
  });
});

describe("the endpoint of an HTTP data source", () => {
  const door = { url: "http://127.0.0.1:4566", scopes: ["sqs", "s3"] };
  const at = (endpoint: string, service?: string) =>
    targetOf(
      {
        resource: { type: "aws:appsync/dataSource:DataSource", name: "web" },
        endpoint,
        signing: service ? { service } : undefined,
      },
      door,
    );

  it.each([
    ["https://sqs.eu-west-1.amazonaws.com/", "sqs", "http://127.0.0.1:4566"],
    ["https://s3.amazonaws.com", "s3", "http://127.0.0.1:4566"],
    ["http://localhost:8080", undefined, "http://localhost:8080"],
    ["http://[::1]:8080/v1", "execute-api", "http://[::1]:8080/v1"],
  ])("%s is on this machine", (endpoint, service, base) => {
    expect(at(endpoint, service)).toEqual({ base, isLocal: true });
  });

  it("may be any public host", () => {
    expect(at("https://api.example.com/v1/")).toEqual({ base: "https://api.example.com/v1", isLocal: false });
  });

  it.each([
    ["https://states.eu-west-1.amazonaws.com", "states", /web: .*AWS service states, which is not part/],
    ["https://events.eu-west-1.amazonaws.com", undefined, /AWS service events, which is not part/],
    [
      "https://api.example.com",
      "execute-api",
      /web: httpConfig\.endpoint is https:\/\/api\.example\.com, which does not know the local credentials/,
    ],
    ["http://10.0.0.1", undefined, /a private address that AppSync cannot reach/],
    ["http://169.254.169.254", undefined, /a private address/],
    ["http://[fd00::1]", undefined, /a private address/],
    ["http://[::ffff:192.168.0.1]", undefined, /a private address/],
    ["ftp://api.example.com", undefined, /not the http or https address/],
    ["https://user@api.example.com", undefined, /not the http or https address/],
    ["api.example.com", undefined, /not the http or https address/],
  ])("%s is refused by name", (endpoint, service, message) => {
    expect(() => at(endpoint, service)).toThrow(message);
  });

  it("is private only within the exact ranges", () => {
    expect(
      ["172.15.255.255", "172.32.0.0", "9.255.255.255", "11.0.0.0", "100.128.0.0"].filter(isPrivate),
    ).toEqual([]);
    expect(["172.16.0.0", "172.31.255.255", "10.0.0.0", "127.0.0.1", "0.0.0.0"].every(isPrivate)).toBe(true);
  });

  it("may not be a name of a private address", async () => {
    const failure = await new Promise<Error | null>((resolve) => {
      publicLookup("localhost", {}, (error) => resolve(error));
    });
    expect(failure?.message).toMatch(/localhost is the private address .*, which AppSync cannot reach/);
  });
});
