import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { describe, expect, it } from "@jest/globals";
import { temporaryStorage } from "../graph.ts";
import { clientOf, openS3, send, target, textOf } from "./support.ts";

const Bucket = "pictures";

describe("a body that is not what was promised", () => {
  it.each([
    [
      "a wrong checksum",
      { "x-amz-checksum-sha256": createHash("sha256").update("y").digest("base64") },
      "BadDigest",
    ],
    ["the CRC32 of an empty body as a signed header", { "x-amz-checksum-crc32": "AAAAAA==" }, "BadDigest"],
    ["a malformed checksum", { "x-amz-checksum-sha256": "?" }, "InvalidRequest"],
    ["a wrong MD5", { "content-md5": createHash("md5").update("y").digest("base64") }, "BadDigest"],
    ["a malformed MD5", { "content-md5": "x" }, "InvalidDigest"],
    ["an algorithm without a checksum", { "x-amz-sdk-checksum-algorithm": "CRC32" }, "InvalidRequest"],
  ])("with %s is refused", async (_, headers: Record<string, string>, code) => {
    const storage = temporaryStorage();
    const { door, client } = await openS3([], { storage });
    const plain = clientOf(door, "worker", { requestChecksumCalculation: "WHEN_REQUIRED" });
    const command = new PutObjectCommand({ Bucket, Key: "k" });
    command.middlewareStack.add(
      (next) => (args) => {
        Object.assign((args.request as { headers: object }).headers, headers);
        return next(args);
      },
      { step: "build" },
    );
    const unhoistableHeaders = new Set(Object.keys(headers));
    const url = await getSignedUrl(plain, command, { unhoistableHeaders });
    const answer = await send(door, "PUT", target(url), headers, "x");
    expect([answer.status, textOf(answer.text, "Code")]).toEqual([400, code]);
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: "k" }))).rejects.toMatchObject({
      name: "NotFound",
    });
    expect(files(storage.folder)).toEqual([]);
  });

  it("is refused if the client goes away in the middle, and nothing is left of it", async () => {
    const storage = temporaryStorage();
    const { door, client } = await openS3([], { storage });
    const plain = clientOf(door, "worker", { requestChecksumCalculation: "WHEN_REQUIRED" });
    const url = await getSignedUrl(
      plain,
      new PutObjectCommand({ Bucket, Key: "k", ContentLength: 1_000_000 }),
    );
    const headers = { "content-length": "1000000" };
    const request = http.request({
      port: door.port,
      host: "127.0.0.1",
      method: "PUT",
      path: target(url),
      headers,
    });
    request.on("error", () => undefined);
    request.write(Buffer.alloc(200_000));
    await until(() => files(storage.folder).length === 1);
    request.destroy();
    await until(() => files(storage.folder).length === 0);
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: "k" }))).rejects.toMatchObject({
      name: "NotFound",
    });
  });

  it("is refused above 5 GB before a byte of it is taken", async () => {
    const { door } = await openS3();
    const plain = clientOf(door, "worker", { requestChecksumCalculation: "WHEN_REQUIRED" });
    const url = await getSignedUrl(plain, new PutObjectCommand({ Bucket, Key: "k" }));
    const headers = { "content-length": String(5 * 1024 ** 3 + 1) };
    const request = http.request({
      port: door.port,
      host: "127.0.0.1",
      method: "PUT",
      path: target(url),
      headers,
    });
    request.on("error", () => undefined);
    request.flushHeaders();
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    expect(textOf(String(await response.setEncoding("utf8").toArray()), "Code")).toBe("EntityTooLarge");
    request.destroy();
  });
});

describe("a checksum in the query of a presigned PUT", () => {
  const wrong = createHash("sha256").update("y").digest("base64");

  it("is neither enforced nor stored: an SDK's default settings put that of an empty body there", async () => {
    const { door, client } = await openS3();
    const url = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key: "k" }));
    expect(new URL(url).searchParams.get("x-amz-checksum-crc32")).toBe("AAAAAA==");
    expect((await send(door, "PUT", target(url), {}, "hello")).status).toBe(200);
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: "k", ChecksumMode: "ENABLED" }));
    expect(head.ChecksumCRC32).toBeUndefined();
    expect(head).toMatchObject({ ContentLength: 5, ChecksumCRC64NVME: expect.any(String) as unknown });
  });

  it("is not enforced for a SHA-256 either, which a signed header is", async () => {
    const { door } = await openS3();
    const plain = clientOf(door, "worker", { requestChecksumCalculation: "WHEN_REQUIRED" });
    const command = new PutObjectCommand({ Bucket, Key: "k", ChecksumSHA256: wrong });
    const hoisted = await getSignedUrl(plain, command);
    expect(new URL(hoisted).searchParams.get("x-amz-checksum-sha256")).toBe(wrong);
    expect((await send(door, "PUT", target(hoisted), {}, "x")).status).toBe(200);
    const signed = await getSignedUrl(plain, command, {
      unhoistableHeaders: new Set(["x-amz-checksum-sha256"]),
    });
    const answer = await send(door, "PUT", target(signed), { "x-amz-checksum-sha256": wrong }, "x");
    expect([answer.status, textOf(answer.text, "Code")]).toEqual([400, "BadDigest"]);
  });

  it("may not be sent as a header that is not signed, right or wrong", async () => {
    const { door } = await openS3();
    const plain = clientOf(door, "worker", { requestChecksumCalculation: "WHEN_REQUIRED" });
    const right = createHash("sha256").update("x").digest("base64");
    const url = await getSignedUrl(plain, new PutObjectCommand({ Bucket, Key: "k" }));
    for (const sum of [right, wrong]) {
      const answer = await send(door, "PUT", target(url), { "x-amz-checksum-sha256": sum }, "x");
      expect([answer.status, textOf(answer.text, "Code")]).toEqual([403, "AccessDenied"]);
      expect(textOf(answer.text, "HeadersNotSigned")).toBe("x-amz-checksum-sha256");
    }
  });
});

describe("conditional writes", () => {
  it("let exactly one of twenty racing puts create an object", async () => {
    const { client } = await openS3();
    const put = (body: string) =>
      client.send(new PutObjectCommand({ Bucket, Key: "k", Body: body, IfNoneMatch: "*" }));
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => put(`body ${index}`)));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const errors = results.flatMap((result) =>
      result.status === "rejected" ? [result.reason as Error] : [],
    );
    expect(new Set(errors.map(({ name }) => name))).toEqual(new Set(["PreconditionFailed"]));
  });

  it("answer 409 if the key was written and deleted while the body was on its way", async () => {
    const storage = temporaryStorage();
    const { client, door } = await openS3([], { storage });
    const plain = clientOf(door, "worker", { requestChecksumCalculation: "WHEN_REQUIRED" });
    const command = new PutObjectCommand({ Bucket, Key: "k", ContentLength: 2, IfNoneMatch: "*" });
    const headers = { "content-length": "2", "if-none-match": "*" };
    const path = target(await getSignedUrl(plain, command));
    const slow = http.request({ port: door.port, host: "127.0.0.1", method: "PUT", path, headers });
    slow.write("a");
    await until(() => files(storage.folder).length === 1);
    await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "other" }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    slow.end("b");
    const [response] = (await once(slow, "response")) as [http.IncomingMessage];
    const text = String(await response.setEncoding("utf8").toArray());
    expect([response.statusCode, textOf(text, "Code")]).toEqual([409, "ConditionalRequestConflict"]);
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: "k" }))).rejects.toMatchObject({
      name: "NotFound",
    });
  });

  it("replace an object only if it is the one that is meant", async () => {
    const { client } = await openS3();
    const put = (rest: object) => client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", ...rest }));
    await expect(put({ IfMatch: '"any"' })).rejects.toMatchObject({ name: "NoSuchKey" });
    const { ETag } = await put({});
    await expect(put({ IfMatch: '"other"' })).rejects.toMatchObject({ name: "PreconditionFailed" });
    await put({ IfMatch: ETag });
    await expect(
      client.send(new DeleteObjectCommand({ Bucket, Key: "k", IfMatch: '"other"' })),
    ).rejects.toMatchObject({ name: "PreconditionFailed" });
    await client.send(new DeleteObjectCommand({ Bucket, Key: "k", IfMatch: ETag }));
  });
});

/** All bodies in the folder, those on their way as well. */
function files(folder: string): string[] {
  return ["objects", "incoming"].flatMap((name) => readdirSync(join(folder, name)));
}

/** Waits, turn by turn, for what another connection does. */
async function until(done: () => boolean): Promise<void> {
  while (!done()) {
    await new Promise(setImmediate);
  }
}
