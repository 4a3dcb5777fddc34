import type { ErasureStatus } from "../../../domain/schema.ts";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Webhook } from "standardwebhooks";
import type { Asset } from "../../../domain/asset.ts";
import type { Delivery } from "../../../domain/callback.ts";
import { type AssetEvent, snapshot } from "../../../domain/event.ts";
import { type Answer, deliver, type Message } from "../../../functions/deliver/deliver.ts";
import { retryAfterOf, waitAfter } from "../../../functions/deliver/schedule.ts";
import { caller } from "../../../functions/relay/call.ts";
import { type Callbacks, callbacksTable } from "../../../functions/shared/callbacks.ts";
import type { DeliveryJob, Rotation, Shown } from "../../../domain/messages.ts";
import { answer } from "../../../functions/webhooks/webhooks.ts";
import { anAsset, otherId } from "../../support/asset.ts";
import { useCloud } from "../../support/cloud.ts";
import { asFunction, type FunctionSide } from "../../support/function.ts";

const use = useCloud({ mappings: false });

let side: FunctionSide;
let callbacks: Callbacks;

beforeAll(() => {
  side = asFunction(use(), "administrator");
  callbacks = callbacksTable(side.dynamodb, side.table("callbacks"));
});

afterAll(() => side.close());

const start = Date.UTC(2026, 0, 1);
const day = 86_400_000;
let owners = 0;

/** One owner with a clock of their own, a receiver with fixed answers, and one event to deliver. */
async function scene(answers: (Answer | Error)[] = []) {
  owners += 1;
  const ownerId = `owner-${owners}`;
  const clock = { now: start };
  const sent: (Message & { at: number })[] = [];
  const queued: (DeliveryJob & { seconds: number })[] = [];
  const asset = anAsset({
    ownerId,
    state: "RECEIVED",
    labelStatus: "DONE",
    callbackUrl: "http://127.0.0.1:1/hook",
  });
  const event = (seq: number): AssetEvent => ({
    ...{ seq, type: "LABELLED", edited: null, ownerId, assetId: asset.id, at: "2026-01-01T00:00:00.000Z" },
    asset: snapshot({ ...asset, labels: [{ name: "Teal", confidence: 90, parents: [] }] }),
  });
  const kept: { asset: Asset | undefined } = { asset };
  const erasing: { status?: ErasureStatus } = {};
  const limit: { until?: number } = {};
  const webhooks = {
    callbacks,
    erasing,
    erasure: () => Promise.resolve(erasing.status && { status: erasing.status }),
    limit,
    budget: { take: () => Promise.resolve(limit.until) },
    assets: { get: () => Promise.resolve(kept.asset) },
    rules: { loopback: true },
    queue: (job: DeliveryJob) => Promise.resolve(void queued.push({ ...job, seconds: 0 })),
    now: () => clock.now,
  };
  await answer({ do: "register", ownerId, url: "http://127.0.0.1:1/hook" }, webhooks);
  const { secret } = (await answer({ do: "showSecret", ownerId, assetId: asset.id }, webhooks)) as Shown;
  const call = caller({ ...webhooks, keeping: { days: 30, now: webhooks.now } });
  await call(event(7));
  const { seconds, ...first } = queued.splice(0)[0] ?? { seconds: 0, ownerId: "", id: "" };
  expect(seconds).toBe(0);
  const run = (job: DeliveryJob = first) =>
    deliver(job, {
      callbacks,
      erasure: webhooks.erasure,
      budget: webhooks.budget,
      assets: webhooks.assets,
      send: (message) => {
        sent.push({ ...message, at: clock.now });
        const next = answers.shift() ?? { status: 500 };
        return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
      },
      queue: (next, seconds) => Promise.resolve(void queued.push({ ...next, seconds })),
      now: () => clock.now,
      random: () => 0,
    });
  const row = async () => (await callbacks.delivery(first)) as Delivery;
  const failing = async () => (await callbacks.receiver(ownerId, "http://127.0.0.1:1/hook"))?.failure;
  return {
    ownerId,
    assetId: asset.id,
    clock,
    kept,
    failing,
    sent,
    queued,
    secret: secret ?? "",
    call,
    event,
    first,
    run,
    row,
    webhooks,
  };
}

/** Each UpdateItem is done, and the first answer to it lost. */
function loseUpdates({ dynamodb }: FunctionSide) {
  const seen = new WeakSet();
  let count = 0;
  dynamodb.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const answer = await next(args);
        if (commandName === "UpdateItemCommand" && !seen.has(args.input)) {
          seen.add(args.input);
          count += 1;
          throw Object.assign(new Error("Lost"), { $fault: "server", $retryable: {}, $metadata: {} });
        }
        return answer;
      },
    { name: "loseUpdates", step: "finalizeRequest", priority: "low" },
  );
  return { count: () => count, stop: () => dynamodb.middlewareStack.remove("loseUpdates") };
}

describe("a delivery", () => {
  it("is signed so that the standard's own library accepts it, and is sent once", async () => {
    const { run, row, sent, secret, clock } = await scene([{ status: 204 }]);
    clock.now = Date.now();
    expect(await run()).toBe("delivered");
    const { headers, body } = sent[0] as Message;
    expect(new Webhook(secret).verify(body, headers)).toEqual({
      type: "asset.labelled",
      timestamp: "2026-01-01T00:00:00.000Z",
      data: expect.objectContaining({ seq: 7, labelStatus: "DONE", labels: [expect.anything()] }) as unknown,
    });
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow();
    expect(await run()).toBe("not due");
    const delivered = await row();
    expect(delivered).toMatchObject({ status: "DELIVERED", attempts: [{ succeeded: true }] });
    expect(delivered).not.toHaveProperty("dueAt");
  });

  it.each([
    [199, "put off"],
    [200, "delivered"],
    [299, "delivered"],
    [300, "put off"],
    [409, "put off"],
    [410, "receiver gone"],
    [411, "put off"],
  ])("that is answered by %i is %s", async (status, outcome) => {
    const { run } = await scene([{ status }]);
    expect(await run()).toBe(outcome);
  });

  it("is sent once although two functions receive its job at the same time", async () => {
    const { run, sent } = await scene([{ status: 204 }]);
    expect((await Promise.all([run(), run(), run()])).sort()).toEqual(["delivered", "not due", "not due"]);
    expect(sent).toHaveLength(1);
  });

  it("continues if the answers to its writes are lost and the SDK's repetition is refused", async () => {
    const { run, row, sent, queued, clock } = await scene([{ status: 500 }, { status: 204 }]);
    const lost = loseUpdates(side);
    expect(await run()).toBe("put off");
    expect(queued).toMatchObject([{ seconds: 5 }]);
    clock.now = (await row()).nextAttemptAt;
    expect(await run()).toBe("delivered");
    lost.stop();
    expect(lost.count()).toBe(4);
    expect(sent).toHaveLength(2);
    expect(await row()).toMatchObject({ attempts: [{ succeeded: false }, { succeeded: true }], tries: 2 });
  });

  it("is not sent again if the stream repeats its event", async () => {
    const { run, call, event, queued, sent } = await scene([{ status: 204 }]);
    await run();
    await call(event(7));
    expect(await run(queued[0])).toBe("not due");
    expect(sent).toHaveLength(1);
  });

  it("is tried on schedule, under one id, and is then its owner's to replay", async () => {
    const { run, row, clock, queued, sent, first } = await scene();
    const waits: number[] = [];
    for (let attempt = 1; attempt < 10; attempt += 1) {
      expect(await run()).toBe("put off");
      expect(await run()).toBe("not due");
      const { nextAttemptAt, dueAt = 0, status } = await row();
      const wait = (nextAttemptAt - clock.now) / 1000;
      expect(status).toBe("PENDING");
      // Up to 15 minutes a message of the queue waits; beyond, the sweep finds the row when its time has come.
      expect(queued.splice(0)).toEqual(wait <= 900 ? [{ ...first, seconds: wait }] : []);
      expect(dueAt - nextAttemptAt).toBe(wait <= 900 ? 120_000 : 0);
      waits.push(wait);
      clock.now = nextAttemptAt;
    }
    expect(waits).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    expect(await run()).toBe("failed");
    expect(await row()).toMatchObject({ status: "FAILED", tries: 10 });
    expect((await row()).attempts.map(({ errorCode }) => errorCode)).toEqual(
      Array(10).fill("DeliveryFailed"),
    );
    expect(queued).toEqual([]);
    expect(new Set(sent.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(new Set(sent.map(({ headers }) => headers["webhook-timestamp"])).size).toBe(10);
  });

  it("starts again when it is replayed", async () => {
    const answers: Answer[] = Array(10).fill({ status: 500 }) as Answer[];
    const { run, row, clock, first } = await scene([...answers, { status: 200 }]);
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await run();
      clock.now = (await row()).nextAttemptAt;
    }
    expect(await run()).toBe("not due");
    expect(await run({ ...first, replay: true })).toBe("delivered");
    expect(await row()).toMatchObject({ status: "DELIVERED", tries: 1 });
  });

  it("waits as long as the receiver asks, up to a limit", async () => {
    const { run, row, clock } = await scene([
      { status: 429, retryAfter: 600 },
      { status: 503, retryAfter: 10_000_000 },
      { status: 503, retryAfter: 1 },
    ]);
    const waits: number[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await run();
      const { nextAttemptAt } = await row();
      waits.push((nextAttemptAt - clock.now) / 1000);
      clock.now = nextAttemptAt;
    }
    expect(waits).toEqual([600, 86_400, 1800]);
  });

  it("is not sent to a receiver that answered 410, nor are other events, until it is replayed", async () => {
    const { ownerId, run, row, call, event, queued, sent, webhooks } = await scene([{ status: 410 }]);
    expect(await run()).toBe("receiver gone");
    expect(await row()).toMatchObject({ status: "DISABLED", attempts: [{ succeeded: false }] });
    await call(event(8));
    expect(await run(queued.pop())).toBe("receiver gone");
    expect(sent).toHaveLength(1);
    const id = `msg_${(await row()).assetId}_7`;
    expect(await answer({ do: "replay", ownerId, id }, webhooks)).toMatchObject({
      status: "PENDING",
      tries: 0,
    });
    expect(await run(queued.pop())).toBe("put off");
    expect(sent).toHaveLength(2);
  });

  it("fails after the last attempt although every attempt crashed", async () => {
    const { run, row, clock, sent } = await scene(Array(10).fill(new Error("killed")) as Error[]);
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await expect(run()).rejects.toThrow("killed");
      clock.now += 30_000;
    }
    expect(await run()).toBe("failed");
    expect(sent).toHaveLength(10);
    expect(await row()).toMatchObject({ status: "FAILED" });
  });

  it("is due although the clock of the function is slightly behind", async () => {
    const { run, clock } = await scene([{ status: 204 }]);
    clock.now -= 900;
    expect(await run()).toBe("delivered");
  });

  it("continues after the function crashed during an attempt, which the log shows", async () => {
    const { run, row, clock } = await scene([new Error("killed"), { status: 204 }]);
    await expect(run()).rejects.toThrow("killed");
    expect(await run()).toBe("not due");
    clock.now += 30_000;
    expect(await run()).toBe("delivered");
    expect((await row()).attempts.map(({ succeeded }) => succeeded)).toEqual([undefined, true]);
  });

  it("is not sent, and counts no attempt, while its owner is to be erased; a cancellation sends it", async () => {
    const { webhooks, run, row, sent } = await scene([{ status: 204 }]);
    webhooks.erasing.status = "REQUESTED";
    expect(await run()).toBe("not due");
    expect([sent, (await row()).attempts]).toEqual([[], []]);
    webhooks.erasing.status = "CANCELLED";
    expect(await run()).toBe("delivered");
  });

  it("waits for another day beyond the limit, without a call, and uses up no try", async () => {
    const { webhooks, clock, run, row, sent, queued } = await scene([{ status: 500 }, { status: 204 }]);
    expect(await run()).toBe("put off");
    clock.now += day;
    const { tries } = await row();
    const until = clock.now + day;
    webhooks.limit.until = until;
    queued.splice(0);
    expect(await run()).toBe("over the limit");
    expect(await row()).toMatchObject({ status: "PENDING", tries, nextAttemptAt: until, dueAt: until });
    expect((await row()).attempts.at(-1)).toEqual({
      at: new Date(clock.now).toISOString(),
      succeeded: false,
      errorCode: "CallbackLimitExceeded",
    });
    expect([sent.length, queued]).toEqual([1, []]);
    delete webhooks.limit.until;
    expect(await run()).toBe("not due");
    clock.now = until;
    expect(await run()).toBe("delivered");
    expect(await row()).toMatchObject({ status: "DELIVERED", tries: tries + 1 });
  });

  it("does not overwrite an attempt that started after its own lease ended", async () => {
    const slow = await scene([]);
    const { clock, row, run } = slow;
    let second: Promise<unknown> | undefined;
    const outcome = await deliver(slow.first, {
      callbacks,
      erasure: slow.webhooks.erasure,
      budget: slow.webhooks.budget,
      assets: slow.webhooks.assets,
      send: async () => {
        clock.now += 40_000;
        second = run();
        await second;
        return { status: 204 };
      },
      queue: () => Promise.resolve(),
      now: () => clock.now,
      random: () => 0,
    });
    expect(outcome).toBe("delivered");
    expect(await second).toBe("put off");
    expect(await row()).toMatchObject({ status: "PENDING", tries: 2 });
  });
});

describe("a callback of an asset that is hidden", () => {
  const deleted = anAsset({ state: "DELETED", labels: [] });

  it("is sent if it was due before", async () => {
    const { kept, run, sent } = await scene([{ status: 204 }]);
    kept.asset = deleted;
    expect(await run()).toBe("delivered");
    expect(sent).toHaveLength(1);
  });

  it("is not sent though it was replayed before the deletion", async () => {
    const { ownerId, webhooks, kept, run, row, queued, sent } = await scene([{ status: 204 }]);
    await run();
    await answer({ do: "replay", ownerId, id: `msg_${(await row()).assetId}_7` }, webhooks);
    kept.asset = deleted;
    expect(await run(queued.pop())).toBe("withheld");
    expect(sent).toHaveLength(1);
    expect(await row()).toMatchObject({ status: "WITHHELD", attempts: [{ succeeded: true }] });
    expect(await row()).not.toHaveProperty("dueAt");
  });

  it("is not sent when an operator moves it back from the dead letters", async () => {
    const { kept, run, row, sent, first } = await scene();
    kept.asset = undefined;
    expect(await run({ ...first, replay: true })).toBe("withheld");
    expect([sent, (await row()).status]).toEqual([[], "WITHHELD"]);
  });

  it("is replayed once the asset is restored", async () => {
    const { ownerId, webhooks, kept, run, row, queued, sent } = await scene([{ status: 204 }]);
    const present = kept.asset;
    const id = `msg_${(await row()).assetId}_7`;
    await answer({ do: "replay", ownerId, id }, webhooks);
    kept.asset = deleted;
    expect(await run(queued.pop())).toBe("withheld");
    kept.asset = present;
    expect(await answer({ do: "replay", ownerId, id }, webhooks)).toMatchObject({ status: "PENDING" });
    expect(await run(queued.pop())).toBe("delivered");
    expect(sent).toHaveLength(1);
  });
});

describe("a replay of a delivery that is running", () => {
  /** One attempt that does something while the receiver thinks. */
  const meanwhile = async (
    act: (here: Awaited<ReturnType<typeof scene>>, id: string) => Promise<unknown>,
    status: number,
  ) => {
    const here = await scene([{ status: 204 }]);
    const { assetId } = await here.row();
    const outcome = await deliver(here.first, {
      callbacks,
      erasure: here.webhooks.erasure,
      budget: here.webhooks.budget,
      assets: here.webhooks.assets,
      send: async () => {
        await act(here, `msg_${assetId}_7`);
        return { status };
      },
      queue: () => Promise.resolve(),
      now: () => here.clock.now,
      random: () => 0.123456,
    });
    return { ...here, outcome };
  };

  it("starts no second attempt beside a running one", async () => {
    const { queued, row, outcome } = await meanwhile(
      ({ ownerId, webhooks }, id) => answer({ do: "replay", ownerId, id }, webhooks),
      500,
    );
    expect([outcome, queued]).toEqual(["put off", []]);
    const { attempts, nextAttemptAt } = await row();
    expect(attempts).toHaveLength(1);
    expect(Number.isInteger(nextAttemptAt)).toBe(true);
  });

  it("is not undone by a 410 to an earlier attempt", async () => {
    const { queued, run, sent } = await meanwhile(async ({ ownerId, webhooks, clock }, id) => {
      clock.now += 40_000;
      await answer({ do: "replay", ownerId, id }, webhooks);
    }, 410);
    expect(await run(queued.pop())).toBe("delivered");
    expect(sent).toHaveLength(1);
  });

  it("does not undo an attempt that started since the row was read", async () => {
    const { ownerId, run, row, webhooks } = await scene([{ status: 500 }]);
    const overtaken = {
      ...callbacks,
      delivery: async (key: Parameters<Callbacks["delivery"]>[0]) => {
        const seen = await callbacks.delivery(key);
        await run();
        return seen;
      },
    };
    const id = `msg_${(await row()).assetId}_7`;
    await answer({ do: "replay", ownerId, id }, { ...webhooks, callbacks: overtaken });
    expect(await row()).toMatchObject({ tries: 1, attempts: [{ succeeded: false }] });
  });

  it("keeps fifty attempts in the log when it is repeated", async () => {
    const { ownerId, row, run, queued, webhooks } = await scene(Array(60).fill({ status: 204 }) as Answer[]);
    await run();
    const id = `msg_${(await row()).assetId}_7`;
    for (let replay = 0; replay < 55; replay += 1) {
      await answer({ do: "replay", ownerId, id }, webhooks);
      await run(queued.pop());
    }
    expect((await row()).attempts).toHaveLength(50);
  });
});

describe("a webhook secret", () => {
  it("is made by the first registration and shown with one asset, again if the creation is repeated", async () => {
    const { ownerId, webhooks, secret, assetId } = await scene();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await answer({ do: "register", ownerId, url: "http://localhost:2/" }, webhooks)).toEqual({
      url: "http://localhost:2/",
      unseen: false,
    });
    const show = (id: string) => answer({ do: "showSecret", ownerId, assetId: id }, webhooks);
    expect(await show(assetId)).toEqual({ secret });
    expect(await show(otherId(assetId))).toEqual({ secret: null });
  });

  it("is shown to one of several concurrent creations, however late they come", async () => {
    const { webhooks, assetId } = await scene();
    const ownerId = "waiting";
    const register = () => answer({ do: "register", ownerId, url: "http://localhost:2/" }, webhooks);
    expect(await Promise.all([register(), register()])).toEqual([
      { url: "http://localhost:2/", unseen: true },
      { url: "http://localhost:2/", unseen: true },
    ]);
    expect(await register()).toMatchObject({ unseen: true });
    const shown = await Promise.all(
      [assetId, otherId(assetId)].map((id) => answer({ do: "showSecret", ownerId, assetId: id }, webhooks)),
    );
    const secrets = (shown as Shown[]).map(({ secret }) => secret);
    expect(secrets.filter((one) => one === null)).toHaveLength(1);
    expect((await callbacks.secret(ownerId))?.secret).toBe(secrets.find((one) => one !== null));
    expect(await register()).toMatchObject({ unseen: false });
  });

  it("is not shown by an earlier reservation after a rotation", async () => {
    const { ownerId, webhooks, assetId } = await scene();
    await answer({ do: "rotateSecret", ownerId }, webhooks);
    expect(await answer({ do: "showSecret", ownerId, assetId }, webhooks)).toEqual({ secret: null });
  });

  it("is rotated: both sign for a day, then the new one alone", async () => {
    const { ownerId, webhooks, clock, secret, run, sent, call, event, queued } = await scene([
      { status: 204 },
      { status: 204 },
    ]);
    const rotated = (await answer({ do: "rotateSecret", ownerId }, webhooks)) as Rotation;
    expect(rotated.previousValidUntil).toBe(new Date(start + day).toISOString());
    await run();
    clock.now += day;
    await call(event(8));
    await run(queued.pop());
    const taken = sent.map(({ headers, body, at }) => {
      const by = (text: string) =>
        (headers["webhook-signature"] ?? "")
          .split(" ")
          .includes(new Webhook(text).sign(headers["webhook-id"] ?? "", new Date(at), body));
      return [by(secret), by(rotated.secret)];
    });
    expect(taken).toEqual([
      [true, true],
      [false, true],
    ]);
  });

  it("is rotated again within the day: the secret in use still signs, and a sixth rotation is refused", async () => {
    const { ownerId, webhooks, secret, run, sent } = await scene([{ status: 204 }]);
    const rotate = () => answer({ do: "rotateSecret", ownerId }, webhooks);
    for (let rotation = 0; rotation < 5; rotation += 1) {
      expect(await rotate()).toMatchObject({ secret: expect.stringMatching(/^whsec_/) as unknown });
    }
    expect(await rotate()).toMatchObject({ refused: "Conflict" });
    await run();
    const { headers = {}, body = "", at = 0 } = sent[0] ?? {};
    const first = new Webhook(secret).sign(headers["webhook-id"] ?? "", new Date(at), body);
    expect((headers["webhook-signature"] ?? "").split(" ")).toContain(first);
    expect((headers["webhook-signature"] ?? "").split(" ")).toHaveLength(6);
  });

  const rotateAtOnce = async (ownerId: string, webhooks: Parameters<typeof answer>[1], times: number) =>
    Promise.all(Array.from({ length: times }, () => answer({ do: "rotateSecret", ownerId }, webhooks)));

  it("is rotated by six concurrent calls: all succeed, and each answered secret signs", async () => {
    const { webhooks } = await scene();
    const ownerId = "owner-rotating";
    const rotations = (await rotateAtOnce(ownerId, webhooks, 6)) as Rotation[];
    const kept = await callbacks.secret(ownerId);
    const valid = [kept?.secret, ...(kept?.previous ?? []).map(({ secret }) => secret)];
    expect(valid.sort()).toEqual(rotations.map(({ secret }) => secret).sort());
    expect(rotations.filter(({ previousValidUntil }) => previousValidUntil === null)).toHaveLength(1);
  });

  it("is rotated by more concurrent calls than allowed: the extra calls are refused, and none fails", async () => {
    const { ownerId, webhooks, secret } = await scene();
    const answers = await rotateAtOnce(ownerId, webhooks, 8);
    const refused = answers.filter((one) => "refused" in one);
    expect(refused).toHaveLength(3);
    expect(refused.every((one) => one.refused === "Conflict")).toBe(true);
    const rotated = answers.flatMap((one) => ("secret" in one ? [one.secret] : []));
    const kept = await callbacks.secret(ownerId);
    const valid = [kept?.secret, ...(kept?.previous ?? []).map((one) => one.secret)];
    expect(valid.sort()).toEqual([secret, ...rotated].sort());
  });

  it("answers a conflict, not a failure, if others keep changing it", async () => {
    const { ownerId, webhooks } = await scene();
    let writes = 0;
    const overtaken = {
      ...webhooks.callbacks,
      setSecret: () => {
        writes += 1;
        return Promise.resolve(false);
      },
    };
    expect(
      await answer({ do: "rotateSecret", ownerId }, { ...webhooks, callbacks: overtaken }),
    ).toMatchObject({ refused: "Conflict" });
    expect(writes).toBe(8);
  });

  it("is made by a rotation if it is missing", async () => {
    const { webhooks } = await scene();
    const made = await answer({ do: "rotateSecret", ownerId: "owner-without" }, webhooks);
    expect(made).toMatchObject({ previousValidUntil: null });
  });
});

describe("a registration", () => {
  it("is refused with one answer, whatever a name resolves to", async () => {
    const { webhooks } = await scene();
    const register = (address: string | Error) => {
      const resolve = () =>
        address instanceof Error ? Promise.reject(address) : Promise.resolve([{ address, family: 4 }]);
      const request = { do: "register", ownerId: "owner-new", url: "https://example.com/" } as const;
      return answer(request, { ...webhooks, rules: { loopback: false, resolve } });
    };
    const unknown = Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
    const refused = {
      refused: "InvalidCallbackUrl",
      message: expect.stringMatching(/^callbackUrl: must be/) as unknown,
    };
    expect([await register("10.0.0.1"), await register("169.254.169.254"), await register(unknown)]).toEqual([
      refused,
      refused,
      refused,
    ]);
    // The resolver's own fault passes: the answer does not say that the URL is bad.
    await expect(register(Object.assign(new Error("later"), { code: "EAI_AGAIN" }))).rejects.toThrow("later");
    expect(await callbacks.secret("owner-new")).toBeUndefined();
  });
});

describe("a replay", () => {
  it("is refused for deliveries of others, and for invalid ids", async () => {
    const { row, webhooks } = await scene();
    const { assetId } = await row();
    const refused = { refused: "NotFound", message: "Delivery not found" };
    for (const [ownerId, id] of [
      ["owner-other", `msg_${assetId}_7`],
      ["owner-other", "msg_x"],
      ["owner-other", `msg_${assetId}_07`],
      ["owner-other", "secret"],
    ] as const) {
      expect(await answer({ do: "replay", ownerId, id }, webhooks)).toEqual(refused);
    }
  });
});

describe("a replay of a delivery about a hidden asset", () => {
  it.each<[string, (asset: Asset) => Asset | undefined]>([
    ["deleted", (asset) => ({ ...asset, state: "DELETED", formerState: "RECEIVED" })],
    ["gone", () => undefined],
  ])("is refused as if there were none, and sends nothing: %s", async (_, become) => {
    const { ownerId, run, row, kept, queued, sent, webhooks } = await scene([{ status: 204 }]);
    await run();
    const before = await row();
    kept.asset = kept.asset && become(kept.asset);
    const id = `msg_${before.assetId}_7`;
    expect(await answer({ do: "replay", ownerId, id }, webhooks)).toEqual({
      refused: "NotFound",
      message: "Delivery not found",
    });
    expect([await row(), queued, sent.length]).toEqual([before, [], 1]);
  });
});

describe("a receiver that fails for good", () => {
  const failures = (count: number): Answer[] => Array.from({ length: count }, () => ({ status: 500 }));
  const untilSettled = async ({ run, row, clock }: Awaited<ReturnType<typeof scene>>) => {
    while ((await row()).status === "PENDING") {
      await run();
      clock.now = Math.max(clock.now, (await row()).nextAttemptAt);
    }
  };

  it("is recorded with its last delivery after the tenth attempt, and not before", async () => {
    const here = await scene(failures(10));
    const { run, row, clock, failing } = here;
    for (let attempt = 1; attempt < 10; attempt += 1) {
      await run();
      clock.now = (await row()).nextAttemptAt;
      expect(await failing()).toBeUndefined();
    }
    const at = new Date(clock.now).toISOString();
    await run();
    const { assetId } = await row();
    expect(await failing()).toEqual({ at, assetId, messageId: `msg_${assetId}_7` });
  });

  it("is recorded when it answers 410", async () => {
    const { run, failing } = await scene([{ status: 410 }]);
    await run();
    expect(await failing()).toMatchObject({ messageId: expect.stringMatching(/_7$/) as unknown });
  });

  it.each([500, 410])(
    "is no longer recorded once it accepts a delivery, a request for one is not enough: %i",
    async (status) => {
      const here = await scene([
        ...Array.from({ length: status === 410 ? 1 : 10 }, () => ({ status })),
        { status: 204 },
      ]);
      await untilSettled(here);
      const { ownerId, webhooks, row, run, failing, queued } = here;
      await answer({ do: "replay", ownerId, id: `msg_${(await row()).assetId}_7` }, webhooks);
      expect(await failing()).toMatchObject({ messageId: expect.stringMatching(/_7$/) as unknown });
      expect(await run(queued.pop())).toBe("delivered");
      expect(await failing()).toBeUndefined();
    },
  );

  it("writes nothing for a receiver that works", async () => {
    const { run, ownerId } = await scene([{ status: 204 }]);
    await run();
    expect(await callbacks.receiver(ownerId, "http://127.0.0.1:1/hook")).toBeUndefined();
  });
});

describe("the schedule", () => {
  it("adds a random part of up to a fifth", () => {
    expect([waitAfter(2, undefined, 0), waitAfter(2, undefined, 1)]).toEqual([300, 360]);
    expect(waitAfter(10, undefined, 0)).toBeUndefined();
  });

  it.each([
    [86_399, 86_399],
    [86_400, 86_400],
    [86_401, 86_400],
    [Infinity, 86_400],
    [4, 5],
    [0, 5],
  ])("lets a receiver ask for %d seconds, and waits %d", (asked, wait) => {
    expect(waitAfter(1, asked, 0)).toBe(wait);
  });
});

describe("the wait that a receiver asks for", () => {
  const at = Date.UTC(2026, 0, 1);

  it.each([
    ["5", 5],
    ["0", 0],
    ["007", 7],
    [" 5 ", 5],
    ["99999999999", 99_999_999_999],
    ["9".repeat(400), Infinity],
    ["Thu, 01 Jan 2026 00:01:00 GMT", 60],
    ["Thursday, 01-Jan-26 00:01:00 GMT", 60],
    ["Thu Jan  1 00:01:00 2026", 60],
    ["Thu, 01 Jan 2026 00:00:60 GMT", 60],
    ["Wed, 31 Dec 2025 23:59:60 GMT", 0],
    ["Thu, 01 Jan 2025 00:00:00 GMT", 0],
    ["Sunday, 06-Nov-94 08:49:37 GMT", 0],
    ["Thursday, 01-Jan-77 00:00:00 GMT", 0],
    ["Friday, 01-Jan-76 00:00:00 GMT", (Date.UTC(2076, 0, 1) - at) / 1000],
  ])("is accepted: %p", (text, seconds) => {
    expect(retryAfterOf(text, at)).toBe(seconds);
  });

  it.each([
    ...[undefined, "", "-40", "-5", "+5", "5.0", "1e3", "0x10", "5 6", "5,6", "٥", "soon"],
    ...["2026-01-01T00:01:00Z", "Thu, 01 Jan 2026 00:01:00", "Thu, 01 Jan 2026 00:01:00 UTC"],
    ...["Thu, 1 Jan 2026 00:01:00 GMT", "thu, 01 jan 2026 00:01:00 gmt", "Thu, 01 Jan 2026 24:00:00 GMT"],
    ...["Thu, 01 Jan 2026 00:60:00 GMT", "Thu, 31 Feb 2026 00:01:00 GMT", "Thu, 00 Jan 2026 00:01:00 GMT"],
  ])("is ignored: %p", (text) => {
    expect(retryAfterOf(text, at)).toBeUndefined();
  });

  it("is in whole seconds, rounded up", () => {
    expect(retryAfterOf("Thu, 01 Jan 2026 00:01:00 GMT", at + 1)).toBe(60);
  });
});
