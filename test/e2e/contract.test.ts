import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Receiver, startReceiver } from "../../tools/chaos/receiver.ts";
import { ofType } from "../../packages/local-cloud/src/base/graph.ts";
import { type AssetEvent, send } from "../support/client.ts";
import { type Running, useCloud } from "../support/cloud.ts";
import { jpeg } from "../support/pictures.ts";
import { type Asker, askerOf, askWhole, operations } from "../support/whole-answer.ts";

const use = useCloud();

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver({ behave: ({ path }) => ({ status: path === "/gone" ? 410 : 204 }) });
});
afterAll(() => receiver.stop());

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown;
const number = expect.any(Number) as unknown;

/** Those of stack dev. */
const limits = {
  ...{ maxAssets: 10_000, maxBytes: 50_000_000_000, maxChangesADay: 20_000, maxLabelledADay: 1000 },
  ...{ maxLabelledADayInAll: 5000, maxRelabelsADay: 10, labellingPaused: false },
  ...{ maxCallbacksADay: 5000, maxCallbacksADayToAHost: 20000 },
  updatedAt: null as unknown,
};
const ulid = expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/) as unknown;
const signedUrl = expect.stringMatching(/^http:.*[?&]X-Amz-Signature=[0-9a-f]{64}/) as unknown;
const signedUrls = { downloadUrl: signedUrl, thumbnailUrl: signedUrl };

/** Asks the field that the example is for. */
type Ask = (args?: object, client?: Asker) => Promise<unknown>;

/** By field: how it is used, and what it answers. No example needs another. */
const examples: Readonly<Record<string, (ask: Ask, running: Running) => Promise<void>>> = {
  "Query.me": async (ask, { bob }) => {
    expect(await ask({}, bob)).toBeNull();
    await call("Mutation.createUser", { input: { name: "Bob" } }, bob);
    expect(await ask({}, bob)).toEqual({ ...profile(bob.sub), name: "Bob", email: null });
  },
  "Query.getUser": async (ask, { admin }) => {
    const id = await newUser("read");
    expect(await ask({ id }, admin)).toEqual(profile(id));
  },
  "Query.listUsers": async (ask, { admin }) => {
    const id = await newUser("listed");
    const { items, nextToken } = (await ask({ limit: 100 }, admin)) as UserPage;
    expect([items.filter((user) => user.id === id), nextToken]).toEqual([[profile(id)], null]);
  },
  "Query.getAsset": async (ask) => {
    const { asset } = await reserve();
    expect(await ask({ id: asset.id })).toEqual(reserved(asset.id));
  },
  "Query.listAssets": async (ask) => {
    await reserve();
    const { asset } = await reserve();
    const args = { state: "CREATED", order: "NEWEST_FIRST", limit: 1 };
    expect(await ask(args)).toEqual({ items: [reserved(asset.id)], nextToken: expect.anything() });
  },
  "Query.searchAssets": async (ask) => {
    const { id, event } = await upload({ title: "searched" });
    const [label] = event.asset.labels ?? [];
    const args = { label: label?.name, minConfidence: label?.confidence, limit: 100 };
    const asset = { ...event.asset, ...signedUrls };
    const match = { asset, confidence: label?.confidence };
    await use().cloud.idle();
    const { items } = (await ask(args)) as { items: readonly (typeof match)[] };
    expect(items.filter((item) => item.asset.id === id)).toEqual([match]);
  },
  "Query.listLabels": async (ask, { alice }) => {
    const { id } = await upload();
    await call("Mutation.setLabels", { id, add: ["Quay"] }, alice);
    await use().cloud.idle();
    expect(await ask({ prefix: "qua", limit: 5 })).toEqual({
      items: [{ name: "Quay", count: 1 }],
      nextToken: null,
    });
  },
  "Query.listAssetEvents": async (ask) => {
    const { seq, event } = await upload();
    const asset = { ...event.asset, ...signedUrls };
    const { items } = (await ask({ after: seq - 1, limit: 1 })) as { items: unknown };
    expect(items).toEqual([{ ...event, seq, asset }]);
  },
  "Query.listDeliveries": async (ask) => {
    const { id, seq } = await deliver("/hook");
    expect(await ask({ assetId: id, limit: 10 })).toEqual({ items: [delivery(id, seq)], nextToken: null });
  },
  "Query.limits": async (ask, { admin }) => {
    // Another example may have set them to what they are.
    const { updatedAt, ...found } = (await ask({}, admin)) as typeof limits;
    expect({ ...found, updatedAt: null }).toEqual(limits);
    expect([null, time]).toContainEqual(updatedAt);
  },
  "Mutation.setLimits": async (ask, { admin }) => {
    const input = { maxRelabelsADay: limits.maxRelabelsADay, labellingPaused: false };
    expect(await ask({ input }, admin)).toEqual({ ...limits, updatedAt: time });
  },
  "User.usage": async (_, { alice }) => {
    await aliceProfile();
    const { asset } = await reserve();
    const usage = async () =>
      ((await call("Query.me", {}, alice)) as { usage: { assets: number; bytes: number } }).usage;
    const before = await usage();
    await reserve();
    const { assets, bytes } = await usage();
    expect({ assets, bytes }).toEqual({
      assets: before.assets + 1,
      bytes: before.bytes + asset.contentLength,
    });
  },
  "Query.getErasure": async (ask, { admin }) => {
    await call("Mutation.eraseUser", { id: "shown" }, admin);
    expect(await ask({ userId: "shown" }, admin)).toEqual(erasure("shown", "REQUESTED"));
  },
  "Mutation.eraseUser": async (ask, { admin }) => {
    expect(await ask({ id: "erased" }, admin)).toEqual(erasure("erased", "REQUESTED"));
  },
  "Mutation.cancelErasure": async (ask, { admin }) => {
    await call("Mutation.eraseUser", { id: "kept" }, admin);
    expect(await ask({ userId: "kept" }, admin)).toEqual(erasure("kept", "CANCELLED"));
  },
  "Mutation.createUser": async (ask, { admin }) => {
    const input = { id: "created", firstName: "Ann", lastName: "Lee", email: "a@example.com" };
    expect(await ask({ input }, admin)).toEqual({ ...profile("created"), ...input });
  },
  "Mutation.updateUser": async (ask, { admin }) => {
    const id = await newUser("changed");
    const input = { id, name: "Ann", expectedVersion: 1 };
    expect(await ask({ input }, admin)).toEqual({ ...profile(id), name: "Ann", version: 2 });
  },
  "Mutation.deleteUser": async (ask, { admin }) => {
    const id = await newUser("deleted");
    expect(await ask({ id }, admin)).toEqual(profile(id));
  },
  "Mutation.createAsset": async (ask) => {
    const input = { contentType: "image/jpeg", contentLength: 3, filename: "a.jpg" };
    expect(await ask({ input })).toEqual({ asset: reserved(), upload: presigned, webhookSecret: null });
  },
  "Mutation.updateAsset": async (ask) => {
    const { asset } = await reserve();
    const input = { id: asset.id, title: "At sea", expectedVersion: 1 };
    expect(await ask({ input })).toEqual({ ...reserved(asset.id), title: "At sea", version: 2 });
  },
  "Mutation.setLabels": async (ask) => {
    const { id, event } = await upload();
    const [first, ...others] = event.asset.labels ?? [];
    const pier = { name: "Pier", confidence: 100, parents: [], source: "PERSON" };
    expect(await ask({ id, add: ["Pier"], remove: [first?.name] })).toEqual({
      ...changed(event),
      labels: [pier, ...others],
    });
  },
  "Mutation.renewUpload": async (ask) => {
    const { asset } = await reserve();
    const renewed = { ...reserved(asset.id), version: 2 };
    expect(await ask({ id: asset.id })).toEqual({ asset: renewed, upload: presigned, webhookSecret: null });
  },
  "Mutation.confirmUpload": async (ask) => {
    const { id, event } = await upload();
    expect(await ask({ id })).toEqual({ ...changed(event), state: "UPLOADED" });
  },
  "Mutation.labelAsset": async (ask) => {
    const { id, event } = await upload();
    expect(await ask({ id })).toEqual({ ...changed(event), labelStatus: "PENDING" });
  },
  "Mutation.deleteAsset": async (ask) => {
    const { asset } = await reserve();
    expect(await ask({ id: asset.id })).toEqual({ ...reserved(asset.id), state: "DELETED", version: 2 });
  },
  "Mutation.restoreAsset": async (ask) => {
    const { asset } = await reserve();
    await call("Mutation.deleteAsset", { id: asset.id });
    expect(await ask({ id: asset.id })).toEqual({ ...reserved(asset.id), version: 3 });
  },
  "Mutation.purgeAsset": async (ask) => {
    const { asset } = await reserve();
    expect(await ask({ id: asset.id })).toBe(asset.id);
  },
  "Mutation.rotateWebhookSecret": async (ask, { admin }) => {
    const secret = expect.stringMatching(/^whsec_/);
    expect(await ask({}, admin)).toEqual({ secret, previousValidUntil: null });
    expect(await ask({}, admin)).toEqual({ secret, previousValidUntil: time });
  },
  "Mutation.replayDelivery": async (ask) => {
    const { id, seq } = await deliver("/hook");
    const replayed = { ...delivery(id, seq), status: "PENDING", nextAttemptAt: time };
    expect(await ask({ id: `msg_${id}_${seq}` })).toEqual(replayed);
  },
  "Mutation.publishAssetEvent": async (ask, running) => {
    const asset = { ...reservedForEvents("a"), ownerId: "o", createdAt: at, updatedAt: at };
    const input = { seq: 1, type: "CREATED", edited: true, ownerId: "o", assetId: "a", at, asset };
    expect(await ask({ input }, askerOf(running, "relay"))).toEqual(input);
  },
  "Mutation.endAdminSubscriptions": async (ask, running) => {
    expect(await ask({ userId: "somebody" }, askerOf(running, "operator"))).toBe("somebody");
  },
  "Subscription.onAssetEvent": async (_, { alice }) => {
    const events = await alice.events();
    const { asset } = await reserve();
    expect(await events.until(({ assetId }) => assetId === asset.id)).toEqual({
      ...{ seq: expect.any(Number), type: "CREATED", ownerId: alice.sub, assetId: asset.id, at: time },
      edited: null,
      asset: reservedForEvents(asset.id),
    });
  },
  "Asset.labels": async (_, { alice }) => {
    const { id, event } = await upload();
    const { labels } = event.asset;
    const most = Math.max(...(labels ?? []).map(({ confidence }) => confidence));
    const surest = labels?.filter(({ confidence }) => confidence === most);
    expect(surest).not.toEqual(labels);
    const query = `query ($id: ID!, $least: Float) {
      getAsset(id: $id) { labels(minConfidence: $least) { name confidence parents source } } }`;
    expect(await alice.get(query, { id, least: 0 })).toEqual({ getAsset: { labels } });
    expect(await alice.get(query, { id, least: most })).toEqual({ getAsset: { labels: surest } });
  },
  "Asset.downloadUrl": async (_, { alice }) => {
    const { id, bytes } = await upload();
    const { getAsset } = await alice.get<{ getAsset: { downloadUrl: string } }>(
      "query ($id: ID!) { getAsset(id: $id) { downloadUrl(ttlSeconds: 60) } }",
      { id },
    );
    expect(new URL(getAsset.downloadUrl).searchParams.get("X-Amz-Expires")).toBe("60");
    const download = await fetch(getAsset.downloadUrl);
    expect(Buffer.from(await download.arrayBuffer()).equals(bytes)).toBe(true);
  },
  "Asset.thumbnailUrl": async (_, { alice }) => {
    const { id } = await upload();
    const { getAsset } = await alice.get<{ getAsset: { thumbnailUrl: string } }>(
      "query ($id: ID!) { getAsset(id: $id) { thumbnailUrl(size: LARGE, ttlSeconds: 60) } }",
      { id },
    );
    expect(new URL(getAsset.thumbnailUrl).searchParams.get("X-Amz-Expires")).toBe("60");
    expect((await fetch(getAsset.thumbnailUrl)).headers.get("content-type")).toBe("image/webp");
  },
  "User.failingCallbacks": async (_, { alice }) => {
    await aliceProfile();
    const { id, seq, url } = await deliver("/gone");
    const failing = { url, gone: true, at: time, deliveryId: `msg_${id}_${seq}`, assetId: id };
    expect(await call("Query.me")).toMatchObject({ id: alice.sub, failingCallbacks: [failing] });
  },
};

interface UserPage {
  readonly items: readonly { readonly id: string }[];
  readonly nextToken: unknown;
}

describe("the contract", () => {
  it("has an example of each operation, and of each field that a resolver answers", () => {
    const resolvers = ofType(use().cloud.graph, "aws:appsync/resolver:Resolver");
    const resolved = resolvers.map(({ inputs: { type, field } }) => `${type}.${field}`);
    expect(operations.length).toBeGreaterThan(20);
    expect(Object.keys(examples).toSorted()).toEqual([...new Set([...operations, ...resolved])].toSorted());
  });

  it.each(Object.entries(examples))("%s answers as usual", async (name, example) => {
    expect.hasAssertions();
    await example((args, client) => call(name, args, client), use());
  });
});

const call = (operation: string, args: object = {}, client: Asker = use().alice): Promise<unknown> =>
  askWhole(client, operation, args);

const at = "2026-01-01T00:00:00.000Z";

/** Alice's asset that waits for its upload, with all its fields. */
const reserved = (id: unknown = ulid) => ({
  ...reservedForEvents(id),
  ...{ downloadUrl: null, thumbnailUrl: null },
});

/** Events carry no URLs. */
const reservedForEvents = (id: unknown) => ({
  ...{ id, ownerId: use().alice.sub, filename: "a.jpg", contentType: "image/jpeg", contentLength: 3 },
  ...{
    title: null,
    sha256: null,
    duplicateOf: null,
    callbackUrl: null,
    state: "CREATED",
    labelStatus: "NONE",
    labels: null,
  },
  ...{ labelError: null, width: null, height: null, createdAt: time, updatedAt: time, version: 1 },
});

const reserve = () => use().alice.create(Buffer.from("abc"), "image/jpeg", { filename: "a.jpg" });

const presigned = {
  ...{ url: signedUrl, method: "PUT", expiresAt: time },
  headers: expect.arrayContaining([{ name: "content-type", value: "image/jpeg" }]),
};

/** A picture of Alice's that has its labels and its thumbnails. */
async function upload(more: object = {}) {
  const { alice } = use();
  const bytes = await jpeg();
  const { asset, upload: request } = await alice.create(bytes, "image/jpeg", more);
  const events = await alice.events(asset.id);
  expect(await send(request, bytes)).toMatchObject({ status: 200 });
  const { seq: labelledSeq } = await events.until(({ type }) => type === "LABELLED");
  const { seq, ...event } = await events.until(
    ({ asset: { labelStatus, width } }) => labelStatus === "DONE" && width !== null,
  );
  return { id: asset.id, bytes, seq, labelledSeq, event };
}

/** The asset of an event after one more change. */
const changed = ({ asset }: Omit<AssetEvent, "seq">) => ({
  ...asset,
  ...{ updatedAt: time, version: asset.version + 1, ...signedUrls },
});

/** A picture of Alice's whose receiver was called. */
async function deliver(path: string) {
  const url = receiver.url + path;
  const { id, labelledSeq: seq } = await upload({ callbackUrl: url });
  await receiver.until(({ body }) => body.includes(id));
  await use().cloud.idle();
  return { id, seq, url };
}

const delivery = (id: string, seq: number) => ({
  ...{ id: `msg_${id}_${seq}`, assetId: id, seq, type: "asset.labelled", url: `${receiver.url}/hook` },
  ...{ status: "DELIVERED", attempts: [{ at: time, succeeded: true, errorCode: null }] },
  ...{ nextAttemptAt: null, createdAt: time },
});

const erasure = (userId: string, status: string) => ({
  ...{ userId, status, requestedAt: time, dueAt: time },
  ...{ finishedAt: null, removed: null },
});

const profile = (id: string) => ({
  ...{ id, name: "Ann Lee", firstName: null, lastName: null, email: "a@example.com" },
  ...{ createdAt: time, updatedAt: time, version: 1, failingCallbacks: [] },
  usage: {
    ...{ assets: number, bytes: number, changesToday: number, labelledToday: number },
    ...{ callbacksToday: 0, maxCallbacksADay: 5000 },
    ...{ maxAssets: limits.maxAssets, maxBytes: limits.maxBytes },
    ...{ maxChangesADay: limits.maxChangesADay, maxLabelledADay: limits.maxLabelledADay },
  },
});

let made: Promise<unknown> | undefined;

/** Two examples need it, in either order. */
const aliceProfile = () => (made ??= call("Mutation.createUser", { input: { name: "Alice" } }));

/** A profile that an admin makes. */
async function newUser(id: string): Promise<string> {
  await call("Mutation.createUser", { input: { id, name: "Ann Lee", email: "a@example.com" } }, use().admin);
  return id;
}
