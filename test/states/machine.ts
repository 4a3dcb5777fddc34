import {
  DeleteMessageBatchCommand,
  type Message as QueueMessage,
  ReceiveMessageCommand,
} from "@aws-sdk/client-sqs";
import { DeleteObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { type Asset as Row, objectKey, renditionsOf } from "../../domain/asset.ts";
import type { AssetEvent } from "../../domain/event.ts";
import type { LimitValues } from "../../domain/usage.ts";
import type { IndexJob, LabelJob, PurgeJob, ThumbnailJob } from "../../domain/messages.ts";
import { check } from "../../functions/ingest/check.ts";
import { ingest } from "../../functions/ingest/ingest.ts";
import { type Message, parseMessage } from "../../functions/ingest/message.ts";
import { objectsIn } from "../../functions/ingest/objects.ts";
import { type Budget, budgetIn } from "../../functions/label/budget.ts";
import { countersIn } from "../../functions/shared/counters.ts";
import type { Detection } from "../../functions/label/detection.ts";
import { label, type Outcome, recordFailure } from "../../functions/label/label.ts";
import { labelIndexIn } from "../../functions/indexer/label-index.ts";
import { reindex } from "../../functions/indexer/reindex.ts";
import { purge } from "../../functions/purge/purge.ts";
import { purgedAssetsIn } from "../../functions/purge/purged.ts";
import { versionsIn } from "../../functions/purge/versions.ts";
import { relay } from "../../functions/relay/relay.ts";
import { sequenceIn } from "../../functions/relay/sequence.ts";
import { moveDueIn } from "../../functions/shared/due.ts";
import { orderOfIndexing } from "../../functions/shared/indexing.ts";
import { sendAll } from "../../functions/shared/queue.ts";
import { partitionsIn } from "../../functions/shared/partitions.ts";
import { assetSource } from "../../functions/sweep/sources.ts";
import { sweep } from "../../functions/sweep/sweep.ts";
import { type Client, type Presigned, send } from "../support/client.ts";
import type { Running } from "../support/cloud.ts";
import { labellingOf } from "../support/labelling.ts";
import { asFunction } from "../support/function.ts";
import { render } from "../../functions/thumbnail/picture.ts";
import { picturesIn } from "../../functions/thumbnail/pictures.ts";
import {
  giveUp,
  makeThumbnails,
  type Outcome as ThumbnailOutcome,
} from "../../functions/thumbnail/thumbnail.ts";
import { streamReader } from "./stream.ts";

/** What an admin bounds. */
export type Bound = "none" | "no more assets" | "no more bytes" | "labelling paused" | "one more labelling";

export interface Usage {
  readonly assets: number;
  readonly bytes: number;
  readonly labelledToday: number;
}

const unlimited: LimitValues = {
  ...{ maxAssets: 1_000_000, maxBytes: 1e12, maxChangesADay: 1_000_000, maxRelabelsADay: 1_000_000 },
  ...{ maxLabelledADay: 1_000_000, maxLabelledADayInAll: 1_000_000, labellingPaused: false },
  ...{ maxCallbacksADay: 1_000_000, maxCallbacksADayToAHost: 1_000_000 },
};

const bounds: Readonly<Record<Bound, (usage: Usage) => Partial<LimitValues>>> = {
  none: () => ({}),
  "no more assets": ({ assets }) => ({ maxAssets: assets }),
  "no more bytes": ({ bytes }) => ({ maxBytes: bytes }),
  "labelling paused": () => ({ labellingPaused: true }),
  "one more labelling": ({ labelledToday }) => ({ maxLabelledADay: labelledToday + 1 }),
};

export interface Reserved {
  readonly id: string;
  readonly upload: Presigned;
  /** Epoch milliseconds. */
  readonly expires: number;
}

/** A message of the label queue: received again, it has the same id. */
export interface Queued {
  readonly job: LabelJob;
  readonly messageId: string;
}

/**
 * The real functions over the real tables, bucket and queues, each as its own role; but nothing runs by itself: the
 * test says which message is handed over, when, and what time it is.
 */
export class Machine {
  /** What the functions' clocks are ahead of this machine's, in milliseconds. */
  ahead = 0;
  readonly publications: AssetEvent[] = [];
  readonly client: Client;
  private readonly admin: Client;
  private readonly budget: Budget;
  private questions = 0;
  private readonly sides;
  private readonly sqs;
  private readonly changes;
  private readonly sequence;

  constructor(running: Running) {
    this.client = running.alice;
    this.admin = running.admin;
    this.sides = {
      ingest: asFunction(running, "ingest"),
      label: asFunction(running, "label"),
      relay: asFunction(running, "relay"),
      sweep: asFunction(running, "sweep"),
      indexer: asFunction(running, "indexer"),
      purge: asFunction(running, "purge"),
      thumbnail: asFunction(running, "thumbnail"),
      administrator: asFunction(running, "administrator"),
    };
    const { dynamodb, table } = this.sides.label;
    this.budget = budgetIn(
      countersIn({ client: dynamodb, once: dynamodb }, table("usage"), unlimited, Date.now),
      Date.now,
    );
    this.sqs = this.sides.administrator.sqs;
    this.changes = streamReader(running);
    this.sequence = sequenceIn(this.sides.relay.dynamodb, this.sides.relay.table("events"), {
      days: 0,
      now: this.now,
    });
  }

  close(): void {
    for (const side of Object.values(this.sides)) {
      side.close();
    }
  }

  now = (): number => Date.now() + this.ahead;

  row(id: string): Promise<Row | undefined> {
    return this.sides.ingest.assets.get(this.key(id));
  }

  async create(bytes: Buffer, contentType: string): Promise<Reserved> {
    const { asset, upload } = await this.client.create(bytes, contentType);
    return { id: asset.id, upload, expires: Date.parse(upload.expiresAt) };
  }

  /** The errorType of a creation that must fail. */
  async refusedCreation(contentLength: number): Promise<string | undefined> {
    const { errors } = await this.client.ask(
      "mutation ($input: CreateAssetInput!) { createAsset(input: $input) { asset { id } } }",
      { input: { contentType: "image/jpeg", contentLength } },
    );
    return errors?.[0]?.errorType;
  }

  async setLimits(bound: Bound): Promise<void> {
    const input = { ...unlimited, ...bounds[bound](await this.usage()) };
    await this.admin.get("mutation ($input: LimitsInput!) { setLimits(input: $input) { updatedAt } }", {
      input,
    });
  }

  /** What counts against the owner's limits. */
  async usage(): Promise<Usage> {
    const { getUser } = await this.admin.get<{ getUser: { usage: Usage } }>(
      "query ($id: ID!) { getUser(id: $id) { usage { assets bytes labelledToday } } }",
      { id: this.client.sub },
    );
    return getUser.usage;
  }

  /** Only a user with a profile can be asked for usage. */
  async begin(): Promise<void> {
    await this.client.get(`mutation { createUser(input: { name: "Alice" }) { id } }`);
    await this.setLimits("none");
  }

  /** The errorType that a mutation is answered with, or undefined. */
  async command(name: string, id: string): Promise<string | undefined> {
    const { errors } = await this.client.ask(`mutation ($id: ID!) { ${mutationOf(name)} }`, { id });
    return errors?.[0]?.errorType;
  }

  async upload({ upload }: Reserved, bytes: Buffer): Promise<void> {
    const { status, body } = await send(upload, bytes);
    if (status !== 200) {
      throw new Error(body);
    }
  }

  async removeObject(id: string): Promise<void> {
    const { s3, bucket } = this.sides.administrator;
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: objectKey(this.client.sub, id) }));
  }

  /** What waits in the queue of S3's events and checks, at least so many; they are the test's from now on. */
  async objectMessages(atLeast: number): Promise<Message[]> {
    return (await this.drain("uploads-events", atLeast)).map(({ Body = "" }) => parseMessage(Body));
  }

  async labelJobs(): Promise<Queued[]> {
    return (await this.drain("pipeline-labels")).map(({ Body = "", MessageId: messageId = "" }) => ({
      job: JSON.parse(Body) as LabelJob,
      messageId,
    }));
  }

  async indexJobs(): Promise<IndexJob[]> {
    return (await this.drain("search-jobs")).map(({ Body = "" }) => JSON.parse(Body) as IndexJob);
  }

  async purgeJobs(): Promise<PurgeJob[]> {
    return (await this.drain("purge-jobs")).map(({ Body = "" }) => JSON.parse(Body) as PurgeJob);
  }

  async purge(job: PurgeJob): Promise<void> {
    const { assets, contents, dynamodb, s3, bucket, table } = this.sides.purge;
    const index = labelIndexIn(dynamodb, table("labels"), this.now);
    const pause = () => Promise.resolve();
    await purge(job, {
      ...{ assets, forgetContent: contents.forget },
      versions: versionsIn(s3, bucket),
      purged: purgedAssetsIn(dynamodb, table("client-tokens")),
      isErased: () => Promise.resolve(false),
      callbacks: partitionsIn(dynamodb, table("callbacks")),
      reindex: (key) => reindex(key, { assets, index, pause, conflicted: () => undefined }),
      now: this.now,
      removed: () => undefined,
    });
  }

  async thumbnailJobs(): Promise<ThumbnailJob[]> {
    return (await this.drain("thumbnails-jobs")).map(({ Body = "" }) => JSON.parse(Body) as ThumbnailJob);
  }

  makeThumbnails(job: ThumbnailJob, gaveUp: boolean): Promise<ThumbnailOutcome> {
    const { assets, s3, bucket } = this.sides.thumbnail;
    const services = { assets, pictures: picturesIn(s3, bucket), render, now: this.now };
    return gaveUp ? giveUp(job, services) : makeThumbnails(job, services);
  }

  /** Keys of the asset's renditions. */
  async renditions(id: string): Promise<string[]> {
    const { s3, bucket: Bucket } = this.sides.administrator;
    const Prefix = renditionsOf(this.client.sub, id);
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
    return Contents.map(({ Key = "" }) => Key);
  }

  async index(job: IndexJob): Promise<void> {
    const { assets, dynamodb, table } = this.sides.indexer;
    const index = labelIndexIn(dynamodb, table("labels"), this.now);
    const pause = () => Promise.resolve();
    await reindex(job, { assets, index, pause, conflicted: () => undefined });
  }

  /** The assets that show a label, in any order, and how many are counted. */
  async found(label: string): Promise<{ readonly ids: readonly string[]; readonly count: number }> {
    const ids: string[] = [];
    let nextToken: string | null = null;
    do {
      const { searchAssets: page }: { searchAssets: MatchPage } = await this.client.get(
        `query ($label: String!, $nextToken: String) {
          searchAssets(label: $label, limit: 100, nextToken: $nextToken) { items { asset { id } } nextToken } }`,
        { label, nextToken },
      );
      ids.push(...page.items.map(({ asset }) => asset.id));
      nextToken = page.nextToken;
    } while (nextToken !== null);
    const { listLabels } = await this.client.get<{ listLabels: { items: { count: number }[] } }>(
      "query ($label: String!) { listLabels(prefix: $label) { items { count } } }",
      { label },
    );
    return { ids, count: listLabels.items[0]?.count ?? 0 };
  }

  async handle(message: Message): Promise<void> {
    const { assets, contents, s3, bucket, dynamodb, table } = this.sides.ingest;
    const services = {
      ...{ assets, contents },
      objects: objectsIn(s3, bucket),
      moveDue: moveDueIn(dynamodb, table("assets")),
      queuePurge: this.queuePurge,
      retention: { deletedDays: 0, failedDays: 0 },
      removes: true,
      now: this.now,
    };
    if (message.kind === "events") {
      for (const event of message.events) {
        await ingest(event, services);
      }
    } else if (message.kind === "check") {
      await check(message.key, services);
    }
  }

  look(id: string): Promise<void> {
    return this.handle({ kind: "check", key: this.key(id) });
  }

  async sweep(): Promise<void> {
    const source = assetSource(this.sides.sweep.table("assets"), {
      labelQueueUrl: this.queueUrl("pipeline-labels"),
      objectQueueUrl: this.queueUrl("uploads-events"),
      indexQueueUrl: this.queueUrl("search-jobs"),
      thumbnailQueueUrl: this.queueUrl("thumbnails-jobs"),
    });
    const { dynamodb } = this.sides.sweep;
    const failed = (error: unknown) => {
      throw error;
    };
    await sweep([source], { dynamodb, sqs: this.sqs, now: this.now, failed });
  }

  label({ job, messageId }: Queued, detect: () => Promise<Detection>): Promise<Outcome> {
    // Another question each time: the result of an earlier run of the asset would be used without a call.
    const question = { maxLabels: ++this.questions, minConfidence: 55 };
    const given = { budget: this.budget, detect, question, now: this.now, lease: 60_000 };
    const labelling = labellingOf(this.sides.label, given);
    return label(job, { jobId: messageId, last: false }, labelling);
  }

  recordFailure({ job, messageId }: Queued): Promise<Outcome> {
    return recordFailure(job, messageId, { assets: this.sides.label.assets, now: this.now });
  }

  /** Tells what was written since the last time; `again` as a stream that repeats. */
  async relay(again: boolean): Promise<void> {
    const changes = (await this.changes.next(again)).filter(
      ({ before, after }) => (after ?? before)?.ownerId === this.client.sub,
    );
    const failures = await relay(changes, {
      erasure: () => Promise.resolve(undefined),
      sequence: this.sequence,
      publish: (events) => {
        const known = new Set(this.publications.map(({ seq }) => seq));
        this.publications.push(...events.filter(({ seq }) => !known.has(seq)));
        return Promise.resolve();
      },
      maxTogether: 25,
      hasTime: () => true,
      queueLabels: (jobs) => sendAll(this.sqs, this.queueUrl("pipeline-labels"), jobs),
      queueThumbnails: (jobs) => sendAll(this.sqs, this.queueUrl("thumbnails-jobs"), jobs),
      queueIndexing: (jobs) =>
        sendAll(this.sqs, this.queueUrl("search-jobs"), jobs, { order: orderOfIndexing }),
      queuePurge: this.queuePurge,
      call: () => Promise.resolve(),
      failed: (_, error) => {
        throw error;
      },
    });
    if (failures.length > 0) {
      throw new Error("Changes could not be published");
    }
  }

  private readonly queuePurge = (job: PurgeJob): Promise<void> =>
    sendAll(this.sqs, this.queueUrl("purge-jobs"), [job]);

  private key(id: string) {
    return { ownerId: this.client.sub, id };
  }

  private queueUrl(name: string): string {
    return this.sides.administrator.queue(name).url;
  }

  private async drain(name: string, atLeast = 0): Promise<QueueMessage[]> {
    const QueueUrl = this.queueUrl(name);
    const drained: QueueMessage[] = [];
    for (;;) {
      const WaitTimeSeconds = drained.length < atLeast ? 20 : 0;
      const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds });
      const { Messages: messages = [] } = await this.sqs.send(receive);
      if (messages.length > 0) {
        drained.push(...messages);
        const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
        await this.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      } else if (drained.length >= atLeast) {
        return drained;
      }
    }
  }
}

interface MatchPage {
  readonly items: readonly { readonly asset: { readonly id: string } }[];
  readonly nextToken: string | null;
}

/** The mutation of a command, such as `deleteAsset`, `title A` or `remove Teal`. */
function mutationOf(command: string): string {
  const [verb = "", text = ""] = command.split(" ");
  switch (verb) {
    case "title":
      return `updateAsset(input: { id: $id, title: "${text}" }) { id }`;
    case "add":
    case "remove":
      return `setLabels(id: $id, ${verb}: ["${text}"]) { id }`;
    case "purgeAsset":
      return "purgeAsset(id: $id)";
    default:
      return `${verb}(id: $id) { ${verb === "renewUpload" ? "upload { url }" : "id"} }`;
  }
}
