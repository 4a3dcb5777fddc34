import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import sharp from "sharp";
import type { Message } from "../../functions/ingest/message.ts";
import type { IndexJob, PurgeJob, ThumbnailJob } from "../../domain/messages.ts";
import type { Detection } from "../../functions/label/detection.ts";
import { useCloud } from "../support/cloud.ts";
import { useOneDay } from "../support/day.ts";
import { corruptJpeg, jpeg, png } from "../support/pictures.ts";
import { type Bound, Machine, type Queued, type Reserved } from "./machine.ts";
import * as model from "./model.ts";

useOneDay();

const use = useCloud({ mappings: false });

let machine: Machine;
let files: Record<model.Upload, Buffer>;

beforeAll(async () => {
  machine = new Machine(use());
  await machine.begin();
  files = {
    picture: await jpeg(),
    broken: await corruptJpeg(),
    webp: await sharp(await jpeg())
      .webp()
      .toBuffer(),
    text: Buffer.from("words"),
    other: await png(),
  };
});

afterAll(() => machine.close());

const minutes = (count: number): number => count * 60_000;

/** `which` picks one of what there is: an asset, a message, a job. */
type Step =
  | { readonly do: "create"; readonly upload: model.Upload }
  | { readonly do: "upload" | "look" | "removeObject"; readonly which: number }
  | { readonly do: "handle" | "index" | "purge"; readonly which: number; readonly again: boolean }
  | { readonly do: "label"; readonly which: number; readonly how: How; readonly again: boolean }
  | { readonly do: "thumbnail"; readonly which: number; readonly gaveUp: boolean; readonly again: boolean }
  | { readonly do: "command"; readonly which: number; readonly name: model.Command }
  | { readonly do: "relay"; readonly again: boolean }
  | { readonly do: "bound"; readonly bound: Bound }
  | { readonly do: "sweep" }
  | { readonly do: "wait"; readonly minutes: number };

/** A labelling ends, dies in the middle, has its asset deleted in the middle, or is given up by the queue. */
type How = "ends" | "dies" | "deleted" | "dead-lettered";

const bounds = ["no more assets", "no more bytes", "labelling paused", "one more labelling"] as const;

const which = fc.nat(5);
const again = fc.boolean();
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("create" as const), upload: uploads() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("upload" as const), which }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom("look" as const, "removeObject" as const), which }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("handle" as const), which, again }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("relay" as const), again }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom("index" as const, "purge" as const), which, again }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      ...{ do: fc.constant("thumbnail" as const), which, again },
      gaveUp: fc.constantFrom(false, false, true),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      ...{ do: fc.constant("label" as const), which, again },
      how: fc.constantFrom<How>("ends", "ends", "dies", "deleted", "dead-lettered"),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      ...{ do: fc.constant("command" as const), which },
      name: fc.constantFrom(...model.commandNames),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("bound" as const),
      bound: fc.constantFrom<Bound>("none", "none", ...bounds),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "sweep" as const }) },
  // None of their sums is the moment at which an upload lapses.
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("wait" as const), minutes: fc.constantFrom(2.5, 7, 20) }),
  },
);

/** A picture with its labels: half of the runs begin with it, since chance seldom comes so far. */
const labelled: readonly Step[] = [
  { do: "create", upload: "picture" },
  { do: "upload", which: 0 },
  { do: "handle", which: 0, again: false },
  { do: "relay", again: false },
  { do: "label", which: 0, how: "ends", again: false },
  { do: "relay", again: false },
  { do: "index", which: 0, again: false },
];

/** Media types that are not JPEG. */
const types: Partial<Record<model.Upload, string>> = { text: "text/plain", webp: "image/webp" };

function uploads() {
  return fc.constantFrom<model.Upload>("picture", "picture", "webp", "webp", "broken", "text", "other");
}

interface Pair {
  readonly real: Reserved;
  readonly model: model.Asset;
}

/** The assets of the runs that have ended. */
const everything: Pair[] = [];

/** One run: the model beside the machine, and the messages that are on their way. */
class Run {
  private readonly assets: Pair[] = [];
  private readonly messages: Message[] = [];
  private readonly jobs: Queued[] = [];
  private readonly indexJobs: IndexJob[] = [];
  private readonly purgeJobs: PurgeJob[] = [];
  private readonly thumbnailJobs: ThumbnailJob[] = [];
  private readonly publishedBefore = machine.publications.length;
  private bound: Bound = "none";
  /** What the owner had when it was set. */
  private boundAt = usageOf([]);
  /** How many labellings there is room for. */
  private room = Infinity;

  constructor() {
    machine.ahead = 0;
  }

  async step(step: Step): Promise<void> {
    switch (step.do) {
      case "create":
        return this.create(step.upload);
      case "relay":
        return this.relay(step.again);
      case "bound":
        return this.setBound(step.bound);
      case "sweep":
        return this.sweep();
      case "wait":
        machine.ahead += minutes(step.minutes);
        return;
      case "handle":
        return this.handle(step.which, step.again);
      case "index":
        return this.index(step.which, step.again);
      case "purge":
        return this.purge(step.which, step.again);
      case "thumbnail":
        return this.makeThumbnails(step.which, step.gaveUp, step.again);
      case "label":
        return this.label(step.which, step.how, step.again);
      default:
        return this.touch(step);
    }
  }

  private async create(upload: model.Upload): Promise<void> {
    // An owner who has less than the bound, after a purge, may create as much again.
    if (this.bound.startsWith("no more") && !this.hasRoomFor(upload)) {
      expect(await machine.refusedCreation(files[upload].length)).toBe("QuotaExceeded");
      return;
    }
    const contentType = types[upload] ?? "image/jpeg";
    const real = await machine.create(files[upload], contentType);
    this.assets.push({ real, model: { ...model.created(upload, 0), expires: real.expires } });
  }

  private async setBound(bound: Bound): Promise<void> {
    await machine.setLimits(bound);
    this.bound = bound;
    this.boundAt = usageOf([...everything, ...this.assets]);
    this.room = bound === "labelling paused" ? 0 : bound === "one more labelling" ? 1 : Infinity;
  }

  private async touch(step: Extract<Step, { do: "upload" | "look" | "removeObject" | "command" }>) {
    const asset = pick(this.assets, step.which);
    if (!asset) {
      return;
    }
    switch (step.do) {
      case "upload":
        if (!asset.model.uploaded) {
          await machine.upload(asset.real, files[asset.model.upload]);
          asset.model.uploaded = asset.model.object = true;
          await this.collect(1);
        }
        return;
      case "removeObject":
        if (asset.model.object) {
          await machine.removeObject(asset.real.id);
          asset.model.object = false;
          await this.collect(1);
        }
        return;
      case "look":
        await machine.look(asset.real.id);
        await this.collect(this.removedBy(() => model.check(asset.model, machine.now())));
        return;
      case "command": {
        const answer = await machine.command(step.name, asset.real.id);
        expect(answer).toBe(model.command(asset.model, step.name, Date.now()));
      }
    }
  }

  private async handle(which: number, again: boolean): Promise<void> {
    const message = pick(this.messages, which);
    if (!message) {
      return;
    }
    await machine.handle(message);
    const removed = this.removedBy(() => this.understand(message));
    if (!again) {
      this.messages.splice(this.messages.indexOf(message), 1);
    }
    await this.collect(removed);
  }

  /** How many objects the functions removed by themselves, for which S3 sends events too. */
  private removedBy(act: () => void): number {
    const stored = () => this.assets.filter(({ model: { object } }) => object).length;
    const before = stored();
    act();
    return before - stored();
  }

  private understand(message: Message): void {
    if (message.kind === "check") {
      const asset = this.assetOf(message.key.id);
      if (asset) {
        model.check(asset, machine.now());
      }
    } else if (message.kind === "events") {
      for (const { kind, key } of message.events) {
        const asset = this.assetOf(key.split("/")[2] ?? "");
        if (asset) {
          (kind === "created" ? model.hearCreated : model.hearRemoved)(asset);
        }
      }
    }
  }

  private async label(which: number, how: How, again: boolean): Promise<void> {
    const queued = pick(this.jobs, which);
    const asset = queued && this.assetOf(queued.job.id);
    if (!asset) {
      return;
    }
    const { run } = queued.job;
    if (how === "dead-lettered") {
      await machine.recordFailure(queued);
      model.giveUp(asset, queued.messageId, run, machine.now());
    } else {
      const begins = model.beginLabels(asset, queued.messageId, run, machine.now());
      const outcome = await machine.label(queued, () => this.detect(queued, asset, how)).catch(died);
      expect(outcome === "not due").toBe(!begins);
      const waits = begins && this.room === 0;
      expect(outcome === "waits").toBe(waits);
      this.room -= begins && !waits ? 1 : 0;
      if (waits) {
        model.putOffLabels(asset);
      } else if (begins && how !== "dies") {
        model.endLabels(asset, asset.upload === "broken" ? "FAILED" : "DONE");
      }
    }
    if (!again) {
      this.jobs.splice(this.jobs.indexOf(queued), 1);
    }
  }

  private async detect({ job }: Queued, asset: model.Asset, how: How): Promise<Detection> {
    if (how === "dies") {
      throw new Death();
    }
    if (how === "deleted") {
      await machine.command("deleteAsset", job.id);
      model.command(asset, "deleteAsset", Date.now());
    }
    return asset.upload === "broken"
      ? { error: { code: "InvalidImageFormat", message: "" } }
      : { labels: [{ name: "Teal", confidence: 90, parents: [] }] };
  }

  /** An owner's jobs come in order, but one may come again at any time. */
  private async index(which: number, again: boolean): Promise<void> {
    const job = pick(this.indexJobs, which);
    if (job) {
      await machine.index(job);
      if (!again) {
        this.indexJobs.splice(this.indexJobs.indexOf(job), 1);
      }
    }
  }

  private async makeThumbnails(which: number, gaveUp: boolean, again: boolean): Promise<void> {
    const job = pick(this.thumbnailJobs, which);
    const asset = job && this.assetOf(job.id);
    if (!asset) {
      return;
    }
    const outcome = await machine.makeThumbnails(job, gaveUp);
    expect(["not due", "gone"].includes(outcome as string)).toBe(!model.endRenditions(asset, !gaveUp));
    if (!again) {
      this.thumbnailJobs.splice(this.thumbnailJobs.indexOf(job), 1);
    }
  }

  private async purge(which: number, again: boolean): Promise<void> {
    const job = pick(this.purgeJobs, which);
    const asset = job && this.assetOf(job.id);
    if (!asset) {
      return;
    }
    await machine.purge(job);
    const removed = this.removedBy(() => model.runPurge(asset));
    if (!again) {
      this.purgeJobs.splice(this.purgeJobs.indexOf(job), 1);
    }
    await this.collect(removed);
  }

  private async relay(again: boolean): Promise<void> {
    await machine.relay(again);
    await this.collect();
    for (const { real, model: asset } of this.assets) {
      const publications = machine.publications.filter(({ assetId }) => assetId === real.id);
      expect(publications.map(({ type, edited }) => (edited ? `edited ${type}` : type))).toEqual(
        asset.publications,
      );
    }
  }

  private async sweep(): Promise<void> {
    await machine.sweep();
    await this.collect();
  }

  /** Takes up what is on its way for this run's assets. */
  private async collect(objectEvents = 0): Promise<void> {
    const mine = (id: string) => this.assetOf(id) !== undefined;
    const messages = await machine.objectMessages(objectEvents);
    this.messages.push(
      ...messages.filter((message) =>
        message.kind === "check"
          ? mine(message.key.id)
          : message.kind === "events" && message.events.some(({ key }) => mine(key.split("/")[2] ?? "")),
      ),
    );
    this.jobs.push(...(await machine.labelJobs()).filter(({ job }) => mine(job.id)));
    this.indexJobs.push(...(await machine.indexJobs()).filter(({ id }) => mine(id)));
    this.purgeJobs.push(...(await machine.purgeJobs()).filter(({ id }) => mine(id)));
    this.thumbnailJobs.push(...(await machine.thumbnailJobs()).filter(({ id }) => mine(id)));
  }

  /** The row is what the contract says that the asset is. */
  async agree(): Promise<void> {
    for (const { real, model: asset } of this.assets) {
      const row = await machine.row(real.id);
      expect(
        row && {
          ...{ state: row.state, former: row.formerState, labels: row.labelStatus, run: row.labelRun },
          renditions: row.renditions,
        },
      ).toEqual(
        asset.purged
          ? undefined
          : {
              ...{ state: asset.state, former: asset.former, labels: asset.labels, run: asset.run },
              renditions: asset.renditions,
            },
      );
    }
    await this.usageAgrees();
  }

  /** Counters are what the assets of all runs add up to. */
  private async usageAgrees(): Promise<void> {
    expect(await machine.usage()).toMatchObject(usageOf([...everything, ...this.assets]));
  }

  /** Whether the owner has given back enough since the bound was set. */
  private hasRoomFor(upload: model.Upload): boolean {
    const { assets, bytes } = usageOf([...everything, ...this.assets]);
    return this.bound === "no more assets"
      ? assets < this.boundAt.assets
      : bytes + files[upload].length <= this.boundAt.bytes;
  }

  /** Lets everything that is on its way arrive, and time pass, until nothing more happens. */
  async settle(): Promise<void> {
    await this.setBound("none");
    // Longer than each wait of domain/due.ts, and the audit's week too.
    for (const pause of [minutes(16), minutes(16), minutes(8 * 1440), minutes(8 * 1440)]) {
      await this.relay(false);
      while (this.messages.length > 0) {
        await this.handle(0, false);
      }
      while (this.thumbnailJobs.length > 0) {
        await this.makeThumbnails(0, false, false);
      }
      while (this.jobs.length > 0) {
        await this.label(0, "ends", false);
      }
      await this.indexAll();
      await this.purgeAll();
      machine.ahead += pause;
      await this.sweep();
    }
    await this.relay(false);
    while (this.messages.length > 0) {
      await this.handle(0, false);
    }
    await this.purgeAll();
    await this.relay(true);
    await this.indexAll();
  }

  private async indexAll(): Promise<void> {
    while (this.indexJobs.length > 0) {
      await this.index(0, false);
    }
  }

  private async purgeAll(): Promise<void> {
    while (this.purgeJobs.length > 0) {
      await this.purge(0, false);
    }
  }

  /** Each asset ended in its true state, and every step was published once to its owner. */
  async ended(): Promise<void> {
    expect(this.assets.filter(({ model: asset }) => asset.purging && asset.object)).toEqual([]);
    for (const { real } of this.assets.filter(({ model: { purged } }) => purged)) {
      expect(await machine.renditions(real.id)).toEqual([]);
    }
    for (const { model: asset } of this.assets.filter(({ model: { purged } }) => !purged)) {
      const uploadState = asset.former ?? asset.state;
      expect({ uploadState, object: asset.object }).toEqual({
        uploadState,
        object: uploadState !== "EXPIRED" && uploadState !== "REJECTED",
      });
      expect(uploadState).not.toBe("CREATED");
      if (asset.state !== "DELETED") {
        expect(["PENDING", "RUNNING"]).not.toContain(asset.labels);
        expect(asset.renditions).not.toBe("PENDING");
      }
    }
    const publications = machine.publications.slice(this.publishedBefore);
    expect(publications.map(({ seq }) => seq)).toEqual(
      publications.map((_, index) => this.publishedBefore + index + 1),
    );
    await this.logHolds(publications.length);
    await this.indexAgrees();
  }

  /** Searches and counts have what the assets show, those of earlier runs too. */
  private async indexAgrees(): Promise<void> {
    everything.push(...this.assets);
    for (const label of ["Boat", "Teal"]) {
      const showing = everything.filter(({ model: asset }) => model.shown(asset).includes(label));
      const { ids, count } = await machine.found(label);
      expect(ids.toSorted()).toEqual(showing.map(({ real }) => real.id).toSorted());
      expect(count).toBe(showing.length);
    }
  }

  private async logHolds(count: number): Promise<void> {
    const { listAssetEvents } = await machine.client.get<{ listAssetEvents: { items: { seq: number }[] } }>(
      "query ($after: Int) { listAssetEvents(after: $after, limit: 100) { items { seq } } }",
      { after: this.publishedBefore },
    );
    const seqs = listAssetEvents.items.map(({ seq }) => seq);
    expect(seqs).toEqual(
      Array.from({ length: Math.min(count, 100) }, (_, index) => this.publishedBefore + index + 1),
    );
  }

  private assetOf(id: string): model.Asset | undefined {
    return this.assets.find(({ real }) => real.id === id)?.model;
  }
}

/** What counts against the owner's limits. */
function usageOf(pairs: readonly Pair[]) {
  const counted = pairs.filter(({ model: asset }) => model.isCounted(asset));
  const bytes = counted.reduce((all, { model: { upload } }) => all + files[upload].length, 0);
  return { assets: counted.length, bytes };
}

class Death extends Error {}

function died(error: unknown): "died" {
  if (error instanceof Death) {
    return "died";
  }
  throw error;
}

const pick = <Item>(items: readonly Item[], which: number): Item | undefined => items[which % items.length];

describe("an asset", () => {
  it("follows the contract under any order of requests, and of events that are repeated, lost or late, and ends in the state of its object", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(steps, { minLength: 5, maxLength: 30 }),
        async (begun, sequence) => {
          const run = new Run();
          for (const step of [...(begun ? labelled : []), ...sequence]) {
            await run.step(step);
            await run.agree();
          }
          await run.settle();
          await run.agree();
          await run.ended();
        },
      ),
      { numRuns: Number(process.env["RUNS"] ?? 12), interruptAfterTimeLimit: 600_000 },
    );
  }, 600_000);
});
