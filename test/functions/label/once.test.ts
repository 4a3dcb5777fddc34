import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Asset } from "../../../domain/asset.ts";
import type { Budget, Source } from "../../../functions/label/budget.ts";
import { cacheIn } from "../../../functions/label/cache.ts";
import type { Detection } from "../../../functions/label/detection.ts";
import {
  detectOnce,
  type DetectingOnce,
  type Picture,
  StillDetecting,
} from "../../../functions/label/once.ts";
import { anAsset, newId } from "../../support/asset.ts";
import { useCloud } from "../../support/cloud.ts";
import { asFunction, type FunctionSide } from "../../support/function.ts";
import { contentRows, putRows } from "../../support/repair.ts";

const use = useCloud({ mappings: false });

const lease = 60_000;
const found: Detection = { labels: [{ name: "Teal", confidence: 90, parents: [] }], model: "3.0" };

let side: FunctionSide;
let owner: FunctionSide;
let now = 1_000_000;
let taken: Source[] = [];
/** Owners of units that were given back. */
let returned: string[] = [];
let paused: number[] = [];
let hits: boolean[] = [];
let calls = 0;

beforeAll(() => {
  side = asFunction(use(), "label");
  owner = asFunction(use(), "administrator");
});

afterAll(() => {
  side.close();
  owner.close();
});

beforeEach(() => {
  [taken, returned, paused, hits, calls, now] = [[], [], [], [], 0, now + 10 * lease];
});

const budget: Budget = {
  take: ({ ownerId }, source) => {
    taken.push(source);
    return Promise.resolve({ giveBack: () => Promise.resolve(void returned.push(ownerId)) });
  },
};

const once = (given: Partial<DetectingOnce> = {}): DetectingOnce => ({
  budget,
  cache: cacheIn(side.dynamodb, side.table("contents"), lease, () => now),
  detect: () => {
    calls += 1;
    now += 700;
    return Promise.resolve(found);
  },
  pause: (milliseconds) => Promise.resolve(void paused.push(milliseconds)),
  now: () => now,
  counted: (hit) => void hits.push(hit),
  ...given,
});

/** A received asset with these bytes. */
async function picture(ownerId: string, sha256: string, changes: Partial<Asset> = {}): Promise<Picture> {
  const asset = anAsset({ id: newId(), ownerId, state: "RECEIVED", ...changes });
  await putRows(owner, "assets", [asset]);
  await side.contents.register(asset, sha256);
  return { ownerId, id: asset.id, sha256, key: "key", result: "#image/jpeg" };
}

const newBytes = () => randomBytes(32).toString("base64");

const detected = { detection: expect.objectContaining({ labels: found.labels }) };

describe("the same bytes", () => {
  it("are labelled by one call, however many jobs ask at once", async () => {
    const [sha256, ownerId] = [newBytes(), randomUUID()];
    const pictures = await Promise.all(Array.from({ length: 8 }, () => picture(ownerId, sha256)));
    const { promise: ended, resolve: end } = Promise.withResolvers<undefined>();
    const { cache } = once();
    const watched = once({
      // The others look again once the result is there.
      pause: () => ended,
      cache: { ...cache, end: (...given) => cache.end(...given).finally(() => end(undefined)) },
    });
    const answers = await Promise.all(pictures.map((one, job) => detectOnce(one, `job ${job}`, watched)));
    expect(answers).toEqual(pictures.map(() => detected));
    expect(calls).toBe(1);
    expect(hits.filter((hit) => hit)).toHaveLength(7);
    expect(taken.sort()).toEqual(["call", ...Array.from({ length: 7 }, () => "own result")]);
  });

  it("cost another owner a unit and the time of a call, once", async () => {
    const sha256 = newBytes();
    const [hers, his] = [await picture(randomUUID(), sha256), await picture(randomUUID(), sha256)];
    await detectOnce(hers, "hers", once());
    [taken, hits] = [[], []];
    expect(await detectOnce(his, "his", once())).toEqual(detected);
    expect(await detectOnce(his, "his again", once())).toEqual(detected);
    expect(taken).toEqual(["result", "own result"]);
    expect(paused).toEqual([700]);
    expect([calls, hits]).toEqual([1, [true, true]]);
  });

  it("wait like others while there is no budget, and are then labelled without a call", async () => {
    const sha256 = newBytes();
    const [hers, his] = [await picture(randomUUID(), sha256), await picture(randomUUID(), sha256)];
    await detectOnce(hers, "hers", once());
    const waiting = { error: { code: "LabelBudgetExceeded", message: "Not today" }, until: now };
    const empty = once({ budget: { take: () => Promise.resolve(waiting) } });
    expect(await detectOnce(his, "his", empty)).toEqual({ waiting });
    [taken, paused] = [[], []];
    expect(await detectOnce(his, "his", once())).toEqual(detected);
    // It was not labelled before, so it costs what it would have cost.
    expect([taken, paused, calls]).toEqual([["result"], [700], 1]);
  });

  it("are another question as another type", async () => {
    const one = await picture(randomUUID(), newBytes());
    await detectOnce(one, "a", once());
    await detectOnce({ ...one, result: "#image/png" }, "b", once());
    expect([calls, taken]).toEqual([2, ["call", "call"]]);
  });

  it("are asked for again once the model is another", async () => {
    const [old, other] = [await picture(randomUUID(), newBytes()), await picture(randomUUID(), newBytes())];
    await detectOnce(old, "a", once());
    const newer = { ...found, labels: [], model: "4.0" };
    await detectOnce(other, "b", once({ detect: () => Promise.resolve(newer) }));
    expect(await detectOnce(old, "c", once({ detect: () => Promise.resolve(newer) }))).toEqual({
      detection: newer,
    });
    expect(await detectOnce(old, "d", once())).toEqual({ detection: { labels: [] } });
    expect(calls).toBe(1);
    // The other tests expect the first model.
    await detectOnce(await picture(randomUUID(), newBytes()), "e", once());
  });
});

describe("a call", () => {
  it("that is refused for good is not repeated", async () => {
    const one = await picture(randomUUID(), newBytes());
    const error = { code: "InvalidImageFormat", message: "The picture is corrupt" };
    await detectOnce(one, "a", once({ detect: () => Promise.resolve({ error }) }));
    expect(await detectOnce(one, "b", once())).toEqual({ detection: { error } });
    expect(calls).toBe(0);
  });

  it("whose error may pass is repeated", async () => {
    const one = await picture(randomUUID(), newBytes());
    const detection = { error: { code: "InvalidS3Object", message: "Not yet" }, mayPass: true };
    expect(await detectOnce(one, "a", once({ detect: () => Promise.resolve(detection) }))).toEqual({
      detection,
    });
    expect(await detectOnce(one, "b", once())).toEqual(detected);
    expect(calls).toBe(1);
  });

  it("that is throttled is not paid, and is free for others at once", async () => {
    const one = await picture(randomUUID(), newBytes());
    const throttled = once({ detect: () => Promise.reject(new Error("throttled")) });
    await expect(detectOnce(one, "a", throttled)).rejects.toThrow("throttled");
    expect(returned).toEqual([one.ownerId]);
    expect(await detectOnce(one, "b", once())).toEqual(detected);
    expect(paused).toEqual([]);
  });

  it("for which there is no budget is free for others at once", async () => {
    const sha256 = newBytes();
    const [hers, his] = [await picture(randomUUID(), sha256), await picture(randomUUID(), sha256)];
    const waiting = { error: { code: "LabelBudgetExceeded", message: "Not today" }, until: now };
    const empty = once({ budget: { take: () => Promise.resolve(waiting) } });
    expect(await detectOnce(hers, "a", empty)).toEqual({ waiting });
    expect(await detectOnce(his, "b", once())).toEqual(detected);
    expect([taken, paused]).toEqual([["call"], []]);
  });

  it("whose budget cannot be read is free for others at once", async () => {
    const one = await picture(randomUUID(), newBytes());
    const broken = once({ budget: { take: () => Promise.reject(new Error("outage")) } });
    await expect(detectOnce(one, "a", broken)).rejects.toThrow("outage");
    expect(await detectOnce(one, "b", once())).toEqual(detected);
    expect(paused).toEqual([]);
  });

  it("that does not end holds the others off until its lease ends", async () => {
    const one = await picture(randomUUID(), newBytes());
    const { promise: answer, resolve: finish } = Promise.withResolvers<Detection>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<undefined>();
    const slow = detectOnce(
      one,
      "slow",
      once({
        detect: () => {
          begin(undefined);
          return answer;
        },
      }),
    );
    await begun;
    await expect(detectOnce(one, "early", once())).rejects.toThrow(StillDetecting);
    now += lease + 1;
    expect(await detectOnce(one, "late", once())).toEqual(detected);
    finish({ labels: [], model: "3.0" });
    expect(await slow).toEqual({ detection: { labels: [], model: "3.0" } });
    expect(await detectOnce(one, "last", once())).toEqual(detected);
    expect(calls).toBe(1);
  });

  it("leaves nothing behind if the bytes were forgotten meanwhile", async () => {
    const one = await picture(randomUUID(), newBytes());
    const detect = async () => {
      const purging = asFunction(use(), "purge");
      await purging.contents.forget(one, one.sha256);
      purging.close();
      return found;
    };
    expect(await detectOnce(one, "a", once({ detect }))).toEqual(detected);
    expect(await contentRows(owner, one.sha256)).toEqual([]);
  });

  it("is not made for bytes that nobody has registered", async () => {
    const one = { ...(await picture(randomUUID(), newBytes())), sha256: newBytes() };
    await expect(detectOnce(one, "a", once())).rejects.toThrow(StillDetecting);
    expect([calls, await contentRows(owner, one.sha256)]).toEqual([0, []]);
  });
});
