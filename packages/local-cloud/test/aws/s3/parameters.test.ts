import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";
import { CreateMultipartUploadCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, it } from "@jest/globals";
import type { FrontDoor } from "../front-door.ts";
import { accountId, region, resource, roleArn } from "../graph.ts";
import { openS3, send, textOf } from "./support.ts";

const Bucket = "pictures";
const Key = "k";
const body = "0123456789";
type Texts = Readonly<Record<string, string>>;

/** A request of `worker`, whose headers are all signed. */
async function request(door: FrontDoor, method: string, path: string, more: Texts = {}, text = "") {
  const signer = new SignatureV4({
    service: "s3",
    region,
    credentials: door.iam.credentials(roleArn("worker")),
    sha256: Sha256,
    uriEscapePath: false,
  });
  const [pathname = "", search = ""] = path.split("?");
  const { headers } = await signer.sign({
    method,
    protocol: "http:",
    hostname: "127.0.0.1",
    port: door.port,
    path: pathname,
    query: Object.fromEntries(new URLSearchParams(search)),
    headers: { host: `127.0.0.1:${door.port}`, ...more },
    body: text,
  });
  return send(door, method, path, headers, text);
}

async function withObject() {
  const { client, door } = await openS3();
  const put = await client.send(new PutObjectCommand({ Bucket, Key, Body: body }));
  return { client, door, etag: put.ETag ?? "" };
}

describe("a header of a write", () => {
  const implied = "A header you provided implies functionality that is not implemented";
  const acls = "The bucket does not allow ACLs";
  it.each<[Texts, number, string, string, Texts?]>([
    [
      { "if-match": '"a"', "if-none-match": "*" },
      501,
      "NotImplemented",
      implied,
      { Header: "If-Match,If-None-Match" },
    ],
    [{ "if-match": "*" }, 501, "NotImplemented", implied, { Header: "If-Match" }],
    [{ "if-none-match": '"a"' }, 501, "NotImplemented", implied, { Header: "If-None-Match" }],
    [{ "if-none-match": "*" }, 412, "PreconditionFailed", "pre-conditions", { Condition: "If-None-Match" }],
    [{ "if-match": '"a"' }, 412, "PreconditionFailed", "pre-conditions", { Condition: "If-Match" }],
    [
      { "x-amz-acl": "fake" },
      400,
      "InvalidArgument",
      "",
      { ArgumentName: "x-amz-acl", ArgumentValue: "fake" },
    ],
    [{ "x-amz-acl": "private" }, 400, "AccessControlListNotSupported", acls],
    [{ "x-amz-acl": "public-read" }, 400, "AccessControlListNotSupported", acls],
    [{ "x-amz-grant-read": 'id="1"' }, 400, "AccessControlListNotSupported", acls],
    [
      { "x-amz-acl": "private", "x-amz-grant-read": 'id="1"' },
      400,
      "InvalidRequest",
      "Specifying both Canned ACLs and Header Grants is not allowed",
    ],
    [
      { "x-amz-storage-class": "OUTPOSTS" },
      400,
      "InvalidStorageClass",
      "The storage class you specified is not valid",
      { StorageClassRequested: "OUTPOSTS" },
    ],
    [{ "x-amz-storage-class": "standard" }, 400, "InvalidStorageClass", "is not valid"],
    [{ "x-amz-storage-class": "GLACIER_IR" }, 501, "NotImplemented", "x-amz-storage-class"],
    [
      { "x-amz-server-side-encryption": "aes" },
      400,
      "InvalidArgument",
      "The encryption method specified is not supported",
    ],
    [{ "x-amz-server-side-encryption": "aws:kms" }, 501, "NotImplemented", "x-amz-server-side-encryption"],
    [
      { "x-amz-server-side-encryption-customer-algorithm": "AES256" },
      501,
      "NotImplemented",
      "customer-algorithm",
    ],
    [{ "x-amz-tagging": "a=b" }, 501, "NotImplemented", "x-amz-tagging"],
    [{ "x-amz-object-lock-legal-hold": "ON" }, 501, "NotImplemented", "x-amz-object-lock-legal-hold"],
    [{ "x-amz-website-redirect-location": "/a" }, 501, "NotImplemented", "x-amz-website-redirect-location"],
    [{ "x-amz-write-offset-bytes": "0" }, 501, "NotImplemented", "x-amz-write-offset-bytes"],
    [
      { "x-amz-expected-bucket-owner": "abc" },
      400,
      "InvalidBucketOwnerAWSAccountID",
      "must be an AWS Account ID... [abc]",
    ],
    [
      { "x-amz-expected-bucket-owner": "0".repeat(13) },
      400,
      "InvalidBucketOwnerAWSAccountID",
      "[0000000000000]",
    ],
    [{ "x-amz-expected-bucket-owner": "1".repeat(12) }, 403, "AccessDenied", "Access Denied"],
    [
      { "content-md5": "000" },
      400,
      "InvalidDigest",
      "The Content-MD5 you specified was invalid.",
      { "Content-MD5": "000" },
    ],
    [{ "content-md5": "MTIz" }, 400, "InvalidDigest", "The Content-MD5 you specified was invalid."],
    [
      { "content-md5": "AAAAAAAAAAAAAAAAAAAAAA==" },
      400,
      "BadDigest",
      "did not match what we received",
      { ExpectedDigest: "0".repeat(32), CalculatedDigest: "Iq9kXRhZy1ym2gxITx836g==" },
    ],
    [{ "x-amz-checksum-sha512": "a" }, 501, "NotImplemented", "x-amz-checksum-sha512"],
    [{ "x-amz-checksum-md5": "a" }, 501, "NotImplemented", "x-amz-checksum-md5"],
    [{ "x-amz-checksum-xxhash64": "a" }, 501, "NotImplemented", "x-amz-checksum-xxhash64"],
    [{ "x-amz-checksum-xxhash3": "a" }, 501, "NotImplemented", "x-amz-checksum-xxhash3"],
    [{ "x-amz-checksum-xxhash128": "a" }, 501, "NotImplemented", "x-amz-checksum-xxhash128"],
  ])("%j is answered by %d %s", async (headers, status, code, words, details = {}) => {
    const { door } = await withObject();
    const answer = await request(door, "PUT", "/pictures/k", headers, "new");
    expect([answer.status, textOf(answer.text, "Code")]).toEqual([status, code]);
    expect(textOf(answer.text, "Message")).toContain(words);
    for (const [name, value] of Object.entries(details)) {
      expect(textOf(answer.text, name)?.replaceAll("&quot;", '"')).toBe(value);
    }
    expect((await request(door, "GET", "/pictures/k")).text).toBe(body);
  });

  it.each<Texts>([
    { "x-amz-acl": "bucket-owner-full-control" },
    { "x-amz-storage-class": "STANDARD" },
    { "x-amz-server-side-encryption": "AES256" },
    { "x-amz-expected-bucket-owner": accountId },
    { "x-amz-tagging-directive": "COPY" },
  ])("%j is taken", async (headers) => {
    const { door } = await withObject();
    expect((await request(door, "PUT", "/pictures/k", headers, "new")).status).toBe(200);
    expect((await request(door, "GET", "/pictures/k")).text).toBe("new");
  });
});

describe("a read", () => {
  it.each<[string, number, string, string | undefined]>([
    ["bytes=0-0", 206, "0", "bytes 0-0/10"],
    ["bytes=8-", 206, "89", "bytes 8-9/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    ["bytes=-11", 206, body, "bytes 0-9/10"],
    ["bytes=9-100", 206, "9", "bytes 9-9/10"],
    ["bytes=10-", 416, "InvalidRange", undefined],
    ["bytes=-0", 416, "InvalidRange", undefined],
    ["bytes=5-4", 200, body, undefined],
    ["bytes=0-1,3-4", 200, body, undefined],
    ["bytes=-", 200, body, undefined],
    ["lines=0-1", 200, body, undefined],
  ])("of %s answers %d", async (range, status, text, contentRange) => {
    const { door } = await withObject();
    const answer = await request(door, "GET", "/pictures/k", { range });
    expect([answer.status, answer.headers["content-range"]]).toEqual([status, contentRange]);
    expect(status === 416 ? textOf(answer.text, "Code") : answer.text).toBe(text);
    if (status === 416) {
      expect(textOf(answer.text, "RangeRequested")).toBe(range);
    }
  });

  it.each<[Texts, number]>([
    [{ "if-match": "ETAG" }, 200],
    [{ "if-match": '"other"' }, 412],
    [{ "if-none-match": "ETAG" }, 304],
    [{ "if-none-match": "*" }, 304],
    [{ "if-none-match": '"other"' }, 200],
    [{ "if-modified-since": "Sat, 01 Jan 2000 00:00:00 GMT" }, 200],
    [{ "if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT" }, 304],
    [{ "if-unmodified-since": "Sat, 01 Jan 2000 00:00:00 GMT" }, 412],
    [{ "if-unmodified-since": "Fri, 01 Jan 2100 00:00:00 GMT" }, 200],
    // An ETag that matches outweighs a date that does not, either way.
    [{ "if-match": "ETAG", "if-unmodified-since": "Sat, 01 Jan 2000 00:00:00 GMT" }, 200],
    [{ "if-none-match": "ETAG", "if-modified-since": "Sat, 01 Jan 2000 00:00:00 GMT" }, 304],
    [{ "if-match": "ETAG", "if-none-match": "ETAG" }, 304],
    [{ "x-amz-server-side-encryption-customer-algorithm": "AES256" }, 400],
    [{ "x-amz-expected-bucket-owner": "1" }, 400],
  ])("with %j answers %d", async (headers, status) => {
    const { door, etag } = await withObject();
    const given = Object.entries(headers).map(([name, value]) => [name, value.replace("ETAG", etag)]);
    const answer = await request(door, "GET", "/pictures/k", Object.fromEntries(given) as Texts);
    expect([answer.status, answer.text]).toEqual([status, status === 200 ? body : answer.text]);
    expect(answer.text === body).toBe(status === 200);
  });
});

describe("a copy", () => {
  const source = { "x-amz-copy-source": "/pictures/k" };
  it.each<[Texts, number, string, Texts?]>([
    [
      { "x-amz-copy-source-if-match": '"a"' },
      412,
      "PreconditionFailed",
      { Condition: "x-amz-copy-source-If-Match" },
    ],
    [
      { "x-amz-copy-source-if-none-match": "ETAG" },
      412,
      "PreconditionFailed",
      { Condition: "x-amz-copy-source-If-None-Match" },
    ],
    [
      { "x-amz-copy-source-if-unmodified-since": "Sat, 01 Jan 2000 00:00:00 GMT" },
      412,
      "PreconditionFailed",
      { Condition: "x-amz-copy-source-If-Unmodified-Since" },
    ],
    [
      { "x-amz-copy-source-if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT" },
      412,
      "PreconditionFailed",
      { Condition: "x-amz-copy-source-If-Modified-Since" },
    ],
    [
      { "x-amz-metadata-directive": "MERGE" },
      400,
      "InvalidArgument",
      { ArgumentName: "x-amz-metadata-directive" },
    ],
    [
      { "x-amz-tagging-directive": "MERGE" },
      400,
      "InvalidArgument",
      { ArgumentName: "x-amz-tagging-directive" },
    ],
    [{ "x-amz-checksum-algorithm": "MD5" }, 400, "InvalidRequest"],
    [{ "x-amz-source-expected-bucket-owner": "1" }, 400, "InvalidBucketOwnerAWSAccountID"],
    [{ "x-amz-source-expected-bucket-owner": "1".repeat(12) }, 403, "AccessDenied"],
    [{ "x-amz-copy-source-server-side-encryption-customer-algorithm": "AES256" }, 400, "InvalidRequest"],
    [{ "if-match": "*" }, 501, "NotImplemented", { Header: "If-Match" }],
  ])("with %j answers %d %s", async (headers, status, code, details = {}) => {
    const { door, etag } = await withObject();
    const given = Object.entries(headers).map(([name, value]) => [name, value.replace("ETAG", etag)]);
    const all = { ...source, ...(Object.fromEntries(given) as Texts) };
    const answer = await request(door, "PUT", "/pictures/copy", all);
    expect([answer.status, textOf(answer.text, "Code")]).toEqual([status, code]);
    for (const [name, value] of Object.entries(details)) {
      expect(textOf(answer.text, name)).toBe(value);
    }
    expect((await request(door, "GET", "/pictures/copy")).status).toBe(404);
  });
});

describe("a deletion", () => {
  it.each<[Texts, number, string, string]>([
    [{ "if-match": '"a"' }, 412, "PreconditionFailed", "pre-conditions"],
    [{ "x-amz-if-match-size": "10" }, 501, "NotImplemented", "implies functionality that is not implemented"],
    [{ "x-amz-mfa": "serial 123456" }, 501, "NotImplemented", "x-amz-mfa"],
    [
      { "x-amz-bypass-governance-retention": "true" },
      400,
      "InvalidArgument",
      "only applicable to Object Lock enabled buckets",
    ],
    [
      { "x-amz-if-match-last-modified-time": "Sat, 01 Jan 2000 00:00:00 GMT" },
      501,
      "NotImplemented",
      "implies functionality",
    ],
    [{ "x-amz-expected-bucket-owner": "1".repeat(12) }, 403, "AccessDenied", "Access Denied"],
  ])("with %j answers %d %s", async (headers, status, code, words) => {
    const { door } = await withObject();
    const answer = await request(door, "DELETE", "/pictures/k", headers);
    expect([answer.status, textOf(answer.text, "Code")]).toEqual([status, code]);
    expect(textOf(answer.text, "Message")).toContain(words);
    expect((await request(door, "GET", "/pictures/k")).status).toBe(200);
  });

  it("of any object takes If-Match: *", async () => {
    const { door } = await withObject();
    expect((await request(door, "DELETE", "/pictures/k", { "if-match": "*" })).status).toBe(204);
  });
});

describe("a parameter of the query", () => {
  it.each<[string, number, string, string]>([
    ["/pictures?list-type=2&max-keys=-1", 400, "InvalidArgument", "max-keys"],
    ["/pictures?list-type=2&max-keys=2147483648", 400, "InvalidArgument", "max-keys"],
    ["/pictures?list-type=2&max-keys=a", 400, "InvalidArgument", "max-keys"],
    [
      "/pictures?list-type=2&encoding-type=xml",
      400,
      "InvalidArgument",
      "Invalid Encoding Method specified in Request",
    ],
    [
      "/pictures?list-type=2&encoding-type=",
      400,
      "InvalidArgument",
      "Invalid Encoding Method specified in Request",
    ],
    [
      "/pictures?list-type=2&continuation-token=",
      400,
      "InvalidArgument",
      "The continuation token provided is incorrect",
    ],
    [
      "/pictures?list-type=2&continuation-token=zzzz",
      400,
      "InvalidArgument",
      "The continuation token provided is incorrect",
    ],
    ["/pictures?list-type=1", 501, "NotImplemented", "ListObjects "],
    [
      "/pictures?versions&version-id-marker=null",
      400,
      "InvalidArgument",
      "cannot be specified without a key marker",
    ],
    [
      "/pictures?versions&encoding-type=xml",
      400,
      "InvalidArgument",
      "Invalid Encoding Method specified in Request",
    ],
    ["/?max-buckets=0", 400, "InvalidArgument", "max-buckets"],
    ["/?max-buckets=10001", 400, "InvalidArgument", "max-buckets"],
    ["/?continuation-token=x", 400, "InvalidArgument", "The continuation token provided is incorrect"],
    ["/pictures/k?versionId=", 400, "InvalidArgument", "Version id cannot be the empty string"],
    [`/pictures/k?versionId=${"A".repeat(32)}`, 400, "InvalidArgument", "Invalid version id specified"],
    ["/pictures/k?response-content-type=a%0Ab", 400, "InvalidArgument", "ISO-8859-1"],
    [`/pictures/${"k".repeat(1025)}`, 400, "KeyTooLongError", "Your key is too long"],
    [`/pictures/${"%C3%BC".repeat(513)}`, 400, "KeyTooLongError", "Your key is too long"],
  ])("%s is answered by %d %s", async (path, status, code, words) => {
    const { door } = await withObject();
    const answer = await request(door, "GET", path);
    expect([answer.status, textOf(answer.text, "Code")]).toEqual([status, code]);
    expect(textOf(answer.text, "Message")).toContain(words);
  });

  it.each([
    ["/pictures?list-type=2&max-keys=0"],
    ["/pictures?list-type=2&max-keys=2147483647"],
    ["/pictures?list-type=2&delimiter="],
    ["/pictures?list-type=2&utm_source=x"],
    ["/pictures/k?x-id=GetObject&v=1"],
    ["/?max-buckets=10000&prefix=pic"],
  ])("%s is taken", async (path) => {
    const { door } = await withObject();
    expect((await request(door, "GET", path)).status).toBe(200);
  });

  it("of a key may be 1,024 bytes of UTF-8", async () => {
    const { door } = await openS3();
    expect((await request(door, "PUT", `/pictures/${"%C3%BC".repeat(512)}`, {}, "x")).status).toBe(200);
  });

  it("pages and filters the list of buckets", async () => {
    const buckets = ["albums", "papers"].map((name) =>
      resource("aws:s3/bucket:Bucket", name, {}, { region }),
    );
    const { door } = await openS3(buckets);
    const names = async (query: string) => {
      const { text } = await request(door, "GET", `/?${query}`);
      return {
        names: [...text.matchAll(/<Name>([^<]*)</g)].map(([, name]) => name),
        token: textOf(text, "ContinuationToken"),
      };
    };
    const first = await names("max-buckets=2");
    expect(first.names).toEqual(["albums", "papers"]);
    const next = await names(`max-buckets=2&continuation-token=${first.token ?? ""}`);
    expect(next).toEqual({ names: ["pictures"], token: undefined });
    expect((await names("prefix=p")).names).toEqual(["papers", "pictures"]);
    expect((await names("bucket-region=us-east-2")).names).toEqual([]);
  });

  const subresources = (names: string) => names.split(" ");
  const ofBuckets = subresources(
    "abac accelerate acl analytics cors encryption intelligent-tiering inventory lifecycle logging metadataConfiguration metadataInventoryTable metadataJournalTable metadataTable metrics notification object-lock ownershipControls policy policyStatus publicAccessBlock replication requestPayment session tagging uploads website",
  );
  const ofObjects = subresources("acl attributes legal-hold restore retention select tagging torrent");

  it("that makes another operation of a request is never read as the plain one", async () => {
    const { door } = await withObject();
    for (const [path, names] of [
      ["/pictures", ofBuckets],
      ["/pictures/k", ofObjects],
    ] as const) {
      for (const name of names) {
        for (const method of ["GET", "PUT", "DELETE"]) {
          const { status, text } = await request(door, method, `${path}?${name}`);
          expect([method, path, name, status, textOf(text, "Code")]).toEqual([
            method,
            path,
            name,
            501,
            "NotImplemented",
          ]);
        }
      }
    }
    expect((await request(door, "GET", "/pictures/k")).text).toBe(body);
  });
});

describe("a read of one part", () => {
  it.each<[string, Texts, number, string, Texts]>([
    ["partNumber=1", {}, 206, body, { "content-range": "bytes 0-9/10", "content-length": "10" }],
    ["partNumber=0", {}, 400, "InvalidArgument", { ArgumentName: "partNumber", ArgumentValue: "0" }],
    ["partNumber=-1", {}, 400, "InvalidArgument", { ArgumentName: "partNumber" }],
    ["partNumber=", {}, 400, "InvalidArgument", { ArgumentName: "partNumber" }],
    ["partNumber=1.0", {}, 400, "InvalidArgument", { ArgumentName: "partNumber" }],
    ["partNumber=10001", {}, 400, "InvalidArgument", { ArgumentName: "partNumber" }],
    ["partNumber=2", {}, 416, "InvalidPartNumber", { PartNumberRequested: "2", ActualPartCount: "1" }],
    ["partNumber=10000", {}, 416, "InvalidPartNumber", { PartNumberRequested: "10000" }],
    ["partNumber=1", { range: "bytes=0-1" }, 400, "InvalidRequest", {}],
    ["partNumber=1", { "if-none-match": "*" }, 304, "", {}],
  ])("of an object that is whole: %s %j answers %d", async (query, headers, status, text, details) => {
    const { door } = await withObject();
    const answer = await request(door, "GET", `/pictures/k?${query}`, headers);
    expect([answer.status, answer.headers["x-amz-mp-parts-count"]]).toEqual([status, undefined]);
    expect(status < 400 ? answer.text : textOf(answer.text, "Code")).toBe(text);
    for (const [name, value] of Object.entries(details)) {
      expect(status < 400 ? answer.headers[name] : textOf(answer.text, name)).toBe(value);
    }
    const head = await request(door, "HEAD", `/pictures/k?${query}`, headers);
    expect([head.status, head.text]).toEqual([status, ""]);
  });

  it("of an empty object answers no bytes and no range", async () => {
    const { client, door } = await openS3();
    await client.send(new PutObjectCommand({ Bucket, Key, Body: "" }));
    const answer = await request(door, "GET", "/pictures/k?partNumber=1");
    expect([answer.status, answer.text, answer.headers["content-length"]]).toEqual([206, "", "0"]);
    expect(answer.headers).not.toHaveProperty("content-range");
  });
});

describe("a request within a multipart upload", () => {
  const customer = { "x-amz-server-side-encryption-customer-algorithm": "AES256" };
  it.each<[string, string, Texts, number, string]>([
    ["PUT", "&partNumber=1", customer, 400, "InvalidRequest"],
    ["PUT", "&partNumber=1", { "x-amz-checksum-sha512": "a" }, 501, "NotImplemented"],
    ["GET", "", customer, 400, "InvalidRequest"],
    ["POST", "", customer, 400, "InvalidRequest"],
    ["DELETE", "", { "x-amz-if-match-initiated-time": "x" }, 501, "NotImplemented"],
  ])("%s with %s %j answers %d %s", async (method, query, headers, status, code) => {
    const { client, door } = await openS3();
    const { UploadId = "" } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const path = `/pictures/k?uploadId=${UploadId}${query}`;
    const answer = await request(door, method, path, headers, method === "PUT" ? "a" : "");
    expect([answer.status, textOf(answer.text, "Code")]).toEqual([status, code]);
    expect((await request(door, "GET", `/pictures/k?uploadId=${UploadId}`)).text).not.toContain("<Part>");
  });

  it("says both digests of a part in base64", async () => {
    const { client, door } = await openS3();
    const { UploadId = "" } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const md5 = "AAAAAAAAAAAAAAAAAAAAAA==";
    const path = `/pictures/k?uploadId=${UploadId}&partNumber=1`;
    const { text } = await request(door, "PUT", path, { "content-md5": md5 }, "new");
    expect(textOf(text, "ExpectedDigest")).toBe(md5);
    expect(textOf(text, "CalculatedDigest")).toBe("Iq9kXRhZy1ym2gxITx836g==");
  });
});

describe("a multipart upload", () => {
  it.each([
    [
      { ChecksumAlgorithm: "MD5" as "SHA1" },
      "InvalidRequest",
      "valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
    ],
    [
      { ChecksumType: "COMPOSITE" as const },
      "InvalidRequest",
      "can only be used with the x-amz-checksum-algorithm header.",
    ],
    [
      { ChecksumAlgorithm: "CRC64NVME" as const, ChecksumType: "COMPOSITE" as const },
      "InvalidRequest",
      "The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm.",
    ],
    [
      { ChecksumAlgorithm: "SHA256" as const, ChecksumType: "FULL_OBJECT" as const },
      "InvalidRequest",
      "The FULL_OBJECT checksum type cannot be used with the sha256 checksum algorithm.",
    ],
    [
      { StorageClass: "OUTPOSTS" as const },
      "InvalidStorageClass",
      "The storage class you specified is not valid",
    ],
    [{ ACL: "public-read" as const }, "AccessControlListNotSupported", "The bucket does not allow ACLs"],
  ])("is not begun with %j: %s", async (input, name, message) => {
    const { client } = await openS3();
    await expect(
      client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...input })),
    ).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message) as unknown,
    });
  });
});
