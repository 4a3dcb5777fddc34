import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Asset } from "../../../domain/asset.ts";
import { wait } from "../../../domain/due.ts";
import type { Budget } from "../../../functions/label/budget.ts";
import type { Detection } from "../../../functions/label/detection.ts";
import { label, recordFailure } from "../../../functions/label/label.ts";
import { useCloud } from "../../support/cloud.ts";
import { asFunction, type FunctionSide } from "../../support/function.ts";
import { labellingOf } from "../../support/labelling.ts";

const use = useCloud({ mappings: false });

let side: FunctionSide;

beforeAll(() => {
  side = asFunction(use(), "label");
});

afterAll(() => side.close());

const found: Detection = { labels: [{ name: "Teal", confidence: 90, parents: [] }] };
const now = 1_000_000;

/** Units that were taken, less those that were given back. */
let taken = 0;
const budget: Budget = {
  take: () => {
    taken += 1;
    return Promise.resolve({ giveBack: () => Promise.resolve(void (taken -= 1)) });
  },
};

/** A received asset whose labels are due, and its job. */
async function due(changes: Partial<Asset> = {}) {
  const { alice } = use();
  const reader = asFunction(use(), "ingest");
  const { asset } = await alice.create(Buffer.from("x"), "image/jpeg");
  const key = { ownerId: alice.sub, id: asset.id };
  const set = { state: "RECEIVED", labelStatus: "PENDING", ...changes };
  await side.assets.update(key, { set, when: "attribute_exists(#id)" });
  const row = () => reader.assets.get(key);
  const giveUp = (jobId: string, at = now) =>
    recordFailure({ ...key, run: 1 }, jobId, { assets: side.assets, now: () => at });
  const run = (
    jobId: string,
    detect: () => Promise<Detection> = () => Promise.resolve(found),
    at = now,
    last = false,
  ) =>
    label(
      { ...key, run: 1 },
      { jobId, last },
      labellingOf(side, { budget, detect, now: () => at, lease: 60_000 }),
    );
  return { key, row, run, giveUp, end: () => reader.close() };
}

describe("a label job", () => {
  it("labels once, however often it is delivered", async () => {
    const { run, row, end } = await due();
    let calls = 0;
    const counting = () => {
      calls += 1;
      return Promise.resolve(found);
    };
    expect(
      await Promise.all([run("a", counting), run("b", counting), run("c", counting)]).then((all) =>
        all.sort(),
      ),
    ).toEqual(["labelled", "not due", "not due"]);
    expect(await run("a", counting)).toBe("not due");
    expect(calls).toBe(1);
    const after = await row();
    expect(after).toMatchObject({ labelStatus: "DONE", labels: found.labels });
    expect(after).not.toHaveProperty("labelJob");
    end();
  });

  it("is due again soon while renditions are missing, which may be made while it labels", async () => {
    const waiting = await due({ renditions: "PENDING" });
    expect(await waiting.run("a")).toBe("labelled");
    expect(await waiting.row()).toMatchObject({ labelStatus: "DONE", dueAt: now + wait.renditions });
    const { key, run, row, end } = await due({ renditions: "PENDING" });
    const made = async () => {
      await side.assets.update(key, { set: { renditions: "DONE" }, when: "attribute_exists(#id)" });
      return found;
    };
    expect(await run("a", made)).toBe("labelled");
    expect(await row()).toMatchObject({ labelStatus: "DONE", dueAt: now + wait.audit });
    waiting.end();
    end();
  });

  it("labels the rendition of a picture that Rekognition refuses", async () => {
    const keys: string[] = [];
    const own = await due();
    const rendered = await due({ labelledFrom: "RENDITION", renditions: "DONE" });
    for (const { run, end, key } of [own, rendered]) {
      const detect = (name: string) => {
        keys.push(name.replace(`${key.ownerId}/${key.id}`, "KEY"));
        return Promise.resolve(found);
      };
      await label(
        { ...key, run: 1 },
        { jobId: "a", last: false },
        labellingOf(side, { budget, detect, now: () => now, lease: 1 }),
      );
      expect(await run("a")).toBe("not due");
      end();
    }
    expect(keys).toEqual(["uploads/KEY", "renditions/KEY/label.jpg"]);
  });

  it("labels once when the queue delivers one message to two readers at the same time", async () => {
    const { run, end } = await due();
    let calls = 0;
    const counting = () => {
      calls += 1;
      return Promise.resolve(found);
    };
    const outcomes = await Promise.all([run("a", counting), run("a", counting)]);
    expect(outcomes.sort()).toEqual(["labelled", "not due"]);
    expect(calls).toBe(1);
    end();
  });

  it("continues after its own crash, and excludes others until its lease ends", async () => {
    const { run, row, end } = await due();
    const outage = () => Promise.reject(new Error("outage"));
    await expect(run("a", outage)).rejects.toThrow("outage");
    expect(await row()).toMatchObject({ labelStatus: "RUNNING", labelJob: "a" });
    expect(await run("b", undefined, now + 59_000)).toBe("not due");
    expect(await run("a", undefined, now + 59_000)).toBe("labelled");
    end();
  });

  it("writes nothing after another job took over when its lease ended", async () => {
    const { run, row, end } = await due();
    let finish: (detection: Detection) => void = () => undefined;
    let started: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (started = resolve));
    const slow = run("a", () => {
      started();
      return new Promise((resolve) => (finish = resolve));
    });
    await begun;
    expect(await run("b", undefined, now + 61_000)).toBe("labelled");
    finish({ labels: [] });
    expect(await slow).toBe("overtaken");
    expect(await row()).toMatchObject({ labelStatus: "DONE", labels: found.labels });
    end();
  });

  it("writes nothing while a job that took over still runs", async () => {
    const { run, row, end } = await due();
    const jobs = ["a", "b"].map(() => {
      const job: { start: () => void; finish: (detection: Detection) => void } = {
        start: () => undefined,
        finish: () => undefined,
      };
      const begun = new Promise<void>((resolve) => (job.start = resolve));
      const detect = () => {
        job.start();
        return new Promise<Detection>((resolve) => (job.finish = resolve));
      };
      return { job, begun, detect };
    });
    const [first, second] = jobs as [(typeof jobs)[0], (typeof jobs)[0]];
    const slow = run("a", first.detect);
    await first.begun;
    const other = run("b", second.detect, now + 61_000);
    await second.begun;
    first.job.finish({ labels: [] });
    expect(await slow).toBe("overtaken");
    expect(await row()).toMatchObject({ labelStatus: "RUNNING" });
    second.job.finish(found);
    expect(await other).toBe("labelled");
    expect(await row()).toMatchObject({ labelStatus: "DONE", labels: found.labels });
    end();
  });

  it("of an older run changes nothing", async () => {
    const { run, end } = await due({ labelRun: 2 });
    expect(await run("a")).toBe("not due");
    end();
  });

  it("does not label what is deleted, and leaves labels due if it was deleted meanwhile", async () => {
    const deleted = await due({ state: "DELETED" });
    expect(await deleted.run("a")).toBe("not due");
    deleted.end();
    const { key, run, row, end } = await due();
    const deleting = async () => {
      await side.assets.update(key, { set: { state: "DELETED" }, when: "attribute_exists(#id)" });
      return found;
    };
    expect(await run("a", deleting)).toBe("overtaken");
    const after = await row();
    expect(after).toMatchObject({ state: "DELETED", labelStatus: "PENDING" });
    expect(after).not.toHaveProperty("labels");
    end();
  });

  it("ends in FAILED with a permanent error", async () => {
    const { run, row, end } = await due();
    const error = { code: "InvalidImageFormat", message: "corrupt" };
    expect(await run("a", () => Promise.resolve({ error }))).toBe("failed");
    expect(await row()).toMatchObject({ labelStatus: "FAILED", labelError: error });
    end();
  });

  it("is tried again after a temporary error, and ends in FAILED with it after the last try", async () => {
    const { run, row, end } = await due();
    const error = { code: "InvalidS3Object", message: "The picture could not be read" };
    const unreadable = () => Promise.resolve({ error, mayPass: true });
    await expect(run("a", unreadable)).rejects.toThrow("InvalidS3Object");
    expect(await row()).toMatchObject({ labelStatus: "RUNNING", labelJob: "a" });
    expect(await run("a", unreadable, now, true)).toBe("failed");
    expect(await row()).toMatchObject({ labelStatus: "FAILED", labelError: error });
    end();
  });

  it("labels once it can read a picture that it could not read at first", async () => {
    const { run, row, end } = await due();
    const error = { code: "InvalidS3Object", message: "" };
    await expect(run("a", () => Promise.resolve({ error, mayPass: true }))).rejects.toThrow();
    expect(await run("a")).toBe("labelled");
    expect(await row()).toMatchObject({ labelStatus: "DONE" });
    end();
  });

  it("ends in FAILED when it reaches the dead letters, unless it was done meanwhile", async () => {
    const { run, giveUp, row, end } = await due();
    expect(await giveUp("a")).toBe("failed");
    expect(await row()).toMatchObject({
      labelStatus: "FAILED",
      labelError: { code: "LabellingUnavailable" },
    });
    expect(await giveUp("a")).toBe("not due");
    expect(await run("a")).toBe("not due");
    end();
  });

  it("does not fail while another job of the same run works", async () => {
    const { run, giveUp, row, end } = await due();
    await expect(run("b", () => Promise.reject(new Error("outage")))).rejects.toThrow("outage");
    expect(await giveUp("a")).toBe("not due");
    expect(await row()).toMatchObject({ labelStatus: "RUNNING", labelJob: "b" });
    expect(await giveUp("a", now + 61_000)).toBe("failed");
    end();
  });

  it("sets with each of its writes when the sweep checks it", async () => {
    const { run, row, end } = await due();
    let running: number | undefined;
    const looking = async () => {
      running = (await row())?.dueAt;
      return found;
    };
    await run("a", looking);
    expect(running).toBe(now + 60_000 + wait.lease);
    expect((await row())?.dueAt).toBe(now + wait.audit);
    end();
  });
});

describe("a label job and its budget", () => {
  it("takes one unit for each call, and gives it back after a temporary error", async () => {
    const { run, end } = await due();
    const before = taken;
    await expect(run("a", () => Promise.reject(new Error("throttled")))).rejects.toThrow("throttled");
    expect(taken).toBe(before);
    expect(await run("a")).toBe("labelled");
    expect(await run("a")).toBe("not due");
    expect(taken).toBe(before + 1);
    end();
  });

  it("waits without a call if the budget is spent, until its time and not longer", async () => {
    const { key, run, row, end } = await due();
    const until = now + 3_600_000;
    const error = { code: "LabelBudgetExceeded", message: "No more today" };
    const empty: Budget = { take: () => Promise.resolve({ error, until }) };
    const detect = () => Promise.reject(new Error("must not be called"));
    const labelling = labellingOf(side, { budget: empty, detect, now: () => now, lease: 60_000 });
    expect(await label({ ...key, run: 1 }, { jobId: "a", last: true }, labelling)).toBe("waits");
    const waiting = await row();
    expect(waiting).toMatchObject({ labelStatus: "PENDING", labelError: error, dueAt: until });
    expect(waiting).not.toHaveProperty("labelJob");
    expect(await run("b", undefined, until)).toBe("labelled");
    expect(await row()).not.toHaveProperty("labelError");
    end();
  });
});
