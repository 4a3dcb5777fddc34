import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { expect, it } from "@jest/globals";
import type { Ready } from "../../src/cloud.ts";
import { usePrograms } from "./support.ts";

const { boot, later } = usePrograms();

const settingsOf = (ready: Ready, role: string) => ({
  endpoint: ready.endpointUrl,
  region: ready.region,
  credentials: ready.roles[role] ?? { accessKeyId: "", secretAccessKey: "" },
  maxAttempts: 1,
});

/** Sends an event as a role to the bus of an output. */
async function put(ready: Ready, role: string, bus: string, source: string): Promise<unknown> {
  const client = new EventBridgeClient(settingsOf(ready, role));
  later(() => client.destroy());
  const entry = { Source: source, DetailType: "Sent", Detail: JSON.stringify({ by: role }) };
  return client.send(
    new PutEventsCommand({ Entries: [{ ...entry, EventBusName: String(ready.outputs[bus]) }] }),
  );
}

it("buses take the events that their policy or permission allows, from roles without permissions of their own", async () => {
  const cloud = await boot("partners");
  const { ready, complaints } = cloud;
  const sqs = new SQSClient(settingsOf(ready, "administrator"));
  later(() => sqs.destroy());
  const sendersIn = async (url: string): Promise<unknown[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: String(ready.outputs[url]), MaxNumberOfMessages: 10 }),
    );
    return Messages.map(({ Body = "" }) => (JSON.parse(Body) as { detail: { by: string } }).detail.by);
  };
  const accepted = { FailedEntryCount: 0 };
  const refused = { name: "AccessDeniedException" };

  expect(await put(ready, "shop", "ordersBus", "shop.orders")).toMatchObject(accepted);
  await expect(put(ready, "shop", "ordersBus", "shop.returns")).rejects.toMatchObject(refused);
  await expect(put(ready, "website", "ordersBus", "shop.orders")).rejects.toMatchObject(refused);
  expect(await put(ready, "website", "clicksBus", "website.pages")).toMatchObject(accepted);
  await cloud.idle();

  expect(await sendersIn("ordersUrl")).toEqual(["shop"]);
  expect(await sendersIn("clicksUrl")).toEqual(["website"]);
  expect(complaints).toEqual([]);
});
