import { randomUUID } from "node:crypto";
import { BatchWriteItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { type Asset, objectKey } from "../../domain/asset.ts";
import { wait } from "../../domain/due.ts";
import type { RowKey } from "../../domain/messages.ts";
import { check, type CheckOutcome } from "../../functions/ingest/check.ts";
import { ingest, type ObjectEvent, type Outcome } from "../../functions/ingest/ingest.ts";
import type { Objects } from "../../functions/ingest/objects.ts";
import type { Retention } from "../../functions/ingest/retention.ts";
import type { StoredObject } from "../../functions/ingest/verify.ts";
import { moveDueIn } from "../../functions/shared/due.ts";
import { anAsset } from "./asset.ts";
import type { FunctionSide } from "./function.ts";

const words = Buffer.from("some words");

/** A bucket with at most one object, and the S3 events about it. */
export interface Bucket extends Pick<Objects, "exists" | "read" | "removeRenditions"> {
  readonly notifications: readonly ObjectEvent[];
  /** Called once, right after the next read of the bucket. */
  meanwhile: (() => unknown) | undefined;
  readonly has: () => boolean;
  /** Whether there are smaller copies. */
  renditions: boolean;
  readonly remove: () => void;
  /** Uploads, unless there is an object: nothing is overwritten. */
  readonly put: () => void;
}

function bucketOf(key: string): Bucket {
  let object: StoredObject | undefined;
  const notifications: ObjectEvent[] = [];
  const notify = (kind: ObjectEvent["kind"]) =>
    notifications.push({ kind, key, sequencer: String(notifications.length + 1).padStart(4, "0") });
  const read = async () => {
    const seen = object;
    const { meanwhile } = bucket;
    bucket.meanwhile = undefined;
    await meanwhile?.();
    return seen;
  };
  const bucket: Bucket = {
    notifications,
    meanwhile: undefined,
    renditions: true,
    has: () => object !== undefined,
    put: () => {
      if (!object) {
        object = { contentLength: words.length, contentType: "text/plain", head: new Uint8Array(words) };
        notify("created");
      }
    },
    read,
    exists: async () => (await read()) !== undefined,
    remove: () => {
      if (object) {
        object = undefined;
        notify("removed");
      }
    },
    removeRenditions: () => {
      bucket.renditions = false;
      return Promise.resolve();
    },
  };
  return bucket;
}

export interface Pair {
  readonly asset: Asset;
  readonly bucket: Bucket;
  /** Purges that were asked for. They remove the object at once. */
  readonly purges: readonly RowKey[];
  readonly row: () => Promise<Asset | undefined>;
  /** One of S3's events comes. */
  readonly deliver: (event: ObjectEvent | undefined) => Promise<Outcome | undefined>;
  /** A check runs, by default after the upload URL has expired. */
  readonly check: (now?: number) => Promise<CheckOutcome>;
}

/** A row as it should be at the start, and its bucket; `owner` may write the row. */
export async function rowAndBucket(
  side: FunctionSide,
  owner: FunctionSide,
  changes: Partial<Asset> = {},
  keeping: Partial<Retention> & { readonly removes?: boolean } = {},
): Promise<Pair> {
  const asset = anAsset({
    ...{ ownerId: randomUUID(), contentType: "text/plain", contentLength: words.length },
    ...changes,
  });
  await putRows(owner, "assets", [asset]);
  const bucket = bucketOf(objectKey(asset.ownerId, asset.id));
  const purges: RowKey[] = [];
  const queuePurge = (key: RowKey) => {
    purges.push(key);
    bucket.remove();
    return Promise.resolve();
  };
  const services = { assets: side.assets, contents: side.contents, objects: bucket, queuePurge };
  const retention = { deletedDays: 0, failedDays: 0, ...keeping };
  const moveDue = moveDueIn(side.dynamodb, side.table("assets"));
  return {
    ...{ asset, bucket, purges },
    row: () => side.assets.get(asset),
    deliver: async (event) => event && ingest(event, { ...services, now: Date.now }),
    check: (now = lapsed(asset)) =>
      check(asset, { ...services, moveDue, retention, removes: keeping.removes ?? true, now: () => now }),
  };
}

/** The time after which no upload can be running any more. */
export const lapsed = (asset: Asset): number => Date.parse(asset.uploadExpiresAt) + wait.upload;

/** The rows of the contents table for the same bytes: of their owners, and of their labels. */
export async function contentRows(side: FunctionSide, sha256: string): Promise<Record<string, unknown>[]> {
  const { Items = [] } = await side.dynamodb.send(
    new QueryCommand({
      TableName: side.table("contents"),
      KeyConditionExpression: "sha256 = :sha256",
      ExpressionAttributeValues: { ":sha256": { S: sha256 } },
    }),
  );
  return Items.map((item) => unmarshall(item));
}

export async function putRows(side: FunctionSide, table: string, rows: readonly object[]): Promise<void> {
  for (let from = 0; from < rows.length; from += 25) {
    const requests = rows.slice(from, from + 25).map((row) => ({ PutRequest: { Item: marshall(row) } }));
    await side.dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [side.table(table)]: requests } }));
  }
}
