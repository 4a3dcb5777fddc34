import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { CopyObjectCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { describe, expect, it } from "@jest/globals";
import { clientOf, type Opened, openS3, send, target, textOf } from "./support.ts";

const Bucket = "pictures";

async function read({ client }: Opened, Key: string, rest: object = {}): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, ...rest }));
  return (await Body?.transformToString()) ?? "";
}

describe("PutObject and GetObject", () => {
  it("give back bytes, type, metadata, ETag and checksum", async () => {
    const opened = await openS3();
    const input = {
      Bucket,
      Key: "a/b.txt",
      Body: "hello",
      ContentType: "text/plain",
      Metadata: { by: "me" },
    };
    const put = await opened.client.send(new PutObjectCommand({ ...input, CacheControl: "no-cache" }));
    expect(put).toMatchObject({
      ETag: `"${createHash("md5").update("hello").digest("hex")}"`,
      ChecksumCRC32: "NhCmhg==",
      ChecksumType: "FULL_OBJECT",
      ServerSideEncryption: "AES256",
    });
    const got = await opened.client.send(new GetObjectCommand({ Bucket, Key: "a/b.txt" }));
    expect(await got.Body?.transformToString()).toBe("hello");
    expect(got).toMatchObject({
      ContentType: "text/plain",
      CacheControl: "no-cache",
      Metadata: { by: "me" },
      ContentLength: 5,
      AcceptRanges: "bytes",
    });
  });

  it("take a stream of unknown chunks, as aws-chunked with the checksum in the trailer", async () => {
    const opened = await openS3();
    const pieces = Array.from({ length: 40 }, (_, index) => Buffer.alloc(10_000 + index, index));
    const ContentLength = Buffer.concat(pieces).length;
    const Body = Readable.from(pieces);
    await opened.client.send(new PutObjectCommand({ Bucket, Key: "s", Body, ContentLength }));
    const head = await opened.client.send(
      new HeadObjectCommand({ Bucket, Key: "s", ChecksumMode: "ENABLED" }),
    );
    expect(head).toMatchObject({ ContentLength, ChecksumCRC32: expect.any(String) });
    expect(head.ContentEncoding).toBeUndefined();
    expect(head.ETag).toBe(`"${createHash("md5").update(Buffer.concat(pieces)).digest("hex")}"`);
  });

  it.each(["CRC32", "CRC32C", "SHA1", "SHA256"] as const)(
    "store and return a %s checksum",
    async (algorithm) => {
      const { client } = await openS3();
      const put = await client.send(
        new PutObjectCommand({ Bucket, Key: "k", Body: "123456789", ChecksumAlgorithm: algorithm }),
      );
      const got = await client.send(new GetObjectCommand({ Bucket, Key: "k", ChecksumMode: "ENABLED" }));
      expect(await got.Body?.transformToString()).toBe("123456789");
      expect(got[`Checksum${algorithm}`]).toBe(put[`Checksum${algorithm}`]);
    },
  );

  it("make a CRC64NVME for an object that came without a checksum", async () => {
    const { client, door } = await openS3();
    const plain = clientOf(door, "worker", { requestChecksumCalculation: "WHEN_REQUIRED" });
    await plain.send(new PutObjectCommand({ Bucket, Key: "k", Body: "123456789" }));
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: "k", ChecksumMode: "ENABLED" }));
    expect(head.ChecksumCRC64NVME).toBe(Buffer.from("ae8b14860a799888", "hex").toString("base64"));
    expect(
      (await client.send(new HeadObjectCommand({ Bucket, Key: "k" }))).ChecksumCRC64NVME,
    ).toBeUndefined();
  });

  it("return ranges, and refuse one beyond the end", async () => {
    const opened = await openS3();
    await opened.client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "0123456789" }));
    expect(await read(opened, "k", { Range: "bytes=2-4" })).toBe("234");
    expect(await read(opened, "k", { Range: "bytes=7-" })).toBe("789");
    expect(await read(opened, "k", { Range: "bytes=-3" })).toBe("789");
    expect(await read(opened, "k", { Range: "bytes=8-99" })).toBe("89");
    expect(await read(opened, "k", { Range: "bytes=4-2" })).toBe("0123456789");
    const part = await opened.client.send(new GetObjectCommand({ Bucket, Key: "k", Range: "bytes=2-4" }));
    expect(part).toMatchObject({ ContentRange: "bytes 2-4/10", $metadata: { httpStatusCode: 206 } });
    await expect(read(opened, "k", { Range: "bytes=10-" })).rejects.toMatchObject({ name: "InvalidRange" });
    await opened.client.send(new PutObjectCommand({ Bucket, Key: "empty", Body: new Uint8Array() }));
    expect(await read(opened, "empty")).toBe("");
    await expect(read(opened, "empty", { Range: "bytes=0-" })).rejects.toMatchObject({
      name: "InvalidRange",
    });
  });

  it("heed the conditions of a read", async () => {
    const opened = await openS3();
    const { ETag } = await opened.client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    const later = new Date(Date.now() + 60_000);
    const earlier = new Date(Date.now() - 60_000);
    const notModified = { $metadata: { httpStatusCode: 304 } };
    const failed = { name: "PreconditionFailed" };
    await expect(read(opened, "k", { IfNoneMatch: ETag })).rejects.toMatchObject(notModified);
    await expect(read(opened, "k", { IfModifiedSince: later })).rejects.toMatchObject(notModified);
    await expect(read(opened, "k", { IfMatch: '"other"' })).rejects.toMatchObject(failed);
    await expect(read(opened, "k", { IfUnmodifiedSince: earlier })).rejects.toMatchObject(failed);
    expect(await read(opened, "k", { IfMatch: ETag, IfUnmodifiedSince: earlier })).toBe("x");
    expect(await read(opened, "k", { IfNoneMatch: '"other"', IfModifiedSince: later })).toBe("x");
  });

  it("let a presigned GET say how the object is to be shown, but not split the answer's headers", async () => {
    const opened = await openS3();
    await opened.client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    const sign = (ResponseContentDisposition: string) =>
      getSignedUrl(opened.client, new GetObjectCommand({ Bucket, Key: "k", ResponseContentDisposition }));
    const shown = await send(opened.door, "GET", target(await sign('attachment; filename="a b.png"')));
    expect(shown).toMatchObject({ status: 200, text: "x" });
    expect(shown.headers["content-disposition"]).toBe('attachment; filename="a b.png"');
    for (const attack of ["a\r\nset-cookie: b=c", "filename=\u4f60"]) {
      const split = await send(opened.door, "GET", target(await sign(attack)));
      expect([split.status, textOf(split.text, "Code")]).toEqual([400, "InvalidArgument"]);
      expect(split.headers["set-cookie"]).toBeUndefined();
    }
  });

  it.each(["ü ñ/日本語 🎉.png", "a+b &%20=c?#.txt", "/leading//double/", "back\\slash", "a\u0001b", "..."])(
    "take the key %j",
    async (Key) => {
      const opened = await openS3();
      await opened.client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
      expect(await read(opened, Key)).toBe(Key);
    },
  );

  it("refuse a key longer than 1,024 bytes", async () => {
    const { client } = await openS3();
    const put = client.send(new PutObjectCommand({ Bucket, Key: "é".repeat(513), Body: "x" }));
    await expect(put).rejects.toMatchObject({ name: "KeyTooLongError" });
  });
});

describe("CopyObject", () => {
  it("copies bytes and metadata, or replaces the metadata", async () => {
    const opened = await openS3();
    const { client } = opened;
    await client.send(new PutObjectCommand({ Bucket, Key: "from ü", Body: "x", Metadata: { a: "1" } }));
    const CopySource = `${Bucket}/${encodeURIComponent("from ü")}`;
    const copied = await client.send(new CopyObjectCommand({ Bucket, Key: "to", CopySource }));
    expect(copied.CopyObjectResult?.ETag).toBe(`"${createHash("md5").update("x").digest("hex")}"`);
    expect((await client.send(new HeadObjectCommand({ Bucket, Key: "to" }))).Metadata).toEqual({ a: "1" });
    await client.send(
      new CopyObjectCommand({
        Bucket,
        Key: "to",
        CopySource,
        MetadataDirective: "REPLACE",
        Metadata: { b: "2" },
      }),
    );
    expect((await client.send(new HeadObjectCommand({ Bucket, Key: "to" }))).Metadata).toEqual({ b: "2" });
    expect(await read(opened, "to")).toBe("x");
  });

  it.each([
    ["a missing source", { CopySource: "pictures/none" }, "NoSuchKey"],
    ["a missing bucket", { CopySource: "none/k" }, "NoSuchBucket"],
    ["a source that is no key", { CopySource: "pictures" }, "InvalidArgument"],
    ["itself, unchanged", { CopySource: "pictures/k" }, "InvalidRequest"],
    ["a version that cannot be one", { CopySource: "pictures/k?versionId=1" }, "InvalidArgument"],
    [
      "a version of a bucket without any",
      { CopySource: `pictures/k?versionId=${"A".repeat(32)}` },
      "InvalidArgument",
    ],
    ["a source with another parameter", { CopySource: "pictures/k?acl" }, "InvalidArgument"],
    ["a changed source", { CopySource: "pictures/k", CopySourceIfMatch: '"x"' }, "PreconditionFailed"],
  ])("refuses %s", async (_, input, name) => {
    const { client } = await openS3();
    await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    await expect(client.send(new CopyObjectCommand({ Bucket, Key: "k", ...input }))).rejects.toMatchObject({
      name,
    });
  });
});
