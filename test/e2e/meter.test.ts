import { expect, it } from "@jest/globals";
import { type Bill, difference, quantityOf } from "../../packages/local-cloud/src/meter/index.ts";
import type { Usage } from "../../packages/local-cloud/src/meter/prices.ts";
import { send } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { jpeg } from "../support/pictures.ts";

const use = useCloud();

/** Of the resources whose names contain the word. */
const quantity = (bill: Bill, usage: Usage, word: string): number =>
  bill.lines
    .filter((line) => line.usage === usage && line.resource.includes(word))
    .reduce((sum, line) => sum + line.quantity, 0);

it("meters one picture from its creation to its labels", async () => {
  const { cloud, alice } = use();
  await cloud.idle();
  const events = await alice.events();
  const before = cloud.meter();
  const bytes = await jpeg();
  const { asset, upload } = await alice.create(bytes, "image/jpeg");
  await send(upload, bytes);
  await events.until((event) => event.assetId === asset.id && event.type === "LABELLED");
  await cloud.idle();
  const bill = difference(before, cloud.meter());

  expect(quantityOf(bill, "appsync.operations", "mutation createAsset")).toBe(1);
  expect(quantityOf(bill, "appsync.operations", "mutation publishAssetEvent")).toBeGreaterThanOrEqual(3);
  expect(quantityOf(bill, "appsync.updates")).toBe(events.seen.length);
  expect(quantityOf(bill, "appsync.connectionMinutes")).toBeGreaterThan(0);
  expect(quantityOf(bill, "rekognition.images")).toBe(1);
  expect(quantity(bill, "lambda.requests", "presign")).toBe(1);
  expect(quantity(bill, "lambda.arm64", "label")).toBeGreaterThan(0);
  expect(quantity(bill, "dynamodb.writes", "assets")).toBeGreaterThan(5);
  expect(quantity(bill, "s3.writes", "")).toBeGreaterThanOrEqual(1);
  expect(quantity(bill, "s3.reads", "")).toBeGreaterThanOrEqual(1);
  expect(quantity(bill, "sqs.requests", "")).toBeGreaterThan(5);
  expect(quantity(bill, "logs.bytes", "")).toBeGreaterThan(500);
  expect(bill.usd).toBeGreaterThan(0.001);
  expect(bill.usd).toBeLessThan(0.01);
});
