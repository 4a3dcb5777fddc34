import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { describe, expect, it } from "@jest/globals";
import type { FrontDoor } from "../front-door.ts";
import { open, send, sign } from "./support.ts";

describe("presigned URLs", () => {
  const presign = async (door: FrontDoor, at: Date, expiresIn = 60) => {
    const client = new S3Client({ ...door.client("worker"), requestChecksumCalculation: "WHEN_REQUIRED" });
    const url = await getSignedUrl(client, new GetObjectCommand({ Bucket: "public", Key: "a b/ü+c.png" }), {
      expiresIn,
      signingDate: at,
    });
    const { pathname, search } = new URL(url);
    return pathname + search;
  };
  const now = Date.UTC(2026, 0, 1);

  it("open until they expire, and then say when", async () => {
    let time = now;
    const door = await open(() => time);
    const path = await presign(door, new Date(now));
    time = now + 60_000;
    expect(JSON.parse((await send(door, "GET", path)).text)).toMatchObject({
      path: "/public/a%20b/%C3%BC%2Bc.png",
      presigned: true,
    });
    time += 1;
    const expired = await send(door, "GET", path);
    expect(expired.status).toBe(403);
    expect(JSON.parse(expired.text)).toEqual({
      code: "AccessDenied",
      message: "Request has expired",
      details: {
        "X-Amz-Expires": 60,
        Expires: "2026-01-01T00:01:00.000Z",
        ServerTime: "2026-01-01T00:01:00.001Z",
      },
    });
  });

  it("are refused when anything in them changes", async () => {
    const door = await open(() => now);
    const path = await presign(door, new Date(now));
    const changes: [method: string, path: string, headers?: object][] = [
      ["PUT", path],
      ["GET", path.replace("/public/", "/private/")],
      ["GET", path.replace("X-Amz-Expires=60", "X-Amz-Expires=600")],
      ["GET", `${path}&versionId=1`],
      ["GET", path.replace(/.$/, (last) => (last === "0" ? "1" : "0"))],
      ["GET", path, { host: `localhost:${door.port}` }],
    ];
    for (const [method, changed, headers] of changes) {
      const answer = await send(door, method, changed, headers);
      expect([answer.status, answer.text]).toEqual([
        403,
        expect.stringMatching(/SignatureDoesNotMatch|AccessDenied/),
      ]);
    }
  });

  it("may not smuggle an x-amz- header", async () => {
    const door = await open(() => now);
    const answer = await send(door, "GET", await presign(door, new Date(now)), {
      "x-amz-acl": "public-read",
    });
    expect(answer.text).toContain("There were headers present in the request which were not signed");
  });

  it("live at most seven days, and start no earlier than a quarter of an hour ahead", async () => {
    const door = await open(() => now);
    const week = await presign(door, new Date(now), 604_800);
    expect((await send(door, "GET", week)).status).toBe(200);
    // The signer's clock may be ahead by as much as for signed headers.
    const ahead = async (seconds: number) =>
      send(door, "GET", await presign(door, new Date(now + seconds * 1000)));
    expect((await ahead(900)).status).toBe(200);
    expect((await ahead(901)).text).toContain("Request is not valid yet");
  });

  it.each([
    [/X-Amz-Expires=60/, "X-Amz-Expires=604801", "X-Amz-Expires must be less than a week (in seconds)"],
    [/X-Amz-Expires=60/, "X-Amz-Expires=-1", "X-Amz-Expires must be non-negative"],
    [/X-Amz-Expires=60/, "X-Amz-Expires=soon", "X-Amz-Expires should be a number"],
    [/X-Amz-Expires=60&/, "", "requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature"],
    [/X-Amz-SignedHeaders=[^&]*&/, "", "requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature"],
    [/X-Amz-Date=[^&]*/, "X-Amz-Date=2026-01-01", "X-Amz-Date must be in the ISO8601 Long Format"],
    [/%2Faws4_request/, "", "Error parsing the X-Amz-Credential parameter"],
    [/%2F/g, "%252F", "the Credential is mal-formed; expecting"],
  ])("are malformed with %p in place of %p: %s", async (from, to, words) => {
    const door = await open(() => now);
    const answer = await send(door, "GET", (await presign(door, new Date(now))).replace(from, to));
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({
      code: "AuthorizationQueryParametersError",
      message: expect.stringContaining(words) as unknown,
    });
  });

  it("carry a body that is not signed, and one that is only if it is the same", async () => {
    const door = await open(() => now);
    const client = new S3Client({ ...door.client("worker"), requestChecksumCalculation: "WHEN_REQUIRED" });
    const put = await getSignedUrl(client, new PutObjectCommand({ Bucket: "public", Key: "k" }), {
      signingDate: new Date(now),
    });
    const { pathname, search } = new URL(put);
    expect(JSON.parse((await send(door, "PUT", pathname + search, {}, "any")).text)).toMatchObject({
      body: "any",
    });
    const signed = await sign(door, {
      service: "s3",
      method: "PUT",
      path: "/public/k",
      body: "this",
      at: new Date(now),
    });
    expect((await send(door, "PUT", "/public/k", signed, "this")).status).toBe(200);
    expect((await send(door, "PUT", "/public/k", signed, "that")).text).toContain(
      "XAmzContentSHA256Mismatch",
    );
  });
});
