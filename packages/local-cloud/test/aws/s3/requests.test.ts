import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetBucketAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { describe, expect, it } from "@jest/globals";
import { resource } from "../graph.ts";
import { openS3, send, target, textOf } from "./support.ts";

const Bucket = "pictures";
const Key = "k";

describe("what is not emulated", () => {
  const put = { Bucket, Key, Body: "x" };
  const requests: [string, (client: S3Client) => Promise<unknown>][] = [
    ["GetBucketAcl", (s3) => s3.send(new GetBucketAclCommand({ Bucket }))],
    ["ListObjects", (s3) => s3.send(new ListObjectsCommand({ Bucket }))],
    ["ListMultipartUploads", (s3) => s3.send(new ListMultipartUploadsCommand({ Bucket }))],
    ["GetObjectTagging", (s3) => s3.send(new GetObjectTaggingCommand({ Bucket, Key }))],
    ["CreateBucket", (s3) => s3.send(new CreateBucketCommand({ Bucket: "new" }))],
    ["x-amz-tagging", (s3) => s3.send(new PutObjectCommand({ ...put, Tagging: "a=b" }))],
    ["x-amz-storage-class", (s3) => s3.send(new PutObjectCommand({ ...put, StorageClass: "GLACIER" }))],
    ["encryption", (s3) => s3.send(new PutObjectCommand({ ...put, ServerSideEncryption: "aws:kms" }))],
    [
      "x-amz-object-lock-mode",
      (s3) => s3.send(new PutObjectCommand({ ...put, ObjectLockMode: "GOVERNANCE" })),
    ],
  ];

  it.each(requests)("is refused by name: %s", async (name, request) => {
    const answer = request((await openS3()).client);
    await expect(answer).rejects.toMatchObject({
      name: "NotImplemented",
      $metadata: { httpStatusCode: 501 },
    });
    await expect(answer).rejects.toThrow(name);
  });

  it("includes ACLs, as the bucket's owner is enforced, and too much metadata", async () => {
    const { client } = await openS3();
    const store = (rest: object) => client.send(new PutObjectCommand({ ...put, ...rest }));
    await expect(store({ ACL: "public-read" })).rejects.toMatchObject({
      name: "AccessControlListNotSupported",
    });
    await expect(store({ Metadata: { a: "x".repeat(2048) } })).rejects.toMatchObject({
      name: "MetadataTooLarge",
    });
    await store({ ACL: "bucket-owner-full-control", Metadata: { a: "x".repeat(2047) } });
  });
});

describe("a presigned POST", () => {
  it("is refused by name, with what to use instead, whatever its length", async () => {
    const { door } = await openS3();
    const headers = { "content-type": "multipart/form-data; boundary=x" };
    for (const body of ["", "x".repeat(1_000_000)]) {
      const { status, text } = await send(door, "POST", "/pictures", headers, body);
      expect([status, textOf(text, "Code")]).toEqual([501, "NotImplemented"]);
      expect(textOf(text, "Message")).toContain("use a presigned PUT instead");
    }
    const other = await send(door, "POST", "/pictures", { "content-type": "text/plain" }, "x");
    expect([other.status, textOf(other.text, "Code")]).toEqual([403, "AccessDenied"]);
  });
});

describe("an error", () => {
  it("is an XML document with its own elements, and the ids of the request", async () => {
    const { client, door } = await openS3();
    const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: "<none>" }));
    const { status, headers, text } = await send(door, "GET", target(url));
    expect([status, headers["content-type"]]).toEqual([404, "application/xml"]);
    expect(text).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<Error><Code>NoSuchKey<\/Code>/);
    expect(textOf(text, "Key")).toBe("&lt;none&gt;");
    expect(textOf(text, "RequestId")).toBe(headers["x-amz-request-id"]);
    expect(textOf(text, "HostId")).toBe(headers["x-amz-id-2"]);
  });

  it("says when a presigned URL expired", async () => {
    let now = Date.now();
    const { client, door } = await openS3([], { clock: () => now });
    const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key }), { expiresIn: 60 });
    now += 120_000;
    const { status, text } = await send(door, "GET", target(url));
    expect([status, textOf(text, "Code"), textOf(text, "Message")]).toEqual([
      403,
      "AccessDenied",
      "Request has expired",
    ]);
    expect(textOf(text, "ServerTime")).toBeDefined();
    expect(textOf(text, "Expires")).toBeDefined();
  });

  it("of HEAD has no body", async () => {
    const { client, door } = await openS3();
    const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key }));
    expect(await send(door, "HEAD", target(url))).toMatchObject({ status: 403, text: "" });
  });
});

describe("CORS", () => {
  const cors = (
    ...corsRules: { allowedMethods: string[]; allowedOrigins: string[]; allowedHeaders?: string[] }[]
  ) =>
    resource("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration", "cors", {
      bucket: "pictures",
      corsRules: corsRules.map((rule) => ({ ...rule, exposeHeaders: ["ETag"], maxAgeSeconds: 600 })),
    });
  const rule = {
    allowedMethods: ["PUT", "GET"],
    allowedOrigins: ["https://*.example.com"],
    allowedHeaders: ["content-type", "x-amz-*"],
  };
  const ask = {
    origin: "https://a.example.com",
    "access-control-request-method": "PUT",
    "access-control-request-headers": "Content-Type, x-amz-checksum-sha256",
  };

  it("answers a preflight as the bucket's rules say", async () => {
    const { door } = await openS3([cors(rule)]);
    const { status, headers } = await send(door, "OPTIONS", "/pictures/a/b", ask);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "access-control-allow-origin": "https://a.example.com",
      "access-control-allow-methods": "PUT, GET",
      "access-control-allow-headers": "Content-Type, x-amz-checksum-sha256",
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "ETag",
      "access-control-max-age": "600",
      vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
    });
  });

  it("answers the preflight of a presigned upload, whose URL was signed for PUT", async () => {
    const { client, door } = await openS3([cors(rule)]);
    const url = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key }));
    expect((await send(door, "OPTIONS", target(url), ask)).status).toBe(200);
  });

  it.each([
    ["another origin", { origin: "https://example.org" }, "AccessForbidden"],
    ["another method", { "access-control-request-method": "DELETE" }, "AccessForbidden"],
    ["another header", { "access-control-request-headers": "authorization" }, "AccessForbidden"],
  ])("refuses %s", async (_, change, code) => {
    const { door } = await openS3([cors(rule)]);
    const { status, text, headers } = await send(door, "OPTIONS", "/pictures/k", { ...ask, ...change });
    expect([status, textOf(text, "Code")]).toEqual([403, code]);
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("is off without a configuration", async () => {
    const { door } = await openS3();
    const { status, text } = await send(door, "OPTIONS", "/pictures/k", ask);
    expect([status, textOf(text, "Message")]).toEqual([
      403,
      "CORSResponse: CORS is not enabled for this bucket.",
    ]);
  });

  it("lets the page read answers and errors, the front door's included", async () => {
    const { client, door } = await openS3([cors({ allowedMethods: ["GET"], allowedOrigins: ["*"] })]);
    const headers = { origin: "https://anyone.example" };
    const url = target(await getSignedUrl(client, new GetObjectCommand({ Bucket, Key })));
    for (const path of [url, url.replace("/k?", "/other?")]) {
      const answer = await send(door, "GET", path, headers);
      expect(answer.status).toBeGreaterThanOrEqual(403);
      expect(answer.headers["access-control-allow-origin"]).toBe("*");
      expect(answer.headers["access-control-allow-credentials"]).toBeUndefined();
    }
  });
});

describe("a body of XML", () => {
  it("of more than 1,000 keys is refused", async () => {
    const { client } = await openS3();
    const Objects = Array.from({ length: 1001 }, (_, index) => ({ Key: `k${index}` }));
    const tooMany = client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    await expect(tooMany).rejects.toMatchObject({ name: "MalformedXML" });
  });
});
