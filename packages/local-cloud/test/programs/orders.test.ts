import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, it } from "@jest/globals";
import type { Ready } from "../../src/cloud.ts";
import { ask, usePrograms } from "./support.ts";

const { boot, command, place, later } = usePrograms();

interface Answer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string }[];
}

const setStatus = (ready: Ready, id: string, status: string) =>
  ask(ready, `mutation { setStatus(id: "${id}", status: ${status}) }`) as Promise<Answer>;

interface Order {
  readonly billing: readonly string[] | null;
  readonly shipping: readonly string[] | null;
  readonly customer: readonly string[] | null;
}

/** Asks until the order is as wanted. */
async function orderOnce(ready: Ready, id: string, isWanted: (order: Order) => boolean): Promise<Order> {
  for (;;) {
    const { data } = (await ask(ready, `{ order(id: "${id}") { billing shipping customer } }`)) as Answer;
    const order = data?.["order"] as Order | null | undefined;
    if (order && isWanted(order)) {
      return order;
    }
  }
}

/** A copy of the program without a part of its text. */
function placedWithout(part: RegExp): string {
  const copy = place("orders");
  const file = join(copy, "index.ts");
  const whole = readFileSync(file, "utf8");
  const rest = whole.replace(part, "");
  expect(rest).not.toBe(whole);
  writeFileSync(file, rest);
  return copy;
}

it("boots with npx local-cloud --program from a folder elsewhere; each consumer gets its statuses in order", async () => {
  const ready = await command(place("orders"));
  for (const status of ["PLACED", "PACKED", "SHIPPED", "CANCELLED"]) {
    expect(await setStatus(ready, "a", status)).toEqual({ data: { setStatus: status } });
  }
  // Said again within five minutes, it is the same message.
  expect(await setStatus(ready, "a", "PLACED")).toEqual({ data: { setStatus: "PLACED" } });
  const order = await orderOnce(
    ready,
    "a",
    ({ billing, shipping, customer }) =>
      billing?.length === 2 && shipping?.length === 3 && customer?.length === 1,
  );
  expect(order).toEqual({
    billing: ["PLACED", "CANCELLED"],
    shipping: ["PLACED", "PACKED", "SHIPPED"],
    customer: ["SHIPPED"],
  });
});

it("a queue without a policy for the topic gets nothing: its message goes to the dead-letter queue", async () => {
  const copy = placedWithout(/\n {2}allowTopic\(name, queue\);/);
  const { ready } = await boot("orders", { root: copy });
  await setStatus(ready, "b", "PACKED");
  const sqs = new SQSClient({
    endpoint: ready.endpointUrl,
    region: ready.region,
    credentials: ready.roles["administrator"] ?? { accessKeyId: "", secretAccessKey: "" },
  });
  later(() => sqs.destroy());
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: String(ready.outputs["deadLetterUrl"]), WaitTimeSeconds: 20 }),
  );
  expect(Messages.map(({ Body }) => JSON.parse(Body ?? "") as unknown)).toEqual([
    { id: "b", status: "PACKED" },
  ]);
  expect(await ask(ready, '{ order(id: "b") { shipping } }')).toEqual({ data: { order: null } });
});

it("a function without sns:Publish cannot publish", async () => {
  const copy = placedWithout(/\n {2}"sns:Publish": \[topic\.arn, notices\.arn\],/);
  const { ready } = await boot("orders", { root: copy });
  const { data, errors } = await setStatus(ready, "c", "PLACED");
  expect(data).toEqual({ setStatus: null });
  expect(errors?.[0]?.message).toMatch(/is not authorized to perform: sns:Publish on resource: arn:aws:sns:/);
});

it("a function without a permission for the topic is not invoked by it", async () => {
  const copy = placedWithout(/ {2}principal: "sns\.amazonaws\.com",\n/);
  const file = join(copy, "index.ts");
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace("sourceArn: notices.arn", 'principal: "s3.amazonaws.com"'),
  );
  const cloud = await boot("orders", { root: copy });
  const { ready } = cloud;
  await setStatus(ready, "d", "SHIPPED");
  await orderOnce(ready, "d", ({ shipping }) => shipping?.length === 1);
  await cloud.idle();
  expect(await ask(ready, '{ order(id: "d") { shipping customer } }')).toEqual({
    data: { order: { shipping: ["SHIPPED"], customer: null } },
  });
});
