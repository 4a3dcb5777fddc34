import { createHash, randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  type ChecksumType,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, it } from "@jest/globals";
import { resource, temporaryStorage } from "../graph.ts";
import { clientOf, notification, openS3 } from "./support.ts";

const Bucket = "pictures";
const versioned = resource("aws:s3/bucketVersioning:BucketVersioning", "versions", {
  bucket: "pictures",
  versioningConfiguration: { status: "Enabled" },
});
const Key = "large";
const bytes = randomBytes(12 * 1024 * 1024);
const pieces = [bytes.subarray(0, 5 << 20), bytes.subarray(5 << 20, 10 << 20), bytes.subarray(10 << 20)];

interface Choice {
  readonly ChecksumAlgorithm?: ChecksumAlgorithm;
  readonly ChecksumType?: ChecksumType;
}

describe("the id of a multipart upload", () => {
  it("is good for its own key only", async () => {
    const { client } = await openS3();
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const other = { Bucket, Key: "other", UploadId };
    const commands = [
      client.send(new UploadPartCommand({ ...other, PartNumber: 1, Body: "x" })),
      client.send(new ListPartsCommand(other)),
      client.send(new AbortMultipartUploadCommand(other)),
    ];
    const ends = await Promise.allSettled(commands);
    expect(ends).toMatchObject(commands.map(() => ({ reason: { name: "NoSuchUpload" } })));
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  });
});

async function upload(client: S3Client, bodies: readonly Buffer[], choice: Choice = {}) {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...choice }));
  const Parts: CompletedPart[] = [];
  const { ChecksumAlgorithm } = choice;
  for (const [index, Body] of bodies.entries()) {
    const PartNumber = index + 1;
    const input = {
      Bucket,
      Key,
      UploadId,
      PartNumber,
      Body,
      ...(ChecksumAlgorithm && { ChecksumAlgorithm }),
    };
    const { ETag, ...checksums } = await client.send(new UploadPartCommand(input));
    Parts.push({ PartNumber, ETag, ...(ChecksumAlgorithm && checksums) });
  }
  return { Bucket, Key, UploadId, MultipartUpload: { Parts } };
}

describe("a multipart upload", () => {
  it("joins 12 MB of parts into one object, with one event", async () => {
    const { client, events } = await openS3([notification()]);
    const completed = await client.send(new CompleteMultipartUploadCommand(await upload(client, pieces)));
    const md5 = (data: Buffer) => createHash("md5").update(data).digest();
    expect(completed.ETag).toBe(`"${md5(Buffer.concat(pieces.map(md5))).toString("hex")}-3"`);
    const { Body, ContentLength } = await client.send(new GetObjectCommand({ Bucket, Key }));
    expect(ContentLength).toBe(bytes.length);
    expect(bytes.equals((await Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
    expect(await events()).toMatchObject([
      {
        eventName: "ObjectCreated:CompleteMultipartUpload",
        s3: { object: { key: Key, size: bytes.length } },
      },
    ]);
  });

  it("has a checksum of its parts' checksums, or of the whole", async () => {
    const { client } = await openS3();
    const sha256 = (data: Buffer) => createHash("sha256").update(data).digest();
    const ofParts = await upload(client, pieces, { ChecksumAlgorithm: "SHA256" });
    await client.send(new CompleteMultipartUploadCommand(ofParts));
    expect(await client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }))).toMatchObject({
      ChecksumSHA256: `${sha256(Buffer.concat(pieces.map(sha256))).toString("base64")}-3`,
      ChecksumType: "COMPOSITE",
    });
    const ofWhole = await upload(client, [Buffer.from("123456789")], {
      ChecksumAlgorithm: "CRC32C",
      ChecksumType: "FULL_OBJECT",
    });
    const complete = (input: object) =>
      client.send(new CompleteMultipartUploadCommand({ ...ofWhole, ...input }));
    const ChecksumCRC32C = Buffer.from("e3069283", "hex").toString("base64");
    const wrong = {
      name: "BadDigest",
      message: "The crc32c you specified did not match the calculated checksum.",
    };
    await expect(complete({ ChecksumCRC32C })).rejects.toMatchObject(wrong);
    const type = { ChecksumType: "FULL_OBJECT" as const };
    await expect(complete({ ChecksumCRC32C: "AAAAAA==", ...type })).rejects.toMatchObject(wrong);
    await expect(complete({ ChecksumCRC32: ChecksumCRC32C, ...type })).rejects.toMatchObject(wrong);
    await expect(complete({ ChecksumType: "COMPOSITE" })).rejects.toMatchObject({
      name: "InvalidRequest",
      message:
        "The upload was created using the FULL_OBJECT checksum mode. The complete request must use the same checksum mode.",
    });
    const completed = await complete({ ChecksumCRC32C, ...type });
    expect(completed).toMatchObject({
      ChecksumCRC32C: Buffer.from("e3069283", "hex").toString("base64"),
      ChecksumType: "FULL_OBJECT",
    });
  });

  it("is read part by part, by the parts' own numbers, also as an older version", async () => {
    const { client } = await openS3([versioned]);
    const made = await upload(client, pieces, { ChecksumAlgorithm: "SHA256" });
    const Parts = made.MultipartUpload.Parts.filter(({ PartNumber }) => PartNumber !== 2);
    const { VersionId } = await client.send(
      new CompleteMultipartUploadCommand({ ...made, MultipartUpload: { Parts } }),
    );
    await client.send(new PutObjectCommand({ Bucket, Key, Body: "newer" }));
    const input = { Bucket, Key, VersionId, PartNumber: 3, ChecksumMode: "ENABLED" as const };
    const third = await client.send(new GetObjectCommand(input));
    expect(third).toMatchObject({
      $metadata: { httpStatusCode: 206 },
      ContentRange: `bytes ${5 << 20}-${(7 << 20) - 1}/${7 << 20}`,
      ContentLength: 2 << 20,
      PartsCount: 2,
      ChecksumSHA256: createHash("sha256")
        .update(bytes.subarray(10 << 20))
        .digest("base64"),
      ChecksumType: "COMPOSITE",
    });
    expect(
      bytes.subarray(10 << 20).equals((await third.Body?.transformToByteArray()) ?? Buffer.alloc(0)),
    ).toBe(true);
    expect(await client.send(new HeadObjectCommand(input))).toMatchObject({
      PartsCount: 2,
      ContentLength: 2 << 20,
    });
    await expect(client.send(new GetObjectCommand({ ...input, PartNumber: 2 }))).rejects.toMatchObject({
      name: "InvalidPartNumber",
      $metadata: { httpStatusCode: 416 },
    });
  });

  it("of a data folder from before parts were kept is read as a whole only", async () => {
    const storage = temporaryStorage();
    const first = await openS3([], { storage });
    await first.client.send(
      new CompleteMultipartUploadCommand(await upload(first.client, [Buffer.from("a")])),
    );
    await first.s3.stop();
    const database = new DatabaseSync(join(storage.folder, "s3.sqlite"));
    for (const table of ["objects", "versions"]) {
      database.exec(`ALTER TABLE ${table} DROP COLUMN parts`);
    }
    database.close();
    const { client } = await openS3([], { storage });
    const one = client.send(new GetObjectCommand({ Bucket, Key, PartNumber: 1 }));
    await expect(one).rejects.toMatchObject({ name: "NotImplemented" });
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    expect(await Body?.transformToString()).toBe("a");
  });

  it("returns the checksum of a whole object only with a part that is all of it", async () => {
    const { client } = await openS3();
    const input = { Bucket, Key, PartNumber: 1, ChecksumMode: "ENABLED" as const };
    for (const [bodies, ChecksumType] of [
      [[Buffer.from("a")], "FULL_OBJECT"],
      [pieces, undefined],
    ] as const) {
      await client.send(new CompleteMultipartUploadCommand(await upload(client, bodies)));
      const read = await client.send(new HeadObjectCommand(input));
      expect([read.PartsCount, read.ChecksumType]).toEqual([bodies.length, ChecksumType]);
    }
  });

  it("that was created without an algorithm takes no checksum of a part, and no type", async () => {
    const { client } = await openS3();
    const made = await upload(client, [Buffer.from("a")]);
    const Parts = made.MultipartUpload.Parts.map((part) => ({ ...part, ChecksumCRC32: "AAAAAA==" }));
    const complete = (input: object) =>
      client.send(new CompleteMultipartUploadCommand({ ...made, ...input }));
    await expect(complete({ MultipartUpload: { Parts } })).rejects.toMatchObject({ name: "InvalidPart" });
    await expect(complete({ ChecksumType: "FULL_OBJECT" })).rejects.toThrow("using the null checksum mode");
    await complete({});
  });

  it("lists its parts, page by page, and forgets them when aborted", async () => {
    const storage = temporaryStorage();
    const { client } = await openS3([], { storage });
    const { UploadId } = await upload(client, pieces);
    const page = await client.send(new ListPartsCommand({ Bucket, Key, UploadId, MaxParts: 2 }));
    expect(page).toMatchObject({
      IsTruncated: true,
      Parts: [{ PartNumber: 1 }, { PartNumber: 2, Size: 5 << 20 }],
    });
    const PartNumberMarker = page.NextPartNumberMarker;
    const rest = await client.send(new ListPartsCommand({ Bucket, Key, UploadId, PartNumberMarker }));
    expect(rest).toMatchObject({ IsTruncated: false, Parts: [{ PartNumber: 3 }] });
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    expect(readdirSync(join(storage.folder, "objects"))).toEqual([]);
    const list = client.send(new ListPartsCommand({ Bucket, Key, UploadId }));
    await expect(list).rejects.toMatchObject({ name: "NoSuchUpload" });
  });

  it("takes the last of two parts with one number", async () => {
    const storage = temporaryStorage();
    const { client } = await openS3([], { storage });
    const { UploadId, MultipartUpload } = await upload(client, [Buffer.from("first")]);
    const again = { Bucket, Key, UploadId, PartNumber: 1, Body: "second" };
    const { ETag } = await client.send(new UploadPartCommand(again));
    const old = { Bucket, Key, UploadId, MultipartUpload };
    await expect(client.send(new CompleteMultipartUploadCommand(old))).rejects.toMatchObject({
      name: "InvalidPart",
    });
    const Parts = [{ PartNumber: 1, ETag }];
    await client.send(
      new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
    );
    expect(readdirSync(join(storage.folder, "objects"))).toHaveLength(1);
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    expect(await Body?.transformToString()).toBe("second");
  });

  it("completes once, and creates only if nothing is there when it must not overwrite", async () => {
    const { client } = await openS3();
    const first = await upload(client, [Buffer.from("a")]);
    const second = await upload(client, [Buffer.from("b")]);
    const complete = (input: object) =>
      client.send(new CompleteMultipartUploadCommand({ ...first, IfNoneMatch: "*", ...input }));
    await complete(first);
    await expect(complete(second)).rejects.toMatchObject({ name: "PreconditionFailed" });
    await expect(complete(first)).rejects.toMatchObject({ name: "NoSuchUpload" });
  });

  it("refuses parts that are too small, out of order, unknown or none", async () => {
    const { client } = await openS3();
    const small = await upload(client, [Buffer.from("a"), Buffer.from("b")]);
    const complete = (Parts: CompletedPart[]) =>
      client.send(new CompleteMultipartUploadCommand({ ...small, MultipartUpload: { Parts } }));
    const { Parts } = small.MultipartUpload;
    const unknown = Parts.map((part) => ({ ...part, PartNumber: (part.PartNumber ?? 0) + 7 }));
    await expect(complete(Parts)).rejects.toMatchObject({ name: "EntityTooSmall" });
    await expect(complete(Parts.toReversed())).rejects.toMatchObject({ name: "InvalidPartOrder" });
    await expect(complete(unknown)).rejects.toMatchObject({ name: "InvalidPart" });
    await expect(complete([])).rejects.toMatchObject({
      name: "InvalidRequest",
      message: "You must specify at least one part",
    });
    const zero = new UploadPartCommand({
      Bucket,
      Key,
      UploadId: small.UploadId,
      PartNumber: 10_001,
      Body: "",
    });
    await expect(client.send(zero)).rejects.toMatchObject({ name: "InvalidArgument" });
  });

  it("wants the parts in the checksum that it was created for", async () => {
    const { client, door } = await openS3();
    const plain = clientOf(door, "worker", { requestChecksumCalculation: "WHEN_REQUIRED" });
    const input = { Bucket, Key, PartNumber: 1, Body: "a" };
    const sha = await upload(client, [Buffer.from("a")], { ChecksumAlgorithm: "SHA1" });
    await expect(plain.send(new UploadPartCommand({ ...input, UploadId: sha.UploadId }))).rejects.toThrow(
      "expected checksum Type: sha1, actual checksum Type: null",
    );
    const Parts = sha.MultipartUpload.Parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
    const complete = client.send(new CompleteMultipartUploadCommand({ ...sha, MultipartUpload: { Parts } }));
    await expect(complete).rejects.toThrow("The complete request must include the checksum for each part");
    const others = Parts.map((part) => ({ ...part, ChecksumCRC32: "AAAAAA==" }));
    const other = client.send(
      new CompleteMultipartUploadCommand({ ...sha, MultipartUpload: { Parts: others } }),
    );
    await expect(other).rejects.toThrow("The crc32 you specified for part 1 did not match what we received.");
  });
});
