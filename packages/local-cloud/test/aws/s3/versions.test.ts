import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { describe, expect, it } from "@jest/globals";
import { operationOf } from "../../../src/aws/s3/routes.ts";
import { checkVersionId } from "../../../src/aws/s3/versions.ts";
import { allow, resource, role, temporaryStorage } from "../graph.ts";
import { bucketArn, clientOf, notification, openS3, send, target, textOf } from "./support.ts";

const Bucket = "pictures";
const versioned = { versioning: "Enabled" } as Parameters<typeof checkVersionId>[1];
const Key = "k";
const versioning = (status: string) =>
  resource("aws:s3/bucketVersioning:BucketVersioning", "versions", {
    bucket: Bucket,
    versioningConfiguration: { status },
  });
const enabled = versioning("Enabled");

const put = (s3: S3Client, Body: string, key = Key) =>
  s3.send(new PutObjectCommand({ Bucket, Key: key, Body }));
const read = async (s3: S3Client, VersionId?: string, key = Key) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: key, VersionId }));
  return Body?.transformToString();
};
const remove = (s3: S3Client, VersionId?: string, key = Key) =>
  s3.send(new DeleteObjectCommand({ Bucket, Key: key, VersionId }));
const list = async (s3: S3Client, more: object = {}) => {
  const page = await s3.send(new ListObjectVersionsCommand({ Bucket, ...more }));
  const { Versions = [], DeleteMarkers = [] } = page;
  return { ...page, Versions, DeleteMarkers };
};

describe("a versioned bucket", () => {
  it("keeps what is overwritten, and reads each version by its id", async () => {
    const { client } = await openS3([enabled]);
    const { VersionId: one } = await put(client, "1");
    const { VersionId: two } = await put(client, "2");
    expect([one, two]).toEqual([expect.stringMatching(/^[\w-]{32}$/), expect.stringMatching(/^[\w-]{32}$/)]);
    expect(await read(client)).toBe("2");
    expect(await read(client, one)).toBe("1");
    const head = await client.send(new HeadObjectCommand({ Bucket, Key, VersionId: one }));
    expect(head).toMatchObject({ VersionId: one, ContentLength: 1 });
    expect((await client.send(new GetObjectCommand({ Bucket, Key }))).VersionId).toBe(two);
    const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket }));
    expect(Status).toBe("Enabled");
  });

  it("hides a deleted key behind a marker, and shows it again when the marker goes", async () => {
    const { client } = await openS3([enabled]);
    const { VersionId } = await put(client, "1");
    const deleted = await remove(client);
    expect(deleted).toMatchObject({ DeleteMarker: true, VersionId: expect.any(String) as unknown });
    await expect(read(client)).rejects.toMatchObject({ name: "NoSuchKey" });
    expect((await client.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    expect(await read(client, VersionId)).toBe("1");
    await expect(read(client, deleted.VersionId)).rejects.toMatchObject({
      name: "MethodNotAllowed",
      $metadata: { httpStatusCode: 405 },
    });
    const undeleted = await remove(client, deleted.VersionId);
    expect(undeleted).toMatchObject({ DeleteMarker: true, VersionId: deleted.VersionId });
    expect(await read(client)).toBe("1");
  });

  it("says of a hidden key that it is deleted, with the marker's id", async () => {
    const { client, door } = await openS3([enabled]);
    await put(client, "1");
    const { VersionId } = await remove(client);
    const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key }));
    const { status, headers, text } = await send(door, "GET", target(url));
    expect([status, textOf(text, "Code")]).toEqual([404, "NoSuchKey"]);
    expect(headers).toMatchObject({ "x-amz-delete-marker": "true", "x-amz-version-id": VersionId });
  });

  it("removes a version for good by its id, its bytes too, and shows the one before", async () => {
    const storage = temporaryStorage();
    const { client } = await openS3([enabled], { storage });
    await put(client, "1");
    const { VersionId } = await put(client, "2");
    expect(await remove(client, VersionId)).toMatchObject({ VersionId });
    expect(await read(client)).toBe("1");
    await expect(read(client, VersionId)).rejects.toMatchObject({ name: "NoSuchVersion" });
    expect(readdirSync(join(storage.folder, "objects"))).toHaveLength(1);
    // Removing what is not there succeeds, and changes nothing.
    expect(await remove(client, VersionId)).toMatchObject({ VersionId });
    expect(await read(client)).toBe("1");
  });

  it("lists the versions of a key newest first, markers among them, page by page", async () => {
    const { client } = await openS3([enabled]);
    const ids: (string | undefined)[] = [];
    for (const body of ["1", "2"]) {
      ids.unshift((await put(client, body, "a")).VersionId);
    }
    const marker = (await remove(client, undefined, "a")).VersionId;
    const other = (await put(client, "3", "b")).VersionId;
    const all = await list(client);
    expect(all.Versions.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      [ids[0], false],
      [ids[1], false],
      [other, true],
    ]);
    expect(all.DeleteMarkers).toMatchObject([{ Key: "a", VersionId: marker, IsLatest: true }]);
    const seen: (string | undefined)[] = [];
    for (let place = {}; ;) {
      const page = await list(client, { MaxKeys: 1, ...place });
      seen.push(...[...page.DeleteMarkers, ...page.Versions].map(({ VersionId }) => VersionId));
      if (!page.IsTruncated) {
        break;
      }
      place = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
    expect(seen).toEqual([marker, ...ids, other]);
    expect((await list(client, { KeyMarker: "a" })).Versions).toMatchObject([{ VersionId: other }]);
    await expect(list(client, { VersionIdMarker: other })).rejects.toMatchObject({ name: "InvalidArgument" });
  });

  it("rolls up common prefixes in a list of versions, one a page too", async () => {
    const { client } = await openS3([enabled]);
    for (const key of ["a/1", "a/1", "a/2", "b", "c/1"]) {
      await put(client, "x", key);
    }
    const all = await list(client, { Delimiter: "/" });
    expect(all.CommonPrefixes).toEqual([{ Prefix: "a/" }, { Prefix: "c/" }]);
    expect(all.Versions.map((version) => version.Key)).toEqual(["b"]);
    const first = await list(client, { Delimiter: "/", MaxKeys: 1 });
    expect(first).toMatchObject({ IsTruncated: true, NextKeyMarker: "a/" });
    const rest = await list(client, { Delimiter: "/", KeyMarker: "a/" });
    expect(rest.CommonPrefixes).toEqual([{ Prefix: "c/" }]);
    expect(rest.Versions.map((version) => version.Key)).toEqual(["b"]);
  });

  it("copies an older version over the present one: how a restore goes back", async () => {
    const { client } = await openS3([enabled]);
    const { VersionId: good } = await put(client, "good");
    await put(client, "bad");
    const copy = await client.send(
      new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${Key}?versionId=${good}` }),
    );
    expect(copy.CopySourceVersionId).toBe(good);
    expect(await read(client)).toBe("good");
    expect((await list(client)).Versions).toHaveLength(3);
    const same = new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${Key}` });
    await expect(client.send(same)).rejects.toMatchObject({ name: "InvalidRequest" });
  });

  it("gives the object of a multipart upload a version", async () => {
    const { client } = await openS3([enabled]);
    await put(client, "old");
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const part = { Bucket, Key, UploadId, PartNumber: 1 };
    const { ETag } = await client.send(new UploadPartCommand({ ...part, Body: "new" }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    const done = await client.send(
      new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }),
    );
    expect(await read(client, done.VersionId)).toBe("new");
    expect((await list(client)).Versions).toHaveLength(2);
  });

  it("deletes many: by marker, and by version for good", async () => {
    const { client } = await openS3([enabled]);
    const { VersionId } = await put(client, "1", "a");
    await put(client, "2", "b");
    const Objects = [{ Key: "a", VersionId }, { Key: "b" }];
    const { Deleted = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted).toMatchObject([
      { Key: "a", VersionId },
      { Key: "b", DeleteMarker: true },
    ]);
    const left = await list(client);
    expect(left.Versions.map((version) => version.Key)).toEqual(["b"]);
    expect(left.DeleteMarkers).toMatchObject([{ VersionId: Deleted[1]?.DeleteMarkerVersionId }]);
  });

  it("sends creations, markers and removals with the version", async () => {
    const { client, events } = await openS3([enabled, notification()]);
    const { VersionId: created } = await put(client, "1");
    const { VersionId: marker } = await remove(client);
    await remove(client, created);
    const sent = (await events()).map(({ eventName, s3 }) => [
      eventName,
      (s3.object as { versionId?: string }).versionId,
    ]);
    expect(sent).toEqual([
      ["ObjectCreated:Put", created],
      ["ObjectRemoved:DeleteMarkerCreated", marker],
      ["ObjectRemoved:Delete", created],
    ]);
  });

  it("sends only markers if only those are selected", async () => {
    const rule = { events: ["s3:ObjectRemoved:DeleteMarkerCreated"] };
    const { client, events } = await openS3([enabled, notification(rule)]);
    const { VersionId } = await put(client, "1");
    await remove(client);
    await remove(client, VersionId);
    expect((await events()).map(({ eventName }) => eventName)).toEqual(["ObjectRemoved:DeleteMarkerCreated"]);
  });

  it("lets a conditional write create a key that a marker hides", async () => {
    const { client } = await openS3([enabled]);
    const create = () => client.send(new PutObjectCommand({ Bucket, Key, Body: "x", IfNoneMatch: "*" }));
    await create();
    await expect(create()).rejects.toMatchObject({ name: "PreconditionFailed" });
    await remove(client);
    await create();
    await expect(
      client.send(new DeleteObjectCommand({ Bucket, Key, IfMatch: '"other"' })),
    ).rejects.toMatchObject({ name: "PreconditionFailed" });
  });

  it("asks for its own permissions: who may read and delete may do neither to a version", async () => {
    const limited = role("limited", allow(["s3:GetObject", "s3:DeleteObject"], `${bucketArn}/*`));
    const { client, door } = await openS3([enabled, ...limited]);
    const { VersionId } = await put(client, "1");
    const other = clientOf(door, "limited");
    const denied = { name: "AccessDenied" };
    await expect(read(other, VersionId)).rejects.toMatchObject(denied);
    await expect(remove(other, VersionId)).rejects.toMatchObject(denied);
    const Delete = { Objects: [{ Key, VersionId }] };
    const { Errors } = await other.send(new DeleteObjectsCommand({ Bucket, Delete }));
    expect(Errors).toMatchObject([{ Key, VersionId, Code: "AccessDenied" }]);
    await expect(other.send(new ListObjectVersionsCommand({ Bucket }))).rejects.toMatchObject(denied);
    expect(await read(other)).toBe("1");
    await remove(other);
    expect(await read(client, VersionId)).toBe("1");
  });

  it("lets nobody who may not list learn which versions there are", async () => {
    const reader = role("versions", allow("s3:GetObjectVersion", `${bucketArn}/*`));
    const { client, door } = await openS3([enabled, ...reader]);
    const { VersionId } = await put(client, "1");
    const { VersionId: marker } = await remove(client);
    const other = clientOf(door, "versions");
    expect(await read(other, VersionId)).toBe("1");
    for (const id of [marker, "A".repeat(32)]) {
      await expect(read(other, id)).rejects.toMatchObject({ name: "AccessDenied" });
    }
  });

  it.each(["", "1", "A".repeat(31), "A".repeat(33), "é".repeat(32), "NULL"])(
    "takes no version id that cannot be one: %p",
    (id) => {
      expect(() => checkVersionId(id, versioned)).toThrow(
        expect.objectContaining({ code: "InvalidArgument" }),
      );
    },
  );

  it.each(["null", "A".repeat(32), "3/L4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY".replace("/", "_").slice(0, 32)])(
    "takes %p for one",
    (id) => expect(checkVersionId(id, versioned)).toBe(id),
  );
});

describe("versions over restarts and changes of the program", () => {
  it("stay; a bucket that is no longer declared versioned is suspended, and writes the null version", async () => {
    const storage = temporaryStorage();
    const first = await openS3([enabled], { storage });
    const { VersionId } = await put(first.client, "1");
    await first.s3.stop();
    const { client } = await openS3([], { storage });
    expect((await client.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe("Suspended");
    for (const body of ["2", "3"]) {
      expect((await put(client, body)).VersionId).toBe("null");
    }
    expect((await list(client)).Versions.map((version) => version.VersionId)).toEqual(["null", VersionId]);
    expect(await read(client)).toBe("3");
    expect(await remove(client)).toMatchObject({ DeleteMarker: true, VersionId: "null" });
    expect((await list(client)).Versions.map((version) => version.VersionId)).toEqual([VersionId]);
    expect(readdirSync(join(storage.folder, "objects"))).toHaveLength(1);
  });

  it("begin with the null version of what was there before", async () => {
    const storage = temporaryStorage();
    const first = await openS3([], { storage });
    expect((await put(first.client, "1")).VersionId).toBeUndefined();
    await first.s3.stop();
    const { client } = await openS3([enabled], { storage });
    const { VersionId } = await put(client, "2");
    expect((await list(client)).Versions.map((version) => version.VersionId)).toEqual([VersionId, "null"]);
    expect(await read(client, "null")).toBe("1");
  });

  it("take up a data folder from before versioning", async () => {
    const storage = temporaryStorage();
    const first = await openS3([], { storage });
    await put(first.client, "1");
    await first.s3.stop();
    const database = new DatabaseSync(join(storage.folder, "s3.sqlite"));
    database.exec("ALTER TABLE objects DROP COLUMN version; ALTER TABLE objects DROP COLUMN seq");
    database.exec("DROP TABLE versions");
    database.close();
    const { client } = await openS3([enabled], { storage });
    expect(await read(client)).toBe("1");
    expect((await list(client)).Versions).toMatchObject([{ Key, VersionId: "null", IsLatest: true }]);
  });
});

describe("a bucket without versions", () => {
  it("says nothing of versions, and knows the null version only", async () => {
    const { client } = await openS3();
    expect((await put(client, "1")).VersionId).toBeUndefined();
    expect(await read(client, "null")).toBe("1");
    for (const refused of [read(client, "A".repeat(32)), remove(client, "A".repeat(32))]) {
      await expect(refused).rejects.toMatchObject({
        name: "InvalidArgument",
        message: "Invalid version id specified",
      });
    }
    expect((await client.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
    expect((await list(client)).Versions).toMatchObject([{ VersionId: "null", IsLatest: true }]);
    expect(await remove(client)).not.toHaveProperty("DeleteMarker");
  });

  it("takes a version id only where S3 does", () => {
    const query = (name: string) => (name === "versionId" ? "null" : undefined);
    const target = { bucket: Bucket, key: Key, query, header: () => undefined };
    for (const method of ["GET", "HEAD", "DELETE"]) {
      expect(() => operationOf({ ...target, method })).not.toThrow();
    }
    expect(() => operationOf({ ...target, method: "PUT" })).toThrow("does not accept a version-id");
  });
});
