import { CopyObjectCommand, DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, it } from "@jest/globals";
import { objectKey } from "../../domain/asset.ts";
import { ofType } from "../../packages/local-cloud/src/base/graph.ts";
import { send } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { asFunction } from "../support/function.ts";

const use = useCloud();

/** An asset that is RECEIVED, and the key of its object. */
async function received(): Promise<string> {
  const { alice } = use();
  const bytes = Buffer.from("words");
  const { asset, upload } = await alice.create(bytes, "text/plain");
  const events = await alice.events(asset.id);
  await send(upload, bytes);
  await events.until(({ type }) => type === "RECEIVED");
  return objectKey(alice.sub, asset.id);
}

describe("an object that is copied back", () => {
  it("may be written by the role that restores, over an existing object", async () => {
    const key = await received();
    const { s3, bucket, close } = asFunction(use(), "restore");
    const copy = { Bucket: bucket, Key: key, CopySource: `${bucket}/${key}` };
    await expect(
      s3.send(new CopyObjectCommand({ ...copy, MetadataDirective: "REPLACE" })),
    ).resolves.toMatchObject({
      CopyObjectResult: { ETag: expect.any(String) },
    });
    close();
  });

  it.each(["administrator", "presign"])("is refused from another: %s", async (role) => {
    const key = await received();
    const { s3, bucket, close } = asFunction(use(), role);
    const copy = { Bucket: bucket, Key: key, CopySource: `${bucket}/${key}` };
    await expect(
      s3.send(new CopyObjectCommand({ ...copy, MetadataDirective: "REPLACE" })),
    ).rejects.toMatchObject({
      name: "AccessDenied",
    });
    const put = new PutObjectCommand({ Bucket: bucket, Key: key, Body: "x" });
    await expect(s3.send(put)).rejects.toMatchObject({ name: "AccessDenied" });
    close();
  });

  it("may not be deleted by the role that restores, nor written to another key", async () => {
    const key = await received();
    const { s3, bucket, close } = asFunction(use(), "restore");
    const elsewhere = { Bucket: bucket, Key: "elsewhere", CopySource: `${bucket}/${key}` };
    await expect(s3.send(new CopyObjectCommand(elsewhere))).rejects.toMatchObject({ name: "AccessDenied" });
    const deletion = new DeleteObjectCommand({ Bucket: bucket, Key: key });
    await expect(s3.send(deletion)).rejects.toMatchObject({ name: "AccessDenied" });
    close();
  });
});

describe("changes that could not be published", () => {
  const id = "01JD3Z6V5K8Q2M7N4P9R0S1T2W";
  const at = "2026-01-01T00:00:00.000Z";

  it("are published from the object that Lambda wrote for them", async () => {
    const { alice, cloud } = use();
    const events = await alice.events(id);
    const text = (value: string) => ({ S: value });
    const row = {
      ...{ ownerId: text(alice.sub), id: text(id), state: text("CREATED"), labelStatus: text("NONE") },
      ...{ contentType: text("text/plain"), contentLength: { N: "5" }, version: { N: "1" } },
      ...{ createdAt: text(at), updatedAt: text(at) },
    };
    const Records = [{ eventName: "INSERT", dynamodb: { SequenceNumber: "1", NewImage: row } }];
    const bucket = ofType(cloud.graph, "aws:s3/bucket:Bucket").find(
      ({ name }) => name === "pipeline-failed-changes",
    );
    const { s3, close } = asFunction(use(), "relay");
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket?.id,
        Key: "aws/lambda/mapping/shard/2026/01/01/2026-01-01T00.00.00-x",
        Body: JSON.stringify({ version: "1.0", payload: JSON.stringify({ Records }) }),
      }),
    );
    expect(await events.until(({ assetId }) => assetId === id)).toMatchObject({ type: "CREATED" });
    close();
  });
});
