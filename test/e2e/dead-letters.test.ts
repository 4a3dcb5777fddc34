import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Receiver, startReceiver } from "../../tools/chaos/receiver.ts";
import { objectKey } from "../../domain/asset.ts";
import { deliveryId } from "../../domain/callback.ts";
import { send } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { asFunction } from "../support/function.ts";
import { jpeg } from "../support/pictures.ts";
import { redrive } from "../support/runbook.ts";

const use = useCloud({
  faults: { actions: [{ action: "rekognition:DetectLabels", code: "InternalServerError" }] },
});

describe("labelling that never succeeds", () => {
  it("ends in FAILED by way of the dead-letter queue", async () => {
    const { alice } = use();
    const bytes = await jpeg();
    const { asset, upload } = await alice.create(bytes, "image/jpeg");
    const events = await alice.events(asset.id);
    await send(upload, bytes);
    const end = await events.until(({ type }) => type === "LABEL_FAILED");
    expect(end.asset).toMatchObject({
      state: "RECEIVED",
      labelStatus: "FAILED",
      labelError: { code: "LabellingUnavailable" },
    });
  });
});

describe("dead letters that are moved back as the runbook says", () => {
  const words = Buffer.from("words");
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.stop());

  it("an event of S3 is handled", async () => {
    const { alice } = use();
    const { asset, upload } = await alice.create(words, "text/plain");
    const events = await alice.events(asset.id);
    await send(upload, words);
    await events.until(({ type }) => type === "RECEIVED");
    const object = { key: objectKey(alice.sub, asset.id), sequencer: "F".repeat(18) };
    const event = { Records: [{ eventName: "ObjectRemoved:Delete", s3: { object } }] };
    await redrive(use(), "uploads-events-dead", event);
    await events.until(({ type }) => type === "PURGED");
  });

  it("a callback is sent", async () => {
    const { alice, cloud } = use();
    const events = await alice.events();
    const { asset, upload } = await alice.create(words, "text/plain", { callbackUrl: receiver.url });
    await send(upload, words);
    await receiver.until(() => receiver.received.length > 0);
    const { seq } = await events.until(({ assetId, type }) => assetId === asset.id && type === "RECEIVED");
    await cloud.idle();
    const job = { ownerId: alice.sub, id: deliveryId(asset.id, seq) };
    await giveUp(job);
    await redrive(use(), "callbacks-deliveries-dead", { ...job, replay: true });
    await receiver.until(() => receiver.received.length > 1);
    await cloud.idle();
    const list =
      "query ($id: ID!) { listDeliveries(assetId: $id) { items { status attempts { succeeded } } } }";
    expect(await alice.get(list, { id: asset.id })).toEqual({
      listDeliveries: {
        items: [{ status: "DELIVERED", attempts: [{ succeeded: true }, { succeeded: true }] }],
      },
    });
  });

  /** As after the tenth attempt: the lease of the last one is long over. */
  async function giveUp({ ownerId, id }: { ownerId: string; id: string }): Promise<void> {
    const side = asFunction(use(), "deliver");
    await side.dynamodb.send(
      new UpdateItemCommand({
        TableName: side.table("callbacks"),
        Key: { ownerId: { S: ownerId }, id: { S: id } },
        UpdateExpression: "SET #status = :failed, nextAttemptAt = :past",
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: { ":failed": { S: "FAILED" }, ":past": { N: "0" } },
      }),
    );
    side.close();
  }
});
