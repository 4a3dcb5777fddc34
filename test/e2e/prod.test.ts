import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type AttributeValue,
} from "@aws-sdk/client-dynamodb";
import { CopyObjectCommand, DeleteObjectCommand, ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import { describe, expect, it } from "@jest/globals";
import { objectKey } from "../../domain/asset.ts";
import { isSampled } from "../../functions/shared/logger.ts";
import { createLog } from "../../packages/local-cloud/src/base/log.ts";
import { send } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { asFunction, invoke } from "../support/function.ts";
import { corruptJpeg, jpeg } from "../support/pictures.ts";

const lines: string[] = [];
const logSampleRate = 0.5;
const use = useCloud({
  stack: "prod",
  log: createLog("info", (line) => lines.push(line)),
  config: { "darkroom:logSampleRate": String(logSampleRate) },
});

async function labelled() {
  const { alice } = use();
  const bytes = await jpeg();
  const { asset, upload } = await alice.create(bytes, "image/jpeg");
  const events = await alice.events(asset.id);
  expect(await send(upload, bytes)).toMatchObject({ status: 200 });
  const end = await events.until(({ type }) => type === "LABELLED");
  return { id: asset.id, bytes, events, end };
}

async function download(id: string): Promise<Buffer> {
  const { getAsset } = await use().alice.get<{ getAsset: { downloadUrl: string } }>(
    "query ($id: ID!) { getAsset(id: $id) { downloadUrl } }",
    { id },
  );
  const response = await fetch(getAsset.downloadUrl);
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

describe("the stack prod, on one machine", () => {
  it("labels an asset and downloads it", async () => {
    const { id, bytes, end } = await labelled();
    expect(end.asset).toMatchObject({ state: "RECEIVED", labelStatus: "DONE" });
    expect(end.asset.labels?.length).toBeGreaterThan(0);
    expect((await download(id)).equals(bytes)).toBe(true);
    expect(lines.filter((line) => /AccessDenied|not authorized/.test(line))).toEqual([]);
  });

  it("does not show its schema", async () => {
    const { errors } = await use().alice.ask("{ __schema { queryType { name } } }");
    expect(errors).toHaveLength(1);
  });
});

describe("the sweep's log", () => {
  const sweepLines = () => lines.filter((line) => /darkroom-prod-sweep Sweep/.test(line));

  it("is empty while nothing is due, and names what was due", async () => {
    const { id } = await labelled();
    const before = sweepLines().length;
    await invoke(use(), "sweep");
    expect(sweepLines().slice(before)).toEqual([]);
    const { assets, close } = asFunction(use(), "administrator");
    const key = { ownerId: use().alice.sub, id };
    await assets.update(key, { set: { dueAt: 1 }, when: "attribute_exists(#id)" });
    close();
    await invoke(use(), "sweep");
    await use().cloud.idle();
    expect(sweepLines().slice(before)).toEqual([expect.stringMatching(/ due=1 taken=1 sent=1 /)]);
  });
});

describe("the log of an asset", () => {
  const linesOf = (id: string) =>
    lines.filter((line) => line.includes(id) && /darkroom-prod-\w+ /.test(line)).join("\n");
  const ordinary = ["Event published", "S3 event", "Label job", "Thumbnail job", "Index job"];

  it("has the ordinary work of all functions if the asset is in the sample, and else none", async () => {
    const ids = new Map<boolean, string>();
    while (ids.size < 2) {
      const { id } = await labelled();
      ids.set(isSampled(id, logSampleRate), id);
    }
    await use().cloud.idle();
    ordinary.forEach((line) => expect(linesOf(ids.get(true) ?? "")).toContain(line));
    expect(linesOf(ids.get(false) ?? "")).toBe("");
  });

  it("has its own lines only, although its work was done together with that of others", async () => {
    const { alice } = use();
    const [inSample, other] = ["0", "Z"].map((digit) => `01KAAAAAAAAAAAAAAAAAAA${digit.repeat(4)}`);
    const Records = [inSample, other].map((id) => ({
      messageId: id,
      body: JSON.stringify({ ownerId: alice.sub, id, cause: "test" }),
      attributes: { MessageGroupId: alice.sub },
    }));
    expect(await invoke(use(), "indexer", { Records })).toEqual({ batchItemFailures: [] });
    expect(linesOf(inSample ?? "")).toContain("Index jobs");
    expect(linesOf(other ?? "")).toBe("");
  });

  it("has failures and deletions in any case", async () => {
    const { alice, cloud } = use();
    const bytes = await corruptJpeg();
    let { asset, upload } = await alice.create(bytes, "image/jpeg");
    while (isSampled(asset.id, logSampleRate)) {
      ({ asset, upload } = await alice.create(bytes, "image/jpeg"));
    }
    const { id } = asset;
    const events = await alice.events(id);
    await send(upload, bytes);
    await events.until(({ type }) => type === "LABEL_FAILED");
    await alice.get("mutation ($id: ID!) { deleteAsset(id: $id) { state } }", { id });
    await cloud.idle();
    const published = linesOf(id).matchAll(/Event published .*type=(\w+)/g);
    expect([...published].map(([, type]) => type)).toEqual(["LABEL_FAILED", "DELETED"]);
    expect(linesOf(id)).toMatch(/Label job .*outcome=failed/);
  });
});

/** As docs/restore.md says, step by step. */
describe("an asset whose object was deleted", () => {
  it("is restored from its old row and the old version of its object, and published again", async () => {
    const { alice, cloud } = use();
    const { id, bytes, events } = await labelled();
    const ownerId = alice.sub;
    const account = asFunction(use(), "administrator");
    const assets = { TableName: account.table("assets"), Key: { ownerId: { S: ownerId }, id: { S: id } } };
    const { Item: before = {} } = await account.dynamodb.send(new GetItemCommand(assets));
    const object = { Bucket: account.bucket, Key: objectKey(ownerId, id) };
    await account.s3.send(new DeleteObjectCommand(object));
    await events.until(({ type }) => type === "PURGED");
    await cloud.idle();

    await account.dynamodb.send(
      new PutItemCommand({
        TableName: assets.TableName,
        Item: { ...before, version: { N: await nextVersion(before) } },
        ConditionExpression: "attribute_not_exists(id)",
      }),
    );
    await events.until(({ type, asset }) => type === "CREATED" && asset.state === "RECEIVED");

    const restorer = asFunction(use(), "restore");
    const { Versions = [] } = await restorer.s3.send(
      new ListObjectVersionsCommand({ Bucket: object.Bucket, Prefix: object.Key }),
    );
    const [{ VersionId = "" } = {}] = Versions;
    await restorer.s3.send(
      new CopyObjectCommand({
        ...object,
        CopySource: `${object.Bucket}/${object.Key}?versionId=${VersionId}`,
      }),
    );
    restorer.close();
    await cloud.idle();
    expect((await download(id)).equals(bytes)).toBe(true);
    expect(await alice.asset(id)).toMatchObject({ state: "RECEIVED", labelStatus: "DONE" });

    await alice.get("mutation ($id: ID!) { deleteAsset(id: $id) { state } }", { id });
    await events.until(({ type }) => type === "DELETED");
    await cloud.idle();
    await account.s3.send(new DeleteObjectCommand(object));
    const since = () => events.seen.slice(events.seen.findIndex(({ type }) => type === "PURGED"));
    await events.until(({ seq, type }) => type === "PURGED" && seq > (since()[0]?.seq ?? 0));
    account.close();
    expect(since().map(({ type }) => type)).toEqual(["PURGED", "CREATED", "DELETED", "PURGED"]);
    const [first = 0] = since().map(({ seq }) => seq);
    expect(since().map(({ seq }) => seq)).toEqual([first, first + 1, first + 2, first + 3]);
  });

  /** One more than the log has of the asset; its mark of the removal goes. */
  async function nextVersion(row: Record<string, AttributeValue>): Promise<string> {
    const { dynamodb, table, close } = asFunction(use(), "administrator");
    const [ownerId, id] = [row["ownerId"] ?? { S: "" }, row["id"]?.S ?? ""];
    const { Items = [] } = await dynamodb.send(
      new QueryCommand({
        TableName: table("events"),
        KeyConditionExpression: "ownerId = :owner AND begins_with(id, :change)",
        ExpressionAttributeValues: { ":owner": ownerId, ":change": { S: `change#${id}#` } },
      }),
    );
    const numbers = Items.map((item) => Number(item["id"]?.S?.split("#")[2])).filter(Number.isInteger);
    expect(numbers).not.toEqual([]);
    const removal = { ownerId, id: { S: `change#${id}#PURGED` } };
    await dynamodb.send(new DeleteItemCommand({ TableName: table("events"), Key: removal }));
    close();
    return String(Math.max(...numbers, Number(row["version"]?.N)) + 1);
  }
});
