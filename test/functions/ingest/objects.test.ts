import { createHash, randomBytes } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { objectKey } from "../../../domain/asset.ts";
import { objectsIn } from "../../../functions/ingest/objects.ts";
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
async function put(id: string, body: Buffer) {
  const owner = asFunction(use(), "administrator");
  const checksum = createHash("sha256").update(body).digest("base64");
  const key = objectKey("owner", id);
  await owner.s3.send(
    new PutObjectCommand({
      Bucket: owner.bucket,
      Key: key,
      Body: body,
      ContentType: "image/png",
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
  ])("tells its size, type, checksum and first bytes: %s", async (id, size) => {
    const body = randomBytes(size);
    const { key, checksum } = await put(id, body);
    const object = await objectsIn(ingest.s3, ingest.bucket).read(key);
    expect(object).toMatchObject({ contentLength: size, contentType: "image/png", sha256: checksum });
    expect(Buffer.from(object?.head ?? []).equals(body.subarray(0, headBytes))).toBe(true);
  });

  it("lets its connection go when it hangs up", async () => {
    const { key } = await put("often", randomBytes(3 * 1024 * 1024));
    const objects = objectsIn(ingest.s3, ingest.bucket);
    // More than a client has sockets.
    const heads = await Promise.all(Array.from({ length: 60 }, () => objects.read(key)));
    expect(heads.map((object) => object?.head.length)).toEqual(heads.map(() => headBytes));
    expect(use().complaints).toEqual([]);
  });

  it("is undefined if there is none", async () => {
    expect(await objectsIn(ingest.s3, ingest.bucket).read(objectKey("owner", "absent"))).toBeUndefined();
  });
});
