import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, it } from "@jest/globals";
import { accountId, region, resource, temporaryStorage } from "../graph.ts";
import { openS3 } from "./support.ts";

const Bucket = "pictures";
const Key = "k 1";
const eventBridge = resource("aws:s3/bucketNotification:BucketNotification", "events", {
  bucket: Bucket,
  eventbridge: true,
});
const versioned = resource("aws:s3/bucketVersioning:BucketVersioning", "versions", {
  bucket: Bucket,
  versioningConfiguration: { status: "Enabled" },
});

interface Event {
  readonly id: string;
  readonly "detail-type": string;
  readonly detail: {
    readonly object: Readonly<Record<string, unknown>>;
    readonly reason: string;
    readonly "deletion-type"?: string;
  };
}

/** A bucket whose events are collected, with the ARN of the target that each was sent to. */
async function openBucket(...others: Parameters<typeof openS3>[0] & object[]) {
  const sent: [target: string, event: Event][] = [];
  const opened = await openS3([eventBridge, ...others], {
    notify: (_bucket, target, body) => Promise.resolve(void sent.push([target, JSON.parse(body) as Event])),
  });
  return {
    client: opened.client,
    events: async () => {
      await opened.s3.idle();
      return sent.map(([, event]) => event);
    },
    targets: () => sent.map(([target]) => target),
  };
}

describe("A bucket with eventbridge", () => {
  it("sends its events to the default event bus, and no test event", async () => {
    const { client, events, targets } = await openBucket();
    await client.send(new PutObjectCommand({ Bucket, Key, Body: "1" }));
    expect((await events()).map((event) => event["detail-type"])).toEqual(["Object Created"]);
    expect(targets()).toEqual([`arn:aws:events:${region}:${accountId}:event-bus/default`]);
  });

  it("says which operation created an object", async () => {
    const { client, events } = await openBucket();
    await client.send(new PutObjectCommand({ Bucket, Key, Body: "1" }));
    await client.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/k%201` }));
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: "parts" }));
    const upload = { Bucket, Key: "parts", UploadId };
    const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: "1" }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));
    const created = await events();
    expect(new Set(created.map(({ detail }) => detail.reason))).toEqual(
      new Set(["PutObject", "CopyObject", "CompleteMultipartUpload"]),
    );
    expect(new Set(created.map(({ id }) => id)).size).toBe(3);
  });

  it("distinguishes a delete marker from a permanent deletion, with the version of each", async () => {
    const { client, events } = await openBucket(versioned);
    const { VersionId } = await client.send(new PutObjectCommand({ Bucket, Key, Body: "1" }));
    const marker = await client.send(new DeleteObjectCommand({ Bucket, Key }));
    await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    const [created, hidden, deleted] = (await events()).map(({ detail }) => detail);
    const sequencer = expect.any(String);
    const etag = "c4ca4238a0b923820dcc509a6f75849b";
    expect(created?.object).toEqual({ key: Key, size: 1, etag, "version-id": VersionId, sequencer });
    expect(hidden).toMatchObject({ reason: "DeleteObject", "deletion-type": "Delete Marker Created" });
    expect(hidden?.object).toEqual({
      key: Key,
      etag: "d41d8cd98f00b204e9800998ecf8427e",
      "version-id": marker.VersionId,
      sequencer,
    });
    expect(deleted).toMatchObject({ reason: "DeleteObject", "deletion-type": "Permanently Deleted" });
    expect(deleted?.object).toEqual({ key: Key, "version-id": VersionId, sequencer });
  });

  it("sends an event again after a restart until the bus accepts it, with the same id", async () => {
    const storage = temporaryStorage();
    const ids: string[] = [];
    const collect = (answer: () => Promise<void>) => (_bucket: string, _target: string, body: string) => {
      ids.push((JSON.parse(body) as Event).id);
      return answer();
    };
    const down = await openS3([eventBridge], {
      storage,
      notify: collect(() => Promise.reject(new Error("down"))),
    });
    await down.client.send(new PutObjectCommand({ Bucket, Key, Body: "1" }));
    await down.s3.stop();
    const up = await openS3([eventBridge], { storage, notify: collect(() => Promise.resolve()) });
    await up.s3.idle();
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(1);
  });
});
