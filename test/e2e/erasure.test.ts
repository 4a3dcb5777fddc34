import { GetItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { erasureId } from "../../domain/erasure.ts";
import { ofType } from "../../packages/local-cloud/src/base/graph.ts";
import { startReceiver } from "../../tools/chaos/receiver.ts";
import { type Client, send, subscribe } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { endGrace, endWait } from "../support/erasing.ts";
import { asFunction, type FunctionSide, invoke } from "../support/function.ts";
import { jpeg } from "../support/pictures.ts";

const use = useCloud();

let account: FunctionSide;

beforeAll(() => {
  account = asFunction(use(), "administrator");
});

afterAll(() => account.close());

const fields = "userId status requestedAt dueAt finishedAt removed { what count }";

interface Erasure {
  readonly userId: string;
  readonly status: string;
  readonly dueAt: string;
  readonly removed: { readonly what: string; readonly count: number }[] | null;
}

const erasure = (client: Client, field: string, userId: string) =>
  client.ask<Record<string, Erasure | null>>(
    field === "eraseUser"
      ? `mutation ($id: ID!) { eraseUser(id: $id) { ${fields} } }`
      : `${field === "getErasure" ? "query" : "mutation"} ($id: ID!) { ${field}(userId: $id) { ${fields} } }`,
    { id: userId },
  );

const refused = (errorType: string) => ({ errors: [{ errorType }] });

/** Every call of a client that serves or changes data of its user. */
const calls: readonly string[] = [
  "query ($id: ID!) { getAsset(id: $id) { id } }",
  "query { listAssets { items { id } } }",
  'query { searchAssets(label: "red") { items { confidence } } }',
  "query { listLabels { items { name } } }",
  "query { listAssetEvents { items { seq } } }",
  "query ($id: ID!) { listDeliveries(assetId: $id) { items { id } } }",
  "query { me { name } }",
  "query ($sub: ID!) { getUser(id: $sub) { name } }",
  'mutation { createAsset(input: { contentType: "text/plain", contentLength: 1 }) { upload { url } } }',
  'mutation ($id: ID!) { updateAsset(input: { id: $id, title: "x" }) { id } }',
  'mutation ($id: ID!) { setLabels(id: $id, add: ["x"]) { id } }',
  "mutation ($id: ID!) { renewUpload(id: $id) { upload { url } } }",
  "mutation ($id: ID!) { confirmUpload(id: $id) { id } }",
  "mutation ($id: ID!) { labelAsset(id: $id) { id } }",
  "mutation ($id: ID!) { deleteAsset(id: $id) { id } }",
  "mutation ($id: ID!) { restoreAsset(id: $id) { id } }",
  "mutation ($id: ID!) { purgeAsset(id: $id) }",
  'mutation { createUser(input: { name: "x" }) { id } }',
  'mutation ($sub: ID!) { updateUser(input: { id: $sub, name: "x" }) { id } }',
  "mutation ($sub: ID!) { deleteUser(id: $sub) { id } }",
  "mutation { rotateWebhookSecret { secret } }",
  'mutation { replayDelivery(id: "msg_x_1") { id } }',
];

async function answersOf(client: Client, id: string): Promise<(string | undefined)[]> {
  const answers = [];
  for (const query of calls) {
    const variables = {
      ...(query.includes("$id") && { id }),
      ...(query.includes("$sub") && { sub: client.sub }),
    };
    answers.push((await client.ask(query, variables)).errors?.[0]?.errorType);
  }
  return answers;
}

async function library(client: Client, name: string, callbackUrl: string) {
  const input = { name, email: `${name}@example.com` };
  await client.ask("mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }", { input });
  const events = await client.events();
  const bytes = await jpeg("red");
  const more = { filename: `${name}.jpg`, clientToken: "t", callbackUrl };
  const { asset, upload } = await client.create(bytes, "image/jpeg", more);
  await send(upload, bytes);
  await events.until(({ assetId, type }) => assetId === asset.id && type === "LABELLED");
  await use().cloud.idle();
  const waiting = await client.create(bytes, "image/jpeg");
  await use().cloud.idle();
  return { id: asset.id, events, late: waiting, bytes };
}

/** What the tables and the bucket have of a user, but the receipt. */
async function found(userId: string, name: string): Promise<string[]> {
  const tables = ofType(use().cloud.graph, "aws:dynamodb/table:Table");
  const rows = await Promise.all(
    tables.map(async (table) => {
      const scan = new ScanCommand({ TableName: table.outputs.name, ConsistentRead: true });
      const { Items = [] } = await account.dynamodb.send(scan);
      return Items.map((item) => JSON.stringify(item))
        .filter((text) => [userId, name].some((part) => text.includes(part)))
        .map((text) => `${table.name} ${text}`);
    }),
  );
  const { Versions = [], DeleteMarkers = [] } = await account.s3.send(
    new ListObjectVersionsCommand({ Bucket: account.bucket }),
  );
  const objects = [...Versions, ...DeleteMarkers].map(({ Key = "" }) => Key);
  return [...rows.flat(), ...objects.filter((key) => key.includes(userId))].filter(
    (text) => !text.startsWith("tables-erasures ") && !text.includes('"#purged"'),
  );
}

describe("an erasure", () => {
  it("hides everything from everybody in its grace period, and a cancellation brings everything back", async () => {
    const { alice, admin, cloud } = use();
    const receiver = await startReceiver();
    const { id, events } = await library(alice, "alice-unique", receiver.url);
    const followed = await subscribe(cloud.ready, admin.token, { ownerId: alice.sub });
    const requested = await erasure(alice, "eraseUser", alice.sub);
    expect(requested).toMatchObject({
      data: { eraseUser: { userId: alice.sub, status: "REQUESTED", removed: null } },
    });
    await Promise.all([events.ended, followed.ended]);
    expect(new Set(await answersOf(alice, id))).toEqual(new Set(["AccountErased"]));
    for (const query of [
      "query ($id: ID!, $sub: ID!) { getAsset(id: $id, ownerId: $sub) { id } }",
      "query ($sub: ID!) { listAssets(ownerId: $sub) { items { id } } }",
      "query ($sub: ID!) { getUser(id: $sub) { name } }",
    ]) {
      const variables = { sub: alice.sub, ...(query.includes("$id") && { id }) };
      expect(await admin.ask(query, variables)).toMatchObject(refused("AccountErased"));
    }
    const { listUsers } = await admin.get<{ listUsers: { items: { id: string }[] } }>(
      "{ listUsers(limit: 100) { items { id } } }",
    );
    expect(listUsers.items.map((user) => user.id)).not.toContain(alice.sub);
    expect(await erasure(alice, "eraseUser", alice.sub)).toEqual(requested);
    expect((await erasure(admin, "getErasure", alice.sub)).data?.["getErasure"]).toEqual(
      requested.data?.["eraseUser"],
    );
    await invoke(use(), "sweep");
    await cloud.idle();
    const cancelled = await erasure(alice, "cancelErasure", alice.sub);
    expect(cancelled).toMatchObject({ data: { cancelErasure: { status: "CANCELLED" } } });
    expect(await erasure(alice, "cancelErasure", alice.sub)).toEqual(cancelled);
    expect(await alice.asset(id)).toMatchObject({ state: "RECEIVED", labelStatus: "DONE" });
    expect(await alice.get("{ me { name } }")).toEqual({ me: { name: "alice-unique" } });
    await receiver.stop();
  });

  it("removes everything after the grace period, leaves a receipt, and later uploads are removed", async () => {
    const { bob, admin, cloud } = use();
    const receiver = await startReceiver();
    const { id, late, bytes } = await library(bob, "bob-unique", receiver.url);
    await erasure(bob, "eraseUser", bob.sub);
    await endGrace(use(), account, bob.sub);
    expect((await erasure(admin, "getErasure", bob.sub)).data?.["getErasure"]?.status).toBe("RUNNING");
    expect(await erasure(bob, "cancelErasure", bob.sub)).toMatchObject(refused("StateConflict"));
    await endWait(use(), account, bob.sub);
    const { data } = await erasure(admin, "getErasure", bob.sub);
    expect(data?.["getErasure"]).toMatchObject({ status: "DONE", finishedAt: expect.any(String) as unknown });
    const counts = Object.fromEntries(
      (data?.["getErasure"]?.removed ?? []).map(({ what, count }) => [what, count]),
    );
    expect(counts).toMatchObject({ signIn: 1, profile: 1, assets: 2, clientTokens: 1 });
    expect(counts["objectVersions"]).toBeGreaterThanOrEqual(1);
    expect(counts["events"]).toBeGreaterThan(5);
    expect(counts["callbacks"]).toBe(2);
    expect(counts["labels"]).toBeGreaterThan(2);
    expect(await found(bob.sub, "bob-unique")).toEqual([]);
    expect(new Set(await answersOf(bob, id))).toEqual(new Set(["AccountErased"]));

    expect(await send(late.upload, bytes)).toMatchObject({ status: 200 });
    await cloud.idle();
    expect(await found(bob.sub, "bob-unique")).toEqual([]);
    expect(await erasure(bob, "eraseUser", bob.sub)).toMatchObject({
      data: { eraseUser: { status: "DONE" } },
    });
    expect(await erasure(bob, "cancelErasure", bob.sub)).toMatchObject(refused("StateConflict"));
    // The calls themselves are not counted: a counter is a row of the user.
    expect(await found(bob.sub, "bob-unique")).toEqual([]);
    expect(await erasure(admin, "eraseUser", bob.sub)).toMatchObject({
      data: { eraseUser: { status: "REQUESTED", removed: null } },
    });
    await receiver.stop();
  });

  it("is requested by the user or an admin only", async () => {
    const { alice, admin } = use();
    for (const field of ["eraseUser", "cancelErasure", "getErasure"]) {
      expect(await erasure(alice, field, admin.sub)).toMatchObject(refused("NotFound"));
      expect(await erasure(alice, field, "")).toMatchObject(refused("NotFound"));
    }
    expect(await erasure(admin, "cancelErasure", admin.sub)).toMatchObject(refused("NotFound"));
    expect(await erasure(admin, "getErasure", admin.sub)).toEqual({ data: { getErasure: null } });
    const { Item } = await account.dynamodb.send(
      new GetItemCommand({
        TableName: account.table("erasures"),
        Key: { ownerId: { S: admin.sub }, id: { S: erasureId } },
      }),
    );
    expect(Item).toBeUndefined();
  });
});
