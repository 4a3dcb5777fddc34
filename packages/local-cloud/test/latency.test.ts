import { describe, expect, it } from "@jest/globals";
import { createServer, get, type IncomingMessage } from "node:http";
import { type AddressInfo } from "node:net";
import { once } from "node:events";
import { checkLatency, late, lateGraphql } from "../src/latency.ts";
import type { Call, Service } from "../src/base/service.ts";

describe("latency", () => {
  it.each([
    [{ dynamo: 5 }, "latency.dynamo is not a setting; the settings are appsync, cognito-idp"],
    [{ __proto__: null, constructor: 1 }, "latency.constructor is not a setting"],
    [{ s3: -1 }, "latency.s3 must be 0 to 60000 milliseconds, not -1"],
    [{ s3: "5" }, 'latency.s3 must be 0 to 60000 milliseconds, not "5"'],
    [[], "latency must be an object, not []"],
  ])("%j is refused", (value, message) => {
    expect(() => checkLatency(value, "latency")).toThrow(message);
  });

  it("delays the calls of the named services, and of no others", async () => {
    const handled: string[] = [];
    const service = (scope: string): Service => ({
      scopes: [scope],
      handle: () => Promise.resolve(void handled.push(scope)),
      fail: () => undefined,
    });
    const latency = { dynamodb: 20, sqs: 0 };
    const s3 = service("s3");
    expect(late(s3, latency)).toBe(s3);
    const started = performance.now();
    const slow = late(service("dynamodb"), latency).handle({} as Call);
    await late(service("sqs"), latency).handle({} as Call);
    await slow;
    expect(handled).toEqual(["sqs", "dynamodb"]);
    // A timer may fire a fraction of a millisecond early.
    expect(performance.now() - started).toBeGreaterThan(19);
  });

  it("delays GraphQL requests", async () => {
    const listener = lateGraphql((_, response) => void response.end("late"), { appsync: 20 });
    const server = createServer((request, response) => void listener(request, response)).listen(
      0,
      "127.0.0.1",
    );
    await once(server, "listening");
    const started = performance.now();
    const [answer] = (await once(get({ port: (server.address() as AddressInfo).port }), "response")) as [
      IncomingMessage,
    ];
    expect(performance.now() - started).toBeGreaterThan(19);
    answer.resume();
    server.close();
  });
});
