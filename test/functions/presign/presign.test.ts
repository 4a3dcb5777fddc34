import { afterAll, describe, expect, it } from "@jest/globals";
import { S3Client } from "@aws-sdk/client-s3";
import { type Asset, objectKey } from "../../../domain/asset.ts";
import { presigner, type PresignedRequest } from "../../../functions/presign/presign.ts";
import { anAsset } from "../../support/asset.ts";

const client = new S3Client({
  region: "eu-west-1",
  credentials: { accessKeyId: "a", secretAccessKey: "b" },
  requestChecksumCalculation: "WHEN_REQUIRED",
});

afterAll(() => client.destroy());

const now = new Date("2026-01-01T00:00:00.000Z");
const key = { ownerId: "owner", id: "01JD3Z6V5K8Q2M7N4P9R0S1T2W" };
const image = { ...key, contentType: "image/png" };

const signer = (changes: Partial<Asset> = {}) =>
  presigner({
    ...{ client, bucket: "pictures", now: () => now },
    findStored: () => Promise.resolve([anAsset({ ...image, ...changes })]),
  });

const read = (signed: PresignedRequest | null | undefined) => {
  const { searchParams: query, pathname: path } = new URL(signed?.url ?? "");
  return { ...signed, query, path };
};

describe("an upload's signature", () => {
  it("covers every header that the upload must have, for 300 seconds", async () => {
    const upload = { sign: "upload" as const, ...image, contentLength: 7, sha256: "ab".repeat(32) };
    const { url, query, path, ...rest } = read(await signer().signUpload(upload));
    const checksum = Buffer.from("ab".repeat(32), "hex").toString("base64");
    expect(url).toContain("X-Amz-Signature=");
    expect(path).toBe(`/${objectKey("owner", "01JD3Z6V5K8Q2M7N4P9R0S1T2W")}`);
    expect(rest).toEqual({
      method: "PUT",
      headers: [
        { name: "content-length", value: "7" },
        { name: "content-type", value: "image/png" },
        { name: "if-none-match", value: "*" },
        { name: "x-amz-checksum-sha256", value: checksum },
      ],
      expiresAt: "2026-01-01T00:05:00.000Z",
    });
    expect(query.get("X-Amz-SignedHeaders")).toBe(
      "content-length;content-type;host;if-none-match;x-amz-checksum-sha256",
    );
    expect(query.get("X-Amz-Expires")).toBe("300");
    // In the query S3 would not hold anyone to them.
    expect([...query.keys()].filter((name) => /checksum|content-[lt]|match/i.test(name))).toEqual([]);
  });
});

describe("a download's signature", () => {
  const download = async (changes: Partial<Asset> = {}) => {
    const [signed] = await signer(changes).signDownloads([{ sign: "download", ...key, ttlSeconds: 60 }]);
    return read(signed);
  };

  it("overrides every header that S3 takes from the upload", async () => {
    const { query, expiresAt } = await download();
    expect(Object.fromEntries([...query].filter(([name]) => name.startsWith("response-")))).toEqual({
      "response-cache-control": "private, max-age=60",
      "response-content-disposition":
        "attachment; filename=\"01JD3Z6V5K8Q2M7N4P9R0S1T2W\"; filename*=UTF-8''01JD3Z6V5K8Q2M7N4P9R0S1T2W",
      "response-content-encoding": "identity",
      "response-content-language": "und",
      "response-content-type": "image/png",
      "response-expires": "Thu, 01 Jan 2026 00:01:00 GMT",
    });
    expect([query.get("X-Amz-Expires"), expiresAt]).toEqual(["60", "2026-01-01T00:01:00.000Z"]);
  });

  it.each([
    ['a".jpg', `attachment; filename="a_.jpg"; filename*=UTF-8''a%22.jpg`],
    ["../b/c.jpg", `attachment; filename=".._b_c.jpg"; filename*=UTF-8''.._b_c.jpg`],
    ["d\r\nx: y", `attachment; filename="d__x_ y"; filename*=UTF-8''d%0D%0Ax%3A%20y`],
    ["é'(*).png", `attachment; filename="_____.png"; filename*=UTF-8''%C3%A9%27%28%2A%29.png`],
    ["f\ud800.jpg", `attachment; filename="f_.jpg"; filename*=UTF-8''f%EF%BF%BD.jpg`],
  ])("names the file so that nothing of the name is taken for more: %p", async (filename, expected) => {
    expect((await download({ filename })).query.get("response-content-disposition")).toBe(expected);
  });
});
