import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import type { Asset } from "../../../domain/asset.ts";
import type { ErasureStatus } from "../../../domain/schema.ts";
import type { AssetEvent } from "../../../domain/event.ts";
import type { LabelJob, PurgeJob } from "../../../domain/messages.ts";
import { type Change, relay } from "../../../functions/relay/relay.ts";
import { sequenceIn } from "../../../functions/relay/sequence.ts";
import { anAsset } from "../../support/asset.ts";
import { useCloud } from "../../support/cloud.ts";
import { asFunction, type FunctionSide } from "../../support/function.ts";

const use = useCloud({ mappings: false });

let side: FunctionSide;

beforeAll(() => {
  side = asFunction(use(), "relay");
});

afterAll(() => side.close());

const at = "2026-01-01T00:00:00.000Z";

/** The stream of one owner: each asset is created, and received in its second version. */
function stream(ownerId: string, assets: number): Change[] {
  return Array.from({ length: assets }, (_, index) => {
    const id = `01JD3Z6V5K8Q2M7N4P9R0S${String(index).padStart(4, "0")}`;
    const created = anAsset({ ownerId, id });
    const received = anAsset({ ownerId, id, version: 2, state: "RECEIVED", labelStatus: "PENDING" });
    return [change(undefined, created), change(created, received)];
  }).flat();
}

let position = 0;

function change(before: Asset | undefined, after: Asset | undefined): Change {
  position += 1;
  return { position: String(position), before, after, at };
}

interface Given {
  readonly failing?: (event: AssetEvent) => boolean;
  readonly status?: ErasureStatus;
  readonly maxTogether?: number;
  /** For how many requests there is time. */
  readonly time?: number;
}

function relaying({ failing = () => false, status, maxTogether = 1, time = Infinity }: Given = {}) {
  let left = time;
  const requests: number[] = [];
  const published: AssetEvent[] = [];
  const jobs: LabelJob[] = [];
  const called: AssetEvent[] = [];
  const purges: PurgeJob[] = [];
  return {
    called,
    requests,
    published,
    jobs,
    purges,
    run: (changes: readonly Change[]) =>
      relay(changes, {
        erasure: () => Promise.resolve(status && { status }),
        sequence: sequenceIn(side.dynamodb, side.table("events"), { days: 30, now: Date.now }),
        publish: (events) => {
          requests.push(events.length);
          // The fields of one request are run in order. Those before one that fails are published.
          const end = events.findIndex(failing);
          published.push(...(end < 0 ? events : events.slice(0, end)));
          return end < 0 ? Promise.resolve() : Promise.reject(new Error("no"));
        },
        maxTogether,
        hasTime: () => left-- > 0,
        queueIndexing: () => Promise.resolve(),
        queueThumbnails: () => Promise.resolve(),
        queueLabels: (due) => {
          jobs.push(...due);
          return Promise.resolve();
        },
        queuePurge: (job) => Promise.resolve(void purges.push(job)),
        call: (event) => Promise.resolve(void called.push(event)),
        failed: () => undefined,
      }),
  };
}

const seqs = (events: readonly AssetEvent[]): number[] => events.map(({ seq }) => seq);

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe("the relay", () => {
  it("numbers an owner's events without gaps, in order, beyond one transaction's size", async () => {
    const owner = randomUUID();
    const { run, published, jobs } = relaying();
    expect(await run(stream(owner, 60))).toEqual([]);
    expect(seqs(published)).toEqual(upTo(120));
    expect(jobs).toHaveLength(60);
  });

  it("publishes an owner's events together, in order, up to a maximum", async () => {
    const { run, published, requests, called } = relaying({ maxTogether: 25 });
    expect(await run(stream(randomUUID(), 30))).toEqual([]);
    expect(seqs(published)).toEqual(upTo(60));
    expect(seqs(called)).toEqual(upTo(60));
    expect(requests).toEqual([25, 25, 10]);
  });

  it("publishes them one after another if they fail together: those before the failure are not repeated", async () => {
    const changes = stream(randomUUID(), 4);
    const { run, published, requests } = relaying({ maxTogether: 5, failing: ({ seq }) => seq === 3 });
    expect(await run(changes)).toEqual([changes[2]?.position]);
    expect(requests).toEqual([5, 1, 1, 1]);
    expect(seqs(published)).toEqual([1, 2, 1, 2]);
  });

  it("leaves to the next invocation what it has no time for", async () => {
    const changes = stream(randomUUID(), 5);
    const first = relaying({ maxTogether: 2, time: 3 });
    expect(await first.run(changes)).toEqual([changes[6]?.position]);
    const second = relaying({ maxTogether: 2 });
    expect(await second.run(changes.slice(6))).toEqual([]);
    expect([...seqs(first.published), ...seqs(second.published)]).toEqual(upTo(10));
  });

  it("gives a repeated change the number that it had", async () => {
    const owner = randomUUID();
    const changes = stream(owner, 3);
    const first = relaying();
    await first.run(changes.slice(0, 4));
    const again = relaying();
    await again.run(changes);
    expect(seqs(first.published)).toEqual(upTo(4));
    expect(seqs(again.published)).toEqual(upTo(6));
  });

  it("numbers owners independently, also when one fails", async () => {
    const [alice, bob] = [randomUUID(), randomUUID()];
    const theirs = [stream(alice, 2), stream(bob, 2)] as const;
    const { run, published } = relaying({ failing: ({ ownerId, seq }) => ownerId === alice && seq === 2 });
    const mixed = theirs[0].flatMap((one, index) => [one, theirs[1][index] as Change]);
    expect(await run(mixed)).toEqual([theirs[0][1]?.position]);
    expect(seqs(published.filter(({ ownerId }) => ownerId === alice))).toEqual([1]);
    expect(seqs(published.filter(({ ownerId }) => ownerId === bob))).toEqual([1, 2, 3, 4]);
  });

  it("leaves no gap and repeats no number when two functions run at the same time", async () => {
    const owner = randomUUID();
    const changes = stream(owner, 8);
    const runs = [relaying(), relaying(), relaying()];
    await Promise.all(runs.map(({ run }) => run(changes)));
    for (const { published } of runs) {
      expect(seqs(published)).toEqual(upTo(16));
    }
  });

  it("queues each event for the receivers of callbacks, in order", async () => {
    const { run, called, published } = relaying();
    await run(stream(randomUUID(), 2));
    expect(seqs(called)).toEqual([1, 2, 3, 4]);
    expect(called).toEqual(published);
  });

  it("publishes nothing for a write without an event", async () => {
    const { run, published, jobs } = relaying();
    const before = anAsset({ ownerId: randomUUID() });
    expect(await run([change(before, { ...before, version: 2, uploadExpiresAt: at })])).toEqual([]);
    expect([published, jobs]).toEqual([[], []]);
  });

  it("requests the purge of an asset once, after the events before it", async () => {
    const { run, purges, published } = relaying({ failing: ({ seq }) => seq === 2 });
    const created = anAsset({ ownerId: randomUUID() });
    const received = anAsset({ ...created, state: "RECEIVED", version: 2 });
    const marked = anAsset({ ...received, state: "DELETED", version: 3, purgeRequestedAt: at });
    const changes = [change(undefined, created), change(created, received), change(received, marked)];
    expect(await run(changes)).toEqual([changes[1]?.position]);
    expect(purges).toEqual([]);
    const again = relaying();
    await again.run([...changes, change(marked, { ...marked, version: 4 })]);
    expect(again.purges).toEqual([{ ownerId: created.ownerId, id: created.id }]);
    expect(again.published.map(({ type }) => type)).toEqual(["CREATED", "RECEIVED", "DELETED"]);
    expect(published).toHaveLength(1);
  });

  it("numbers, but does not publish, events of an owner who is to be erased", async () => {
    const owner = randomUUID();
    const { run, published, called } = relaying({ status: "REQUESTED" });
    await run(stream(owner, 2));
    expect(published).toEqual([]);
    expect(seqs(called)).toEqual([1, 2, 3, 4]);
    const cancelled = relaying({ status: "CANCELLED" });
    await cancelled.run(stream(owner, 3));
    expect(seqs(cancelled.published)).toEqual(upTo(6));
  });

  it.each<ErasureStatus>(["RUNNING", "DONE"])(
    "makes nothing of an owner whose erasure is %s",
    async (status) => {
      const owner = randomUUID();
      const { run, published, called, jobs } = relaying({ status });
      expect(await run(stream(owner, 2))).toEqual([]);
      expect([published, called, jobs]).toEqual([[], [], []]);
      const later = relaying();
      await later.run(stream(owner, 1));
      expect(seqs(later.published)).toEqual([1, 2]);
    },
  );

  it("publishes a removal with the last state of the asset", async () => {
    const { run, published } = relaying();
    const before = anAsset({ ownerId: randomUUID(), state: "UPLOADED", version: 5 });
    await run([change(before, undefined)]);
    expect(published).toMatchObject([
      { seq: 1, type: "PURGED", at, asset: { state: "UPLOADED", version: 5 } },
    ]);
  });
});
