import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { region } from "../graph.ts";
import { notification, openS3 } from "./support.ts";

const Bucket = "pictures";

async function fill(client: S3Client, keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map((Key) => client.send(new PutObjectCommand({ Bucket, Key, Body: Key }))));
}

/** Every page, as keys and common prefixes in the order they came. */
async function pages(client: S3Client, input: Partial<ListObjectsV2CommandInput>): Promise<string[][]> {
  const found: string[][] = [];
  let { ContinuationToken } = input;
  do {
    const page = await client.send(new ListObjectsV2Command({ Bucket, ...input, ContinuationToken }));
    const names = [
      ...(page.Contents ?? []).map(({ Key }) => Key),
      ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
    ];
    expect(page.KeyCount).toBe(names.length);
    found.push(names.map(String));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return found;
}

describe("ListObjectsV2", () => {
  it("lists in UTF-8 order, by prefix and after a key", async () => {
    const { client } = await openS3();
    await fill(client, ["b", "a/2", "a/1", "B", "ä", "\uffee", "😀"]);
    expect(await pages(client, {})).toEqual([["B", "a/1", "a/2", "b", "ä", "\uffee", "😀"]]);
    expect(await pages(client, { Prefix: "a/" })).toEqual([["a/1", "a/2"]]);
    expect(await pages(client, { StartAfter: "a/1", Prefix: "a" })).toEqual([["a/2"]]);
    expect(await pages(client, { Prefix: "none" })).toEqual([[]]);
    expect(await pages(client, { MaxKeys: 0 })).toEqual([[]]);
  });

  it("rolls keys up to the delimiter, and counts each common prefix once over all pages", async () => {
    const { client } = await openS3();
    await fill(client, ["a", "p/1", "p/2", "p/3", "p/\u{10ffff}x", "q/1", "z"]);
    expect(await pages(client, { Delimiter: "/" })).toEqual([["a", "z", "p/", "q/"]]);
    expect(await pages(client, { Delimiter: "/", MaxKeys: 1 })).toEqual([["a"], ["p/"], ["q/"], ["z"]]);
    expect(await pages(client, { Delimiter: "/", Prefix: "p/", MaxKeys: 2 })).toEqual([
      ["p/1", "p/2"],
      ["p/3", "p/\u{10ffff}x"],
    ]);
  });

  it("finds every key exactly once, however the pages are cut", async () => {
    const { client } = await openS3();
    const name = fc.string({ unit: fc.constantFrom("a", "b", "/", "é", "😀"), minLength: 1, maxLength: 5 });
    const all = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(name, { maxLength: 6 }),
        fc.integer({ min: 1, max: 5 }),
        async (keys, MaxKeys) => {
          const legal = keys.filter((key) => !key.includes("//") && !key.startsWith("/"));
          await fill(client, [...new Set(legal)]);
          for (const key of legal) {
            all.add(key);
          }
          const sorted = [...all].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
          expect((await pages(client, { MaxKeys })).flat()).toEqual(sorted);
          const rolled = new Set(sorted.map((key) => key.replace(/\/.*$/s, "/")));
          expect(new Set((await pages(client, { MaxKeys, Delimiter: "/" })).flat())).toEqual(rolled);
        },
      ),
      { numRuns: 15 },
    );
  });

  it("encodes keys on request, and escapes them otherwise", async () => {
    const { client } = await openS3();
    await fill(client, ["a b/(c)+é.png", "<&>\u0001"]);
    expect(await pages(client, { EncodingType: "url" })).toEqual([
      ["%3C%26%3E%01", "a+b/%28c%29%2B%C3%A9.png"],
    ]);
    expect(await pages(client, { Prefix: "a" })).toEqual([["a b/(c)+é.png"]]);
  });

  it("refuses a token that it did not give, and numbers that are none", async () => {
    const { client } = await openS3();
    for (const input of [{ ContinuationToken: "?" }, { MaxKeys: -1 }]) {
      await expect(pages(client, input)).rejects.toMatchObject({ name: "InvalidArgument" });
    }
  });
});

describe("DeleteObjects", () => {
  it("deletes what exists, lists each, and lists nothing in quiet mode", async () => {
    const { client, events } = await openS3([notification({ events: ["s3:ObjectRemoved:*"] })]);
    await fill(client, ["a", "b&<c>", "keep"]);
    const Objects = [{ Key: "a" }, { Key: "b&<c>" }, { Key: "none" }];
    const { Deleted } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted?.map(({ Key }) => Key)).toEqual(["a", "b&<c>", "none"]);
    expect(await pages(client, {})).toEqual([["keep"]]);
    const quiet = { Objects: [{ Key: "keep" }], Quiet: true };
    expect((await client.send(new DeleteObjectsCommand({ Bucket, Delete: quiet }))).Deleted).toBeUndefined();
    expect((await events()).map(({ s3 }) => s3.object.key)).toEqual(["a", "b%26%3Cc%3E", "keep"]);
  });

  it("deleting what is not there succeeds and is no event", async () => {
    const { client, events } = await openS3([notification()]);
    await client.send(new DeleteObjectCommand({ Bucket, Key: "none" }));
    expect(await events()).toEqual([]);
  });

  it("says which of them has a version id that cannot be one, and deletes the others", async () => {
    const { client } = await openS3();
    const Delete = { Objects: [{ Key: "a", VersionId: "1" }, { Key: "b" }] };
    const { Deleted, Errors } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }));
    expect(Deleted).toEqual([{ Key: "b" }]);
    expect(Errors).toMatchObject([{ Key: "a", VersionId: "1", Code: "NoSuchVersion" }]);
  });
});

describe("buckets", () => {
  it("are those that the program declares", async () => {
    const { client } = await openS3();
    const { Buckets } = await client.send(new ListBucketsCommand({}));
    expect(Buckets).toMatchObject([{ Name: "pictures", CreationDate: expect.any(Date) }]);
    expect((await client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe(region);
    expect((await client.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe(region);
    await expect(client.send(new ListObjectsV2Command({ Bucket: "other" }))).rejects.toMatchObject({
      name: "NoSuchBucket",
    });
  });
});
