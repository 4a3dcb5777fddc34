import { describe, expect, it } from "@jest/globals";
import { Connection } from "../../../src/appsync/realtime/connection.ts";
import {
  type Deliver,
  type Ports,
  type Registered,
  StartFailure,
} from "../../../src/appsync/realtime/ports.ts";
import type { ServerMessage } from "../../../src/appsync/realtime/protocol.ts";
import { unauthorized } from "../../../src/appsync/refusal.ts";

/** A connection without a socket. The test moves its clock. */
function open(ports: Partial<Ports> = {}) {
  const sent: ServerMessage[] = [];
  const closed: { code: number; reason: string }[] = [];
  const delivers = new Map<string, Deliver>();
  const cancelled: string[] = [];
  const faults: unknown[] = [];
  let now = 0;
  const timers = new Set<{ at: number; task: () => void }>();
  const connection = new Connection({
    send: (message) => sent.push(message),
    close: (code, reason) => closed.push({ code, reason }),
    schedule(milliseconds, task) {
      const timer = { at: now + milliseconds, task };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    authorize: () => Promise.resolve(),
    register({ id }, deliver): Promise<Registered> {
      delivers.set(id, deliver);
      return Promise.resolve({ expiresAt: undefined, cancel: () => cancelled.push(id) });
    },
    clock: () => now,
    subscriptionDelay: () => 0,
    fault: (error) => faults.push(error),
    ...ports,
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    ...{ connection, sent, closed, delivers, cancelled, faults, timers, settle },
    say: async (...messages: object[]) => {
      for (const message of messages) {
        connection.receive(JSON.stringify(message));
      }
      await settle();
      return sent.splice(0);
    },
    pass: async (milliseconds: number) => {
      const end = now + milliseconds;
      for (;;) {
        const next = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) {
          break;
        }
        timers.delete(next);
        now = next.at;
        next.task();
      }
      now = end;
      await settle();
      return sent.splice(0);
    },
  };
}

const start = (id: string) => ({
  type: "start",
  id,
  payload: { data: "{}", extensions: { authorization: {} } },
});
const ack = { type: "connection_ack", payload: { connectionTimeoutMs: 300_000 } };
const init = { type: "connection_init" };
const ka = { type: "ka" };
const errors = (errorType: string, message: string) => ({ errors: [{ errorType, message }] });

describe("a subscription with a delay", () => {
  it("gets no events until the delay is over, and every event after it", async () => {
    const { say, pass, delivers, sent } = open({ subscriptionDelay: () => 500 });
    expect(await say(init, start("1"))).toEqual([ack, ka, { type: "start_ack", id: "1" }]);
    await pass(499);
    delivers.get("1")?.data("lost");
    await pass(1);
    delivers.get("1")?.data("delivered");
    expect(sent).toEqual([{ type: "data", id: "1", payload: "delivered" }]);
  });
});

describe("a new connection", () => {
  it("is acknowledged, and kept alive once a minute", async () => {
    const { say, pass } = open();
    expect(await say(init)).toEqual([ack, ka]);
    expect(await pass(180_000)).toEqual([ka, ka, ka]);
  });

  it("accepts a start without connection_init", async () => {
    const { say } = open();
    expect(await say(start("1"))).toEqual([ack, ka, { type: "start_ack", id: "1" }]);
  });

  it("that is refused gets the error after its first message, and is closed", async () => {
    const { say, closed, sent } = open({ authorize: () => Promise.reject(unauthorized("no")) });
    expect(sent).toEqual([]);
    expect(await say(start("1"), init)).toEqual([
      {
        type: "connection_error",
        payload: { errors: [{ errorType: "UnauthorizedException", message: "no", errorCode: 401 }] },
      },
    ]);
    expect(closed).toEqual([{ code: 1008, reason: "UnauthorizedException" }]);
  });

  it("that is refused and sends no message is closed after the timeout", async () => {
    const { pass, closed } = open({ authorize: () => Promise.reject(unauthorized("no")) });
    await pass(30_000);
    expect(closed).toHaveLength(1);
  });

  it("is closed after 30 s without a message, and not before", async () => {
    const { pass, closed } = open();
    await pass(29_999);
    expect(closed).toEqual([]);
    await pass(1);
    expect(closed).toEqual([{ code: 1008, reason: "no connection_init" }]);
  });

  it("stays open after the first message", async () => {
    const { say, pass, closed } = open();
    await say(init);
    await pass(60_000);
    expect(closed).toEqual([]);
  });

  it("keeps at most 102 messages until it is authorised", () => {
    const calls: string[] = [];
    const { connection, closed } = open({
      authorize: () => new Promise(() => undefined),
      register: ({ id }) => {
        calls.push(id);
        return new Promise(() => undefined);
      },
    });
    for (let n = 0; n < 102; n += 1) {
      connection.receive(JSON.stringify(start(String(n))));
    }
    expect(closed).toEqual([]);
    connection.receive("{}");
    connection.receive("{}");
    expect(closed).toEqual([{ code: 1008, reason: "too many messages before connection_ack" }]);
    expect(calls).toEqual([]);
  });

  it("handles messages in order after a slow authorisation", async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const { say, settle, sent } = open({ authorize: () => promise });
    expect(await say(init, start("1"))).toEqual([]);
    resolve(undefined);
    await settle();
    expect(sent).toEqual([ack, ka, ack, { type: "start_ack", id: "1" }].filter((_, index) => index !== 2));
  });

  it("lasts 24 hours", async () => {
    const { say, pass, closed } = open();
    await say(init);
    await pass(24 * 3_600_000);
    expect(closed).toEqual([{ code: 1000, reason: "24 hours are over" }]);
  });
});

describe("a subscription", () => {
  it("gets events until it is stopped", async () => {
    const { say, delivers, cancelled, sent } = open();
    await say(init, start("1"));
    delivers.get("1")?.data({ data: 1 });
    expect(sent.splice(0)).toEqual([{ type: "data", id: "1", payload: { data: 1 } }]);
    expect(await say({ type: "stop", id: "1" })).toEqual([{ type: "complete", id: "1" }]);
    delivers.get("1")?.data({ data: 2 });
    expect(sent).toEqual([]);
    expect(cancelled).toEqual(["1"]);
  });

  it("gets no events before its start_ack", async () => {
    const { promise, resolve } = Promise.withResolvers<Registered>();
    let early: Deliver | undefined;
    const { say, settle, sent } = open({
      register: (_start, deliver) => {
        early = deliver;
        return promise;
      },
    });
    await say(init, start("1"));
    early?.data(1);
    resolve({ expiresAt: undefined, cancel: () => undefined });
    await settle();
    early?.data(2);
    expect(sent).toEqual([
      { type: "start_ack", id: "1" },
      { type: "data", id: "1", payload: 2 },
    ]);
  });

  it("needs an id that is free in the connection", async () => {
    const { say, cancelled } = open();
    await say(init, start("1"));
    expect(await say(start("1"))).toEqual([
      { type: "error", id: "1", payload: errors("DuplicatedOperationError", "Duplicated operation id: 1") },
    ]);
    expect(cancelled).toEqual([]);
    await say({ type: "stop", id: "1" });
    expect(await say(start("1"))).toEqual([{ type: "start_ack", id: "1" }]);
  });

  it("is one of at most 100", async () => {
    const { say } = open();
    await say(init, ...Array.from({ length: 100 }, (_, n) => start(String(n))));
    expect(await say(start("100"))).toEqual([
      {
        type: "error",
        id: "100",
        payload: {
          errors: {
            errorType: "MaxSubscriptionsReachedError",
            message: "Max number of 100 subscriptions reached",
          },
        },
      },
    ]);
    await say({ type: "stop", id: "7" });
    expect(await say(start("100"))).toEqual([{ type: "start_ack", id: "100" }]);
  });

  it("can be stopped while it starts", async () => {
    const { promise, resolve } = Promise.withResolvers<Registered>();
    const cancelled: string[] = [];
    const { say, settle, sent } = open({ register: () => promise });
    expect(await say(init, start("1"), { type: "stop", id: "1" })).toEqual([
      ack,
      ka,
      { type: "complete", id: "1" },
    ]);
    resolve({ expiresAt: undefined, cancel: () => cancelled.push("1") });
    await settle();
    expect([sent, cancelled]).toEqual([[], ["1"]]);
  });

  it("ends when its token expires", async () => {
    const { say, pass, cancelled } = open({
      register: () => Promise.resolve({ expiresAt: 90_000, cancel: () => cancelled.push("1") }),
    });
    await say(init, start("1"));
    expect(await pass(89_999)).toEqual([ka]);
    expect(await pass(1)).toEqual([
      {
        type: "error",
        id: "1",
        payload: {
          errors: [{ errorType: "UnauthorizedException", message: "Token has expired.", errorCode: 401 }],
        },
      },
    ]);
    expect(cancelled).toEqual(["1"]);
    expect(await say({ type: "stop", id: "1" })).toEqual([
      { type: "error", id: "1", payload: errors("UnknownOperationError", "Unknown operation id: 1") },
    ]);
  });

  it("that is invalidated is completed, and the connection with it", async () => {
    const { say, delivers, sent, closed, cancelled } = open();
    await say(init, start("1"));
    delivers.get("1")?.end();
    expect(sent).toEqual([{ type: "complete", id: "1" }]);
    expect(closed).toEqual([{ code: 1000, reason: "subscription invalidated" }]);
    expect(cancelled).toEqual(["1"]);
  });

  it("that is refused leaves its id free", async () => {
    const refusals = [new StartFailure([{ message: "no field" }]), unauthorized("who?"), new Error("broken")];
    const { say, faults } = open({
      register: () => Promise.reject(refusals.shift() ?? new Error("asked too often")),
    });
    await say(init);
    const answers = [await say(start("1")), await say(start("1")), await say(start("1"))].flat();
    expect(answers).toEqual([
      { type: "error", id: "1", payload: { errors: [{ message: "no field" }] } },
      {
        type: "error",
        id: "1",
        payload: { errors: [{ errorType: "UnauthorizedException", message: "who?", errorCode: 401 }] },
      },
      {
        type: "error",
        id: "1",
        payload: {
          errors: [
            { errorType: "InternalFailure", message: "An internal failure occurred.", errorCode: 500 },
          ],
        },
      },
    ]);
    expect(faults).toHaveLength(1);
  });
});

describe("a closed connection", () => {
  it("cancels every subscription and every timer", async () => {
    const { say, connection, cancelled, timers, delivers, sent } = open();
    await say(init, start("1"), start("2"));
    connection.closed();
    delivers.get("1")?.data(1);
    expect([cancelled, timers.size, sent]).toEqual([["1", "2"], 0, []]);
  });

  it("cancels subscriptions that are still starting", async () => {
    const { promise, resolve } = Promise.withResolvers<Registered>();
    const cancelled: string[] = [];
    const { say, connection, settle } = open({ register: () => promise });
    await say(init, start("1"));
    connection.closed();
    resolve({ expiresAt: 5, cancel: () => cancelled.push("1") });
    await settle();
    expect(cancelled).toEqual(["1"]);
  });
});

describe("an invalid message", () => {
  it.each<[string, string, string]>([
    ["meow", "UnsupportedOperation", "unknown not supported through the realtime channel"],
    ["5", "BadRequestException", "Invalid message: it is not an object."],
    ["{}", "UnsupportedOperation", "unknown not supported through the realtime channel"],
    ['{"type":"subscribe"}', "UnsupportedOperation", "unknown not supported through the realtime channel"],
    [
      '{"type":"start"}',
      "BadRequestException",
      "Invalid message: the id must be text of 1 to 128 characters.",
    ],
    [
      '{"type":"stop","id":5}',
      "BadRequestException",
      "Invalid message: the id must be text of 1 to 128 characters.",
    ],
  ])("%s is reported, and the connection stays", async (text, errorType, message) => {
    const { connection, settle, sent, say } = open();
    await say(init);
    connection.receive(text);
    await settle();
    expect(sent).toEqual([{ type: "error", payload: errors(errorType, message) }]);
  });

  it.each([
    "{}",
    '{"data":5}',
    '{"data":"","extensions":1}',
    '{"data":"","extensions":{"authorization":[]}}',
  ])("is reported with its id, if it has one: a start with %s", async (payload) => {
    const { say } = open();
    await say(init);
    const message = { type: "start", id: "1", payload: JSON.parse(payload) as unknown };
    expect(await say(message)).toMatchObject([{ type: "error", id: "1" }]);
  });
});
