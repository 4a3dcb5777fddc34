import { beforeAll, describe, expect, it } from "@jest/globals";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { objectKey } from "../../domain/asset.ts";
import { otherId } from "../support/asset.ts";
import { send, sha256 } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { asFunction } from "../support/function.ts";
import { jpeg } from "../support/pictures.ts";

const use = useCloud();

let bytes: Buffer;

beforeAll(async () => {
  bytes = await jpeg();
});

const reserve = () => use().alice.create(bytes, "image/jpeg", { sha256: sha256(bytes) });

describe("an upload URL", () => {
  it("accepts exactly what it was signed for, once", async () => {
    const { upload } = await reserve();
    expect(upload.method).toBe("PUT");
    expect(upload.headers.map(({ name }) => name).sort()).toEqual([
      "content-length",
      "content-type",
      "if-none-match",
      "x-amz-checksum-sha256",
    ]);
    expect(await send(upload, bytes)).toMatchObject({ status: 200 });
    const again = await send(upload, bytes);
    expect(again.status).toBe(412);
    expect(again.body).toContain("<Code>PreconditionFailed</Code>");
  });

  it("refuses another type", async () => {
    const { upload } = await reserve();
    const reply = await send(upload, bytes, { "content-type": "text/html" });
    expect(reply.status).toBe(403);
    expect(reply.body).toContain("<Code>SignatureDoesNotMatch</Code>");
  });

  it("refuses a longer body", async () => {
    const { upload } = await reserve();
    const longer = Buffer.concat([bytes, Buffer.from("more")]);
    const reply = await send(upload, longer, { "content-length": String(longer.length) });
    expect(reply.status).toBe(403);
    expect(reply.body).toContain("<Code>SignatureDoesNotMatch</Code>");
  });

  it("refuses other bytes of the same length", async () => {
    const { upload } = await reserve();
    const other = Buffer.from(bytes);
    other[other.length - 3] = (other[other.length - 3] ?? 0) ^ 1;
    const reply = await send(upload, other);
    expect(reply.status).toBe(400);
    expect(reply.body).toContain("<Code>BadDigest</Code>");
  });

  it("does not overwrite if the condition is left out", async () => {
    const { upload } = await reserve();
    expect((await send(upload, bytes, { "if-none-match": undefined })).status).toBe(403);
  });

  it("refuses a changed signature, and a header that was not signed", async () => {
    const { upload } = await reserve();
    const tampered = { ...upload, url: upload.url.replace(/Signature=./, "Signature=0") };
    const other = { ...upload, url: upload.url.replace(/Signature=./, "Signature=1") };
    const replies = [await send(tampered, bytes), await send(other, bytes)];
    expect(replies.filter(({ status }) => status === 403).length).toBeGreaterThanOrEqual(1);
    expect((await send(upload, bytes, { "x-amz-acl": "public-read" })).status).toBe(403);
  });

  it.each([
    ["x-amz-meta-note", "hello"],
    ["x-amz-tagging", "a=b"],
    ["x-amz-storage-class", "GLACIER"],
    ["x-amz-website-redirect-location", "https://example.com/"],
    ["x-amz-acl", "bucket-owner-full-control"],
    ["x-amz-grant-read", 'uri="http://acs.amazonaws.com/groups/global/AllUsers"'],
    ["x-amz-server-side-encryption", "aws:kms"],
    ["x-amz-object-lock-mode", "COMPLIANCE"],
    ["x-amz-copy-source", "/other/object"],
  ])("refuses %s, which was not signed", async (name, value) => {
    const { upload } = await reserve();
    const reply = await send(upload, bytes, { [name]: value });
    expect(reply.status).toBe(403);
    expect(reply.body).toContain("There were headers present in the request which were not signed");
    expect(reply.body).toContain(`<HeadersNotSigned>${name}</HeadersNotSigned>`);
  });

  it("works for no other object", async () => {
    const { upload } = await reserve();
    const { asset } = await reserve();
    const elsewhere = {
      ...upload,
      url: upload.url.replace(/uploads\/[^?]*/, `uploads/${asset.ownerId}/${asset.id}`),
    };
    expect((await send(elsewhere, bytes)).status).toBe(403);
  });

  it("expires", async () => {
    const { asset } = await reserve();
    const { endpointUrl, region, bucket, roles } = use().cloud.ready;
    const client = new S3Client({
      endpoint: endpointUrl,
      region,
      forcePathStyle: true,
      credentials: roles["presign"] ?? { accessKeyId: "", secretAccessKey: "" },
      requestChecksumCalculation: "WHEN_REQUIRED",
    });
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: objectKey(asset.ownerId, asset.id),
      IfNoneMatch: "*",
    });
    const url = await getSignedUrl(client, command, {
      expiresIn: 60,
      signingDate: new Date(Date.now() - 61_000),
    });
    client.destroy();
    const reply = await send({ url, method: "PUT", headers: [], expiresAt: "" }, bytes, {
      "if-none-match": "*",
    });
    expect(reply.status).toBe(403);
    expect(reply.body).toContain("<Code>AccessDenied</Code><Message>Request has expired</Message>");
    expect(reply.body).toMatch(/<Expires>.*<\/Expires><ServerTime>.*<\/ServerTime>/);
  });

  it("is signed again for an asset that still waits", async () => {
    const { alice } = use();
    const { asset } = await reserve();
    const renew =
      "mutation ($id: ID!) { renewUpload(id: $id) { upload { url method headers { name value } expiresAt } } }";
    const { renewUpload } = await alice.get<{ renewUpload: { upload: Parameters<typeof send>[0] } }>(renew, {
      id: asset.id,
    });
    const events = await alice.events(asset.id);
    expect(await send(renewUpload.upload, bytes)).toMatchObject({ status: 200 });
    await events.until(({ type }) => type === "RECEIVED");
    expect((await alice.ask(renew, { id: asset.id })).errors?.[0]?.errorType).toBe("StateConflict");
  });
});

describe("a download URL", () => {
  it("fixes the headers of the download, whatever headers the upload had", async () => {
    const { alice, cloud } = use();
    const { asset, upload } = await alice.create(bytes, "image/jpeg", { filename: "a.jpg" });
    const events = await alice.events(asset.id);
    const unsigned = {
      "cache-control": "public, max-age=31536000",
      "content-disposition": "inline",
      "content-encoding": "gzip",
      "content-language": "de",
      expires: "Fri, 01 Jan 2100 00:00:00 GMT",
    };
    expect(await send(upload, bytes, unsigned)).toMatchObject({ status: 200 });
    await events.until(({ type }) => type === "RECEIVED");
    const owner = asFunction(use(), "administrator");
    const key = objectKey(asset.ownerId, asset.id);
    // S3 keeps them, as AWS does.
    const stored = await owner.s3.send(new HeadObjectCommand({ Bucket: cloud.ready.bucket, Key: key }));
    owner.close();
    expect([stored.CacheControl, stored.ContentEncoding, stored.ExpiresString]).toEqual([
      unsigned["cache-control"],
      "gzip",
      unsigned.expires,
    ]);

    const asked = Date.now();
    const { getAsset } = await alice.get<{ getAsset: { downloadUrl: string } }>(
      "query ($id: ID!) { getAsset(id: $id) { downloadUrl(ttlSeconds: 60) } }",
      { id: asset.id },
    );
    const reply = await fetch(getAsset.downloadUrl);
    const answered = Date.now();
    const header = (name: string) => reply.headers.get(name);
    expect(Buffer.from(await reply.arrayBuffer()).equals(bytes)).toBe(true);
    expect(
      Object.fromEntries([...Object.keys(unsigned), "content-type"].map((name) => [name, header(name)])),
    ).toEqual({
      "cache-control": "private, max-age=60",
      "content-disposition": "attachment; filename=\"a.jpg\"; filename*=UTF-8''a.jpg",
      "content-encoding": "identity",
      "content-language": "und",
      "content-type": "image/jpeg",
      expires: expect.stringMatching(/GMT$/) as unknown,
    });
    const lapses = Date.parse(header("expires") ?? "") - 60_000;
    // The header counts in whole seconds.
    expect(lapses).toBeGreaterThan(asked - 1000);
    expect(lapses).toBeLessThanOrEqual(answered);
  });

  it("works for its object and its time only", async () => {
    const { alice, cloud } = use();
    const { asset, upload } = await reserve();
    const events = await alice.events(asset.id);
    await send(upload, bytes);
    await events.until(({ type }) => type === "LABELLED");
    const { getAsset } = await alice.get<{ getAsset: { downloadUrl: string } }>(
      "query ($id: ID!) { getAsset(id: $id) { downloadUrl(ttlSeconds: 60) } }",
      { id: asset.id },
    );
    const url = getAsset.downloadUrl;
    expect(url).toContain("X-Amz-Expires=60");
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(url.replace(asset.id, otherId(asset.id)))).status).toBe(403);
    expect((await fetch(url, { method: "DELETE" })).status).toBe(403);
    expect((await fetch(url.split("?")[0] ?? "")).status).toBe(403);

    const { endpointUrl, region, bucket, roles } = cloud.ready;
    const client = new S3Client({
      endpoint: endpointUrl,
      region,
      forcePathStyle: true,
      credentials: roles["presign"] ?? { accessKeyId: "", secretAccessKey: "" },
    });
    const lapsed = await getSignedUrl(
      client,
      new GetObjectCommand({ Bucket: bucket, Key: objectKey(asset.ownerId, asset.id) }),
      { expiresIn: 1, signingDate: new Date(Date.now() - 2000) },
    );
    client.destroy();
    const reply = await fetch(lapsed);
    expect(reply.status).toBe(403);
    expect(await reply.text()).toContain("Request has expired");
  });
});
