import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  BatchWriteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterEach, describe, expect, it } from "@jest/globals";
import { objectKey } from "../../domain/asset.ts";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { type Client, clientOf, send } from "../support/client.ts";
import { jpeg } from "../support/pictures.ts";
import { readyOf } from "../support/processes.ts";
import { root } from "../support/program.ts";

const folder = mkdtempSync(join(tmpdir(), "darkroom-restore-"));
const processes = new Set<ChildProcess>();
const closing: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
  for (const child of processes) {
    child.kill("SIGKILL");
  }
  rmSync(folder, { recursive: true, force: true });
});

const node = ["--disable-warning=ExperimentalWarning"];

async function start(stack: string): Promise<Ready & { readonly kill: () => Promise<unknown> }> {
  const flags = ["--json", "--port", "0", "--data", folder, "--stack", stack];
  const child = spawn(process.execPath, [...node, "packages/local-cloud/src/main.ts", ...flags], {
    ...{ cwd: root, stdio: ["ignore", "pipe", "ignore"] },
  });
  processes.add(child);
  const ready = await readyOf(child);
  writeFileSync(join(folder, "outputs.json"), JSON.stringify(ready.outputs));
  const kill = () => {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    processes.delete(child);
    return gone;
  };
  return Object.assign(ready, { kill });
}

/** As an operator calls it: a process of its own, with a role's credentials. */
async function restore(ready: Ready, role: string, ...args: readonly string[]): Promise<unknown> {
  const keys = ready.roles[role];
  const outputs = ["--outputs", join(folder, "outputs.json")];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...node, join(root, "tools/restore/main.ts"), ...args, ...outputs],
    {
      env: {
        PATH: process.env["PATH"],
        AWS_ENDPOINT_URL: ready.endpointUrl,
        AWS_REGION: ready.region,
        AWS_ACCESS_KEY_ID: keys?.accessKeyId,
        AWS_SECRET_ACCESS_KEY: keys?.secretAccessKey,
        AWS_SESSION_TOKEN: keys?.sessionToken,
      },
    },
  );
  return JSON.parse(stdout);
}

function adminOf(ready: Ready) {
  const { accessKeyId = "", secretAccessKey = "", sessionToken = "" } = ready.roles["administrator"] ?? {};
  const given = {
    ...{ endpoint: ready.endpointUrl, region: ready.region },
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  };
  const [dynamodb, s3] = [new DynamoDBClient(given), new S3Client({ ...given, forcePathStyle: true })];
  closing.push(
    () => dynamodb.destroy(),
    () => s3.destroy(),
  );
  return { dynamodb, s3, tables: ready.outputs["tableNames"] as Record<string, string> };
}

async function userOf(ready: Ready, name: string): Promise<Client> {
  const client = await clientOf(ready, name);
  closing.push(() => client.close());
  return client;
}

/** Uploads a picture, and waits until it has its labels and its thumbnails. */
async function labelled(user: Client): Promise<string> {
  const bytes = await jpeg();
  const { asset, upload } = await user.create(bytes, "image/jpeg");
  const events = await user.events(asset.id);
  expect(await send(upload, bytes)).toMatchObject({ status: 200 });
  await events.until(({ type }) => type === "LABELLED");
  await events.until(({ edited }) => edited === true);
  await events.close();
  return asset.id;
}

interface State {
  readonly listAssets: { readonly items: readonly { readonly id: string; readonly labels: unknown }[] };
  readonly listLabels: { readonly items: readonly { readonly name: string; readonly count: number }[] };
  readonly me: { readonly name: string; readonly usage: { readonly assets: number } } | null;
}

/** All that a user sees: assets with labels and pictures, the index of labels, and what counts. */
const stateOf = (user: Client) =>
  user.get<State>(`{
    listAssets { items { id state labelStatus labels { name confidence } width height } }
    listLabels { items { name count } }
    me { name usage { assets bytes } }
  }`);

/** Waits until the index of labels has so many pictures, and returns all that the user sees. */
async function indexed(user: Client, count: number): Promise<State> {
  for (;;) {
    const state = await stateOf(user);
    if (state.listLabels.items.some((label) => label.name === "Landscape" && label.count === count)) {
      return state;
    }
  }
}

async function empty({ dynamodb }: ReturnType<typeof adminOf>, table: string, ...key: string[]) {
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: table }));
  for (const item of Items) {
    const Key = Object.fromEntries(key.map((name) => [name, item[name] ?? { S: "" }]));
    await dynamodb.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: [{ DeleteRequest: { Key } }] } }),
    );
  }
}

/** Two writes differ in time: times have whole milliseconds. */
const later = () => new Promise((resolve) => setTimeout(resolve, 20));

describe("the restore script", () => {
  it("brings back emptied tables and deleted objects after a kill, and not what was purged on purpose", async () => {
    const first = await start("prod");
    const [alice, bob] = await Promise.all([userOf(first, "alice"), userOf(first, "bob")]);
    await alice.get(`mutation { createUser(input: { name: "Alice" }) { id } }`);
    const [one, two] = [await labelled(alice), await labelled(alice)];
    const purged = await labelled(alice);
    await labelled(bob);
    await later();
    const at = new Date().toISOString();
    await later();
    const events = await alice.events(purged);
    await alice.get("mutation ($id: ID!) { purgeAsset(id: $id) }", { id: purged });
    await events.until(({ type }) => type === "PURGED");
    const after = await labelled(alice);
    const before = { alice: await indexed(alice, 3), bob: await indexed(bob, 1) };

    // The mistakes: two tables are emptied, an object is deleted, and then the machine fails.
    const { s3, ...admin } = adminOf(first);
    const gone = await alice.events(two);
    await s3.send(new DeleteObjectCommand({ Bucket: first.bucket, Key: objectKey(alice.sub, two) }));
    await gone.until(({ type }) => type === "PURGED");
    const goneToo = await alice.events(one);
    await empty({ s3, ...admin }, admin.tables["assets"] ?? "", "ownerId", "id");
    await empty({ s3, ...admin }, admin.tables["users"] ?? "", "id");
    await goneToo.until(({ type }) => type === "PURGED");
    await first.kill();

    const second = await start("prod");
    const [aliceAgain, bobAgain] = await Promise.all([userOf(second, "alice"), userOf(second, "bob")]);
    expect((await stateOf(aliceAgain)).listAssets.items).toEqual([]);
    const dry = await restore(second, "administrator", "rows", "--at", at, "--dry-run");
    expect(dry).toMatchObject({ assets: { restored: 3 } });
    expect(await restore(second, "administrator", "rows", "--at", at)).toEqual({
      users: { rows: 1, there: 0, removedOnPurpose: 0, restored: 1 },
      assets: { rows: 4, there: 0, removedOnPurpose: 1, restored: 3 },
    });
    // It may be repeated.
    expect(await restore(second, "administrator", "rows", "--at", at)).toMatchObject({
      assets: { there: 3, restored: 0 },
    });
    expect(await restore(second, "restore", "objects", "--owner", alice.sub)).toMatchObject({
      restored: expect.any(Number) as unknown,
    });

    const items = before.alice.listAssets.items.filter(({ id }) => id !== after);
    expect(items.map(({ id }) => id).sort()).toEqual([one, two].sort());
    expect(await indexed(bobAgain, 1)).toEqual(before.bob);
    const restored = await indexed(aliceAgain, 2);
    expect(restored.listAssets.items).toEqual(items);
    expect(restored.me).toMatchObject({ name: "Alice", usage: { assets: 2 } });
    const { getAsset } = await aliceAgain.get<{ getAsset: Record<string, string> }>(
      "query ($id: ID!) { getAsset(id: $id) { downloadUrl thumbnailUrl(size: SMALL) } }",
      { id: two },
    );
    for (const url of [getAsset["downloadUrl"], getAsset["thumbnailUrl"]]) {
      expect((await fetch(url ?? "")).status).toBe(200);
    }
  });

  it("brings back a deleted table under its name; the next deployment gives it its stream", async () => {
    const first = await start("dev");
    const alice = await userOf(first, "alice");
    const id = await labelled(alice);
    const before = await indexed(alice, 1);
    const { dynamodb, tables } = adminOf(first);
    await dynamodb.send(new DeleteTableCommand({ TableName: tables["assets"] }));
    const { errors } = await alice.ask("{ listAssets { items { id } } }");
    expect(errors).toHaveLength(1);
    await later();
    const at = new Date().toISOString();
    await first.kill();

    // As a deployment does, the start makes an empty table in place of the deleted one.
    const second = await start("dev");
    const aliceAgain = await userOf(second, "alice");
    expect((await stateOf(aliceAgain)).listAssets.items).toEqual([]);
    await adminOf(second).dynamodb.send(new DeleteTableCommand({ TableName: tables["assets"] }));
    expect(await restore(second, "administrator", "deleted-tables", "--at", at)).toMatchObject({
      assets: "restored",
      users: "there",
    });
    await second.kill();

    const third = await start("dev");
    const aliceOnceMore = await userOf(third, "alice");
    expect(await stateOf(aliceOnceMore)).toEqual(before);
    const events = await aliceOnceMore.events(id);
    await aliceOnceMore.get("mutation ($id: ID!) { deleteAsset(id: $id) { state } }", { id });
    await events.until(({ type }) => type === "DELETED");
  });
});
