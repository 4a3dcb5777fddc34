import { createHash, randomBytes } from "node:crypto";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Behaviour, type Receiver, startReceiver } from "../../../tools/chaos/receiver.ts";
import { objectKey } from "../../../domain/asset.ts";
import { objectsIn } from "../../../functions/ingest/objects.ts";
import { verify } from "../../../functions/ingest/verify.ts";
import { useCloud } from "../../support/cloud.ts";
import { asFunction, type FunctionSide } from "../../support/function.ts";

const use = useCloud({ mappings: false });
const headBytes = 256 * 1024;

let ingest: FunctionSide;
beforeAll(() => {
  ingest = asFunction(use(), "ingest");
});
afterAll(() => ingest.close());

/** Puts an object as its owner's upload would be, and gives what ingest's role reads of it. */
async function put(id: string, body: Buffer, ContentType = "image/png") {
  const owner = asFunction(use(), "administrator");
  const checksum = createHash("sha256").update(body).digest("base64");
  const key = objectKey("owner", id);
  await owner.s3.send(
    new PutObjectCommand({
      Bucket: owner.bucket,
      Key: key,
      Body: body,
      ContentType,
      ChecksumSHA256: checksum,
      IfNoneMatch: "*",
    }),
  );
  owner.close();
  return { key, checksum };
}

describe("an object, read", () => {
  it.each([
    ["nothing", 0],
    ["less than a head", 1000],
    ["a head", headBytes],
    ["more", 3 * 1024 * 1024 + 1],
  ])("has its size, type, checksum and first bytes: %s", async (id, size) => {
    const body = randomBytes(size);
    const { key, checksum } = await put(id, body);
    const object = await objectsIn(ingest.s3, ingest.bucket).read(key);
    expect(object).toMatchObject({ contentLength: size, contentType: "image/png", sha256: checksum });
    expect(Buffer.from(object?.head ?? []).equals(body.subarray(0, headBytes))).toBe(true);
  });

  it("closes its connection when the reader stops", async () => {
    const { key } = await put("often", randomBytes(3 * 1024 * 1024));
    const objects = objectsIn(ingest.s3, ingest.bucket);
    // More than a client has sockets.
    const heads = await Promise.all(Array.from({ length: 60 }, () => objects.read(key)));
    expect(heads.map((object) => object?.head.length)).toEqual(heads.map(() => headBytes));
    expect(use().complaints).toEqual([]);
  });

  /** A JPEG whose frame comes behind so many segments of 60 KB. */
  const lateFrame = (segments: number): Buffer => {
    const segment = Buffer.alloc(60_000);
    segment.writeUInt32BE(0xffe1_ea5e);
    const frame = Buffer.from([0xff, 0xc0, 0, 11, 8, 0x27, 0x10, 0x27, 0x10, 1, 1, 0x11, 0]);
    return Buffer.concat([
      Buffer.from([0xff, 0xd8]),
      ...Array<Buffer>(segments).fill(segment),
      frame,
      Buffer.alloc(3_000_000),
    ]);
  };

  it.each([0, 4, 6, 100])("has dimensions behind %i segments of a JPEG", async (segments) => {
    const body = lateFrame(segments);
    const { key } = await put(`late-${segments}`, body, "image/jpeg");
    const object = await objectsIn(ingest.s3, ingest.bucket).read(key);
    const { head = new Uint8Array(), contentLength = 0 } = object ?? {};
    // 10,000 x 10,000 pixels are not labelled, however late they are known.
    const asset = { contentType: "image/jpeg", contentLength };
    expect(verify(asset, { contentLength, contentType: "image/jpeg", head })).toMatchObject({
      kind: "skipped",
      error: { code: "ImageTooLarge" },
    });
    expect(head.length).toBeLessThan(Math.max(headBytes, 2 * 60_000 * segments) + 200_000);
  });

  it("is not read beyond the maximum size of a labelled picture", async () => {
    const body = lateFrame(265);
    const { key } = await put("endless", body, "image/jpeg");
    const object = await objectsIn(ingest.s3, ingest.bucket).read(key);
    expect(object?.head.length).toBeLessThanOrEqual(15 * 1024 * 1024);
  });

  it("is undefined if it is missing", async () => {
    expect(await objectsIn(ingest.s3, ingest.bucket).read(objectKey("owner", "absent"))).toBeUndefined();
  });
});

describe("an object for which S3 answers with an error", () => {
  let s3: Receiver;
  let client: S3Client;
  beforeAll(async () => {
    s3 = await startReceiver();
    client = new S3Client({
      endpoint: s3.url,
      region: "eu-west-1",
      forcePathStyle: true,
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
      maxAttempts: 1,
    });
  });
  afterAll(async () => {
    client.destroy();
    await s3.stop();
  });

  const says = (status: number, code: string): Behaviour => ({
    status,
    body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>m</Message></Error>`,
  });
  const key = objectKey("owner", "id");
  /** Answers HEAD by one, and everything else by the other. */
  const bucket = (head: Behaviour, other: Behaviour) => {
    s3.behave(({ method }) => (method === "HEAD" ? head : other));
    return objectsIn(client, "pictures");
  };
  const missing = { status: 404 };

  it("is missing only if S3 answers NoSuchKey", async () => {
    const objects = bucket(missing, says(404, "NoSuchKey"));
    expect([await objects.exists(key), await objects.read(key)]).toEqual([false, undefined]);
  });

  it.each([true, false])("is followed by another page if S3 says so: %s", async (truncated) => {
    const contents =
      "<Contents><Key>uploads/a/b</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>";
    const body = `<ListBucketResult><IsTruncated>${truncated}</IsTruncated>${contents}</ListBucketResult>`;
    expect(await bucket(missing, { status: 200, body }).list("uploads/a/a")).toEqual({
      objects: [{ key: "uploads/a/b", modified: Date.UTC(2026, 0, 1) }],
      last: !truncated,
    });
    const { searchParams } = new URL(s3.received.at(-1)?.path ?? "", s3.url);
    expect([searchParams.get("start-after"), searchParams.get("prefix")]).toEqual(["uploads/a/a", null]);
  });

  it("exists if it was written between the two requests", async () => {
    expect(await bucket(missing, { status: 200, body: "x" }).exists(key)).toBe(true);
  });

  it.each<[string, Behaviour, Behaviour]>([
    ["no such bucket", missing, says(404, "NoSuchBucket")],
    ["not found, of what is not said", missing, missing],
    ["access denied", { status: 403 }, says(403, "AccessDenied")],
    ["archived", { status: 403 }, says(403, "InvalidObjectState")],
    ["an expired token", { status: 400 }, says(400, "ExpiredToken")],
    ["moved", { status: 301 }, says(301, "PermanentRedirect")],
    ["an internal error", { status: 500 }, says(500, "InternalError")],
    ["slow down", { status: 503 }, says(503, "SlowDown")],
    ["nothing, and hangs up", "cut", "cut"],
  ])("is not gone: %s", async (_, head, other) => {
    const objects = bucket(head, other);
    await expect(objects.exists(key)).rejects.toThrow();
    await expect(objects.read(key)).rejects.toThrow();
    await expect(objects.remove(key)).rejects.toThrow();
    await expect(objects.list("")).rejects.toThrow();
  });
});
