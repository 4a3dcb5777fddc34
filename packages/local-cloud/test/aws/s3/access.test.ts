import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { describe, expect, it } from "@jest/globals";
import { accountId, allow, policy, resource, role, roleArn } from "../graph.ts";
import { bucketArn, clientOf, openS3, send, target, textOf } from "./support.ts";

const Bucket = "pictures";

const deny = (Action: string, Condition: object) =>
  resource("aws:s3/bucketPolicy:BucketPolicy", "closed", {
    bucket: "pictures",
    policy: policy({ Effect: "Deny", Principal: "*", Action, Resource: `${bucketArn}/*`, Condition }),
  });

const denied = { name: "AccessDenied", $metadata: { httpStatusCode: 403 } };

describe("the caller's policies", () => {
  it("decide on each operation", async () => {
    const { client, door } = await openS3();
    const writer = clientOf(door, "writer");
    const reader = clientOf(door, "reader");
    await writer.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    await expect(writer.send(new GetObjectCommand({ Bucket, Key: "k" }))).rejects.toMatchObject(denied);
    await reader.send(new GetObjectCommand({ Bucket, Key: "k" }));
    await expect(reader.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }))).rejects.toMatchObject(
      denied,
    );
    await expect(reader.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject(denied);
    const copy = new CopyObjectCommand({ Bucket, Key: "k2", CopySource: "pictures/k" });
    await expect(writer.send(copy)).rejects.toMatchObject(denied);
    await client.send(copy);
    const { Errors } = await reader.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "k" }] } }),
    );
    expect(Errors).toMatchObject([{ Key: "k", Code: "AccessDenied" }]);
  });

  it("hide that a key is missing from who may not list", async () => {
    const { client, door } = await openS3();
    const reader = clientOf(door, "reader");
    const missing = { Bucket, Key: "none" };
    await expect(reader.send(new HeadObjectCommand(missing))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
    await expect(reader.send(new GetObjectCommand(missing))).rejects.toMatchObject(denied);
    await expect(client.send(new HeadObjectCommand(missing))).rejects.toMatchObject({ name: "NotFound" });
    await expect(client.send(new GetObjectCommand(missing))).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  it("see the prefix that is listed", async () => {
    const own = allow("s3:ListBucket", bucketArn, { Condition: { StringLike: { "s3:prefix": "mine/*" } } });
    const { door } = await openS3(role("lister", own));
    const lister = clientOf(door, "lister");
    await lister.send(new ListObjectsV2Command({ Bucket, Prefix: "mine/1" }));
    for (const input of [{}, { Prefix: "theirs/" }]) {
      await expect(lister.send(new ListObjectsV2Command({ Bucket, ...input }))).rejects.toMatchObject(denied);
    }
  });
});

describe("the bucket policy", () => {
  it("can demand If-None-Match of what creates an object", async () => {
    const { client } = await openS3([deny("s3:PutObject", { Null: { "s3:if-none-match": "true" } })]);
    const put = { Bucket, Key: "k", Body: "x" };
    await expect(client.send(new PutObjectCommand(put))).rejects.toMatchObject(denied);
    await client.send(new PutObjectCommand({ ...put, IfNoneMatch: "*" }));
  });

  it("can bound the age of a signature, in milliseconds", async () => {
    let now = Date.now();
    const old = deny("s3:GetObject", { NumericGreaterThan: { "s3:signatureAge": "60000" } });
    const { client, door } = await openS3([old], { clock: () => now });
    await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    const url = target(
      await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: "k" }), { expiresIn: 900 }),
    );
    expect((await send(door, "GET", url)).status).toBe(200);
    now += 62_000;
    const late = await send(door, "GET", url);
    expect([late.status, textOf(late.text, "Code")]).toEqual([403, "AccessDenied"]);
  });

  it("can distinguish presigned URLs from signed headers", async () => {
    const presigned = deny("s3:GetObject", { StringEquals: { "s3:authType": "REST-QUERY-STRING" } });
    const { client, door } = await openS3([presigned]);
    await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    await client.send(new GetObjectCommand({ Bucket, Key: "k" }));
    const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: "k" }));
    expect((await send(door, "GET", target(url))).status).toBe(403);
  });
});

describe("the expected owner of a bucket", () => {
  it("is the account, or access is denied", async () => {
    const { client } = await openS3();
    await client.send(new ListObjectsV2Command({ Bucket, ExpectedBucketOwner: accountId }));
    const other = new ListObjectsV2Command({ Bucket, ExpectedBucketOwner: "111111111111" });
    await expect(client.send(other)).rejects.toMatchObject(denied);
  });
});

describe("read, for another service", () => {
  it("reads as the caller may, and not otherwise", async () => {
    const { s3, client, door } = await openS3();
    await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "bytes" }));
    const principal = (name: string) => {
      const known = door.iam.identify(door.iam.credentials(roleArn(name)).accessKeyId);
      if (!known) {
        throw new Error(name);
      }
      return known.principal;
    };
    expect(String(await s3.read(principal("reader"), Bucket, "k"))).toBe("bytes");
    await expect(s3.read(principal("writer"), Bucket, "k")).rejects.toMatchObject({ code: "AccessDenied" });
    await expect(s3.read(principal("reader"), Bucket, "none")).rejects.toMatchObject({ code: "NoSuchKey" });
    await expect(s3.read(principal("reader"), "none", "k")).rejects.toMatchObject({ code: "NoSuchBucket" });
  });
});
