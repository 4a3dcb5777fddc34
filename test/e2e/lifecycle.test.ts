import { DeleteObjectCommand, HeadObjectCommand, NotFound, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Webhook } from "standardwebhooks";
import { type Received, type Receiver, startReceiver } from "../../tools/chaos/receiver.ts";
import { type Asset, objectKey } from "../../domain/asset.ts";
import { type AssetEvent, type Client, type Events, send, sha256 } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { asFunction, type FunctionSide, invoke } from "../support/function.ts";
import { corruptJpeg, jpeg, png } from "../support/pictures.ts";

const use = useCloud();

const ends = ["LABELLED", "LABEL_FAILED", "REJECTED"];

const isEnd = ({ type, asset }: AssetEvent): boolean =>
  ends.includes(type) || asset.labelStatus === "SKIPPED";

/** Uploads and waits for the end, and until its thumbnails are made; gives the events of the asset. */
async function upload(client: Client, bytes: Buffer, contentType: string, more: object = {}) {
  const events = await client.events();
  const { asset, upload: request } = await client.create(bytes, contentType, more);
  expect(await send(request, bytes)).toMatchObject({ status: 200 });
  const end = await events.until((event) => event.assetId === asset.id && isEnd(event));
  await use().cloud.idle();
  return { id: asset.id, events, end };
}

/** Without edits: thumbnails are made at any time after RECEIVED. */
const typesOf = ({ seen }: Events, id: string): string[] =>
  seen.filter(({ assetId, edited }) => assetId === id && !edited).map(({ type }) => type);

describe("a picture", () => {
  it("is received, labelled and downloaded, and each step is published in order", async () => {
    const { alice } = use();
    const bytes = await jpeg("red");
    const { id, events, end } = await upload(alice, bytes, "image/jpeg", {
      filename: "ä/ö 图.jpg",
      sha256: sha256(bytes),
    });
    expect(typesOf(events, id)).toEqual(["CREATED", "RECEIVED", "LABELLING", "LABELLED"]);
    const seqs = events.seen.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
    expect(end.asset).toMatchObject({
      state: "RECEIVED",
      labelStatus: "DONE",
      filename: "ä/ö 图.jpg",
      labelError: null,
    });
    expect(end.asset.labels?.length).toBeGreaterThan(0);

    const { getAsset } = await alice.get<{ getAsset: { downloadUrl: string; labels: object[] } }>(
      "query ($id: ID!) { getAsset(id: $id) { downloadUrl labels(minConfidence: 0) { name } } }",
      { id },
    );
    const download = await fetch(getAsset.downloadUrl);
    expect(Buffer.from(await download.arrayBuffer()).equals(bytes)).toBe(true);
    expect(download.headers.get("content-type")).toBe("image/jpeg");
    expect(download.headers.get("content-disposition")).toMatch(
      /^attachment; filename=".*"; filename\*=UTF-8''%C3%A4_/,
    );
  });

  it("can be confirmed once it is received, repeatedly, and not before", async () => {
    const { alice } = use();
    const bytes = await jpeg();
    const { asset } = await alice.create(bytes, "image/jpeg");
    const confirm = "mutation ($id: ID!) { confirmUpload(id: $id) { state version } }";
    expect((await alice.ask(confirm, { id: asset.id })).errors?.[0]).toMatchObject({
      errorType: "StateConflict",
    });
    const { id } = await upload(alice, bytes, "image/jpeg");
    const { version } = await alice.asset(id);
    const first = await alice.get(confirm, { id });
    expect(first).toMatchObject({ confirmUpload: { state: "UPLOADED", version: version + 1 } });
    expect(await alice.get(confirm, { id })).toEqual(first);
  });

  it("is labelled again on request", async () => {
    const { alice } = use();
    const { id, events, end } = await upload(alice, await png(), "image/png");
    await alice.get("mutation ($id: ID!) { labelAsset(id: $id) { labelStatus } }", { id });
    await events.until(({ assetId, type, seq }) => assetId === id && type === "LABELLED" && seq > end.seq);
    expect(typesOf(events, id)).toEqual([
      "CREATED",
      "RECEIVED",
      "LABELLING",
      "LABELLED",
      "LABELLING",
      "LABELLED",
    ]);
  });

  it("fails with the reason if it is corrupt", async () => {
    const { end } = await upload(use().alice, await corruptJpeg(), "image/jpeg");
    expect(end).toMatchObject({
      type: "LABEL_FAILED",
      asset: { state: "RECEIVED", labelStatus: "FAILED", labelError: { code: "InvalidImageFormat" } },
    });
  });

  it("is rejected if its bytes are of another type", async () => {
    const { end } = await upload(use().alice, Buffer.from("GIF89a no jpeg"), "image/jpeg");
    expect(end).toMatchObject({
      type: "REJECTED",
      asset: { state: "REJECTED", labelStatus: "NONE", labelError: { code: "ContentMismatch" } },
    });
  });
});

describe("a title", () => {
  const update = "mutation ($input: UpdateAssetInput!) { updateAsset(input: $input) { title version } }";

  it("is changed and removed by its owner; subscribers and the log get each change as an edit", async () => {
    const { alice } = use();
    const { id, events, end } = await upload(alice, await jpeg("teal"), "image/jpeg", { title: "Sea" });
    expect(end.asset).toMatchObject({ title: "Sea" });
    const { version } = await alice.asset(id);
    expect(await alice.get(update, { input: { id, title: "Lake", expectedVersion: version } })).toEqual({
      updateAsset: { title: "Lake", version: version + 1 },
    });
    await alice.get(update, { input: { id, title: "" } });
    await events.until(({ assetId, asset }) => assetId === id && asset.version === version + 2);
    const edits = events.seen.filter(
      ({ assetId, edited, asset }) => assetId === id && edited && asset.version > version,
    );
    expect(edits).toMatchObject([
      { type: "RECEIVED", asset: { title: "Lake", labelStatus: "DONE", version: version + 1 } },
      { type: "RECEIVED", asset: { title: null, labelStatus: "DONE", version: version + 2 } },
    ]);
    const { listAssetEvents } = await alice.get<{ listAssetEvents: { items: unknown[] } }>(
      `query ($after: Int) { listAssetEvents(after: $after) { items { seq edited asset { title } } } }`,
      { after: (edits[0]?.seq ?? 0) - 1 },
    );
    expect(listAssetEvents.items).toEqual([
      { seq: edits[0]?.seq, edited: true, asset: { title: "Lake" } },
      { seq: edits[1]?.seq, edited: true, asset: { title: null } },
    ]);
  });

  it("is not changed by a caller with an older version, nor for a deleted asset", async () => {
    const { alice } = use();
    const { asset } = await alice.create(await jpeg(), "image/jpeg", { title: "First" });
    const { id } = asset;
    await alice.get(update, { input: { id, title: "Second" } });
    const late = await alice.ask(update, { input: { id, title: "Third", expectedVersion: 1 } });
    expect(late.errors?.[0]).toMatchObject({
      errorType: "VersionConflict",
      message: "expectedVersion: the asset has version 2",
    });
    expect(await alice.asset(id)).toMatchObject({ title: "Second", version: 2 });
    await alice.get("mutation ($id: ID!) { deleteAsset(id: $id) { id } }", { id });
    const gone = await alice.ask(update, { input: { id, title: "Third", expectedVersion: 3 } });
    expect(gone.errors?.[0]?.errorType).toBe("NotFound");
  });

  it("is compared when a clientToken is repeated", async () => {
    const { alice } = use();
    const bytes = await jpeg();
    const create = (title: string) =>
      alice.ask(
        `mutation ($input: CreateAssetInput!) { createAsset(input: $input) { asset { id title } } }`,
        { input: { title, contentType: "image/jpeg", contentLength: bytes.length, clientToken: "titled" } },
      );
    const first = await create("One");
    expect(first.data).toMatchObject({ createAsset: { asset: { title: "One" } } });
    expect(await create("One")).toEqual(first);
    expect((await create("Two")).errors?.[0]?.errorType).toBe("Conflict");
  });
});

describe("a text file", () => {
  it("is kept, and skipped with the reason", async () => {
    const { events, id, end } = await upload(use().alice, Buffer.from("just words"), "text/plain");
    expect(typesOf(events, id)).toEqual(["CREATED", "RECEIVED"]);
    expect(end.asset).toMatchObject({ labelStatus: "SKIPPED", labelError: { code: "NotAnImage" } });
  });
});

describe("a deleted asset", () => {
  it("is hidden on every path until it is restored", async () => {
    const { alice, admin } = use();
    const { id, events } = await upload(alice, await jpeg("blue"), "image/jpeg");
    const mutate = (name: string) =>
      alice.ask(`mutation ($id: ID!) { ${name}(id: $id) { __typename } }`, { id });
    const listed = async (filter: string) => {
      const { listAssets } = await alice.get<{ listAssets: { items: { id: string }[] } }>(
        `{ listAssets(limit: 100${filter}) { items { id } } }`,
      );
      return listAssets.items.some((item) => item.id === id);
    };
    const get = "query ($id: ID!, $ownerId: ID) { getAsset(id: $id, ownerId: $ownerId) { id downloadUrl } }";

    expect(await listed("")).toBe(true);
    await alice.get("mutation ($id: ID!) { deleteAsset(id: $id) { state } }", { id });
    await events.until(({ assetId, type }) => assetId === id && type === "DELETED");
    for (const name of ["deleteAsset", "confirmUpload", "labelAsset", "renewUpload"]) {
      expect((await mutate(name)).errors?.[0]?.errorType).toBe("NotFound");
    }
    expect((await alice.ask(get, { id })).errors?.[0]?.errorType).toBe("NotFound");
    expect((await admin.ask(get, { id, ownerId: alice.sub })).errors?.[0]?.errorType).toBe("NotFound");
    expect(await listed("")).toBe(false);
    expect(await listed(", state: RECEIVED")).toBe(false);
    expect(await listed(", state: DELETED")).toBe(true);

    await alice.get("mutation ($id: ID!) { restoreAsset(id: $id) { state } }", { id });
    await events.until(({ assetId, type }) => assetId === id && type === "RESTORED");
    expect(await alice.asset(id)).toMatchObject({ state: "RECEIVED", labelStatus: "DONE" });
    expect(await listed("")).toBe(true);
    expect((await mutate("restoreAsset")).errors?.[0]?.errorType).toBe("StateConflict");
  });

  it("has no download URL on any path, old events included, until it is restored", async () => {
    const { alice, admin } = use();
    const { id, events, end } = await upload(alice, await jpeg("purple"), "image/jpeg");
    const log = `query ($o: ID, $after: Int) { listAssetEvents(ownerId: $o, after: $after, limit: 100) {
      items { seq assetId asset { state downloadUrl } } } }`;
    const urls = async (client: Client, field: string, query: string, variables: object) => {
      const answer = await client.ask(query, variables);
      expect(answer.errors).toBeUndefined();
      return JSON.stringify(answer.data?.[field]).includes("X-Amz-Signature");
    };
    const paths = async () => [
      await urls(alice, "listAssetEvents", log, { after: end.seq - 1 }),
      await urls(admin, "listAssetEvents", log, { o: alice.sub, after: end.seq - 1 }),
    ];
    expect(await paths()).toEqual([true, true]);
    const remove = "mutation ($id: ID!) { deleteAsset(id: $id) { state downloadUrl } }";
    expect(await urls(alice, "deleteAsset", remove, { id })).toBe(false);
    expect(await paths()).toEqual([false, false]);
    const list = "{ listAssets(state: DELETED, limit: 100) { items { id downloadUrl } } }";
    expect(await urls(alice, "listAssets", list, {})).toBe(false);
    await events.until(({ assetId, type }) => assetId === id && type === "DELETED");
    const restore = "mutation ($id: ID!) { restoreAsset(id: $id) { state downloadUrl } }";
    expect(await urls(alice, "restoreAsset", restore, { id })).toBe(true);
    expect(await paths()).toEqual([true, true]);
  });

  it("is labelled after its restoration if its upload arrived while it was deleted", async () => {
    const { cloud, alice } = use();
    const bytes = await jpeg("green");
    const events = await alice.events();
    const { asset, upload: request } = await alice.create(bytes, "image/jpeg");
    await alice.get("mutation ($id: ID!) { deleteAsset(id: $id) { state } }", { id: asset.id });
    expect(await send(request, bytes)).toMatchObject({ status: 200 });
    await events.until(({ assetId, type }) => assetId === asset.id && type === "DELETED");
    await cloud.idle();
    expect(typesOf(events, asset.id)).toEqual(["CREATED", "DELETED"]);
    await alice.get("mutation ($id: ID!) { restoreAsset(id: $id) { state } }", { id: asset.id });
    await events.until(({ assetId, type }) => assetId === asset.id && type === "LABELLED");
    expect(typesOf(events, asset.id)).toEqual(["CREATED", "DELETED", "RESTORED", "LABELLING", "LABELLED"]);
  });
});

describe("a callback", () => {
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.stop());

  const bodyOf = ({ body }: Received) =>
    JSON.parse(body.toString()) as { type: string; data: { assetId: string; seq: number; error?: object } };
  const callOf = (id: string) => receiver.until((call) => bodyOf(call).data.assetId === id);
  const list =
    "query ($id: ID!) { listDeliveries(assetId: $id) { items { id status seq type attempts { succeeded } } } }";

  it("reports the result under the event's number, signed with the secret that the first asset showed", async () => {
    const { alice, bob, cloud } = use();
    const callbackUrl = `${receiver.url}/hook`;
    const bytes = await jpeg();
    const events = await alice.events();
    const {
      asset,
      upload: request,
      webhookSecret,
    } = await alice.create(bytes, "image/jpeg", { callbackUrl });
    await send(request, bytes);
    const call = await callOf(asset.id);
    const { seq } = await events.until(({ type, assetId }) => assetId === asset.id && type === "LABELLED");
    const headers = call.headers as Record<string, string>;
    expect(new Webhook(webhookSecret ?? "").verify(call.body, headers)).toMatchObject({
      type: "asset.labelled",
      data: { assetId: asset.id, ownerId: alice.sub, state: "RECEIVED", labelStatus: "DONE", seq },
    });
    await cloud.idle();
    const delivery = { id: headers["webhook-id"], status: "DELIVERED", seq, type: "asset.labelled" };
    const logged = { listDeliveries: { items: [{ ...delivery, attempts: [{ succeeded: true }] }] } };
    expect(await alice.get(list, { id: asset.id })).toEqual(logged);

    const replay = "mutation ($id: ID!) { replayDelivery(id: $id) { status } }";
    expect(await bob.get(list, { id: asset.id })).toEqual({ listDeliveries: { items: [] } });
    expect((await bob.ask(replay, { id: delivery.id })).errors?.[0]?.errorType).toBe("NotFound");
    const calls = receiver.received.length;
    expect(await alice.get(replay, { id: delivery.id })).toEqual({ replayDelivery: { status: "PENDING" } });
    await receiver.until(() => receiver.received.length > calls);
    expect(receiver.received.at(-1)?.headers["webhook-id"]).toBe(delivery.id);

    await cloud.idle();
    await alice.get("mutation ($id: ID!) { deleteAsset(id: $id) { state } }", { id: asset.id });
    const hidden = await alice.ask(replay, { id: delivery.id });
    expect(hidden.errors?.map(({ errorType }) => errorType)).toEqual(["NotFound"]);
    await alice.get("mutation ($id: ID!) { restoreAsset(id: $id) { state } }", { id: asset.id });
    expect(await alice.get(replay, { id: delivery.id })).toEqual({ replayDelivery: { status: "PENDING" } });
  });

  it("shows its secret with the first creation that succeeds, and again for the same clientToken", async () => {
    const { bob } = use();
    const bytes = await jpeg();
    const callbackUrl = `${receiver.url}/bob`;
    await bob.create(bytes, "image/jpeg", { clientToken: "taken" });
    await expect(bob.create(bytes, "image/jpeg", { clientToken: "taken", callbackUrl })).rejects.toThrow(
      /Conflict/,
    );
    const first = await bob.create(bytes, "image/jpeg", { clientToken: "free", callbackUrl });
    expect(first.webhookSecret).toMatch(/^whsec_/);
    const again = await bob.create(bytes, "image/jpeg", { clientToken: "free", callbackUrl });
    expect([again.asset.id, again.webhookSecret]).toEqual([first.asset.id, first.webhookSecret]);
    const next = await bob.create(bytes, "image/jpeg", { callbackUrl });
    expect(next.webhookSecret).toBeNull();
  });

  it("reports what could not be labelled, was skipped or was rejected, and its secret is not shown again", async () => {
    const { admin } = use();
    const callbackUrl = receiver.url;
    await admin.create(Buffer.from("words"), "text/plain", { callbackUrl });
    const callbackOf = async (bytes: Buffer, contentType: string) => {
      const {
        asset,
        upload: request,
        webhookSecret,
      } = await admin.create(bytes, contentType, { callbackUrl });
      expect([asset.callbackUrl, webhookSecret]).toEqual([`${callbackUrl}/`, null]);
      await send(request, bytes);
      const { type, data } = bodyOf(await callOf(asset.id));
      return { type, error: data.error };
    };
    expect(await callbackOf(await corruptJpeg(), "image/jpeg")).toMatchObject({
      type: "asset.label_failed",
      error: { code: "InvalidImageFormat" },
    });
    expect(await callbackOf(Buffer.from("words"), "text/plain")).toMatchObject({
      type: "asset.label_skipped",
      error: { code: "NotAnImage" },
    });
    expect(await callbackOf(await png(), "image/jpeg")).toMatchObject({ type: "asset.rejected" });
  });

  it("is listed in its owner's profile if its receiver answered 410, until the receiver accepts one", async () => {
    const { admin, cloud } = use();
    await admin.get('mutation { createUser(input: { name: "Admin" }) { id } }');
    const failing = () =>
      admin.get<{ me: { failingCallbacks: { deliveryId: string }[] } }>(
        "{ me { failingCallbacks { url gone at deliveryId assetId } } }",
      );
    expect(await failing()).toEqual({ me: { failingCallbacks: [] } });
    receiver.behave(({ path }) => ({ status: path === "/gone" ? 410 : 204 }));
    const callbackUrl = `${receiver.url}/gone`;
    const { asset, upload: request } = await admin.create(Buffer.from("words"), "text/plain", {
      callbackUrl,
    });
    await send(request, Buffer.from("words"));
    await callOf(asset.id);
    await cloud.idle();
    const { me } = await failing();
    const deliveryId = me.failingCallbacks[0]?.deliveryId ?? "";
    expect(deliveryId).toMatch(new RegExp(`^msg_${asset.id}_\\d+$`));
    expect(me.failingCallbacks).toEqual([
      { url: callbackUrl, gone: true, assetId: asset.id, deliveryId, at: expect.any(String) },
    ]);

    const replay = "mutation ($id: ID!) { replayDelivery(id: $id) { status } }";
    const change = (name: string) =>
      admin.get(`mutation ($id: ID!) { ${name}(id: $id) { id } }`, { id: asset.id });
    receiver.behave(() => ({ status: 204 }));
    const calls = receiver.received.length;
    await change("deleteAsset");
    expect((await admin.ask(replay, { id: deliveryId })).errors?.[0]?.errorType).toBe("NotFound");
    await cloud.idle();
    expect(receiver.received).toHaveLength(calls);
    await change("restoreAsset");
    await admin.get(replay, { id: deliveryId });
    await receiver.until(() => receiver.received.length > calls);
    await cloud.idle();
    expect(await failing()).toEqual({ me: { failingCallbacks: [] } });
  });

  it("with a forbidden URL is refused before anything is written", async () => {
    const { bob, cloud } = use();
    const before = await bob.get("{ listAssets { items { id } } }");
    const { port } = new URL(cloud.ready.endpointUrl);
    for (const callbackUrl of [
      `http://127.0.0.1:${port}/`,
      `http://localhost:${port}/graphql`,
      "https://exam\tple.com/",
      "http://example.com/",
      "https://127.0.0.1/",
      "https://metadata.google.internal/",
    ]) {
      const input = { contentType: "image/png", contentLength: 1, callbackUrl };
      const answer = await bob.ask(
        "mutation ($input: CreateAssetInput!) { createAsset(input: $input) { webhookSecret } }",
        { input },
      );
      expect(answer.errors?.map(({ errorType }) => errorType)).toEqual(["InvalidCallbackUrl"]);
    }
    expect(await bob.get("{ listAssets { items { id } } }")).toEqual(before);
  });
});

describe("the repair", () => {
  let side: FunctionSide;

  beforeAll(() => {
    side = asFunction(use(), "administrator");
  });

  afterAll(() => side.close());

  /** Days pass for one asset: it is as it was left, and long due. */
  const forget = (id: string, set: Partial<Asset> = {}) =>
    side.assets.update(
      { ownerId: use().alice.sub, id },
      { set: { dueAt: 1, ...set }, when: "attribute_exists(#id)" },
    );

  const object = (id: string) => ({ Bucket: side.bucket, Key: objectKey(use().alice.sub, id) });

  it("an upload that never arrives expires", async () => {
    const { alice } = use();
    const { asset } = await alice.create(Buffer.from("x"), "text/plain");
    const events = await alice.events(asset.id);
    await forget(asset.id, { uploadExpiresAt: "2026-01-01T00:00:00.000Z" });
    await invoke(use(), "sweep");
    expect(await events.until(({ type }) => type === "EXPIRED")).toMatchObject({
      asset: { state: "EXPIRED" },
    });

    // Too late: the URL, as S3 sees it, is still good.
    await side.s3.send(new PutObjectCommand({ ...object(asset.id), Body: "x", IfNoneMatch: "*" }));
    await use().cloud.idle();
    await expect(side.s3.send(new HeadObjectCommand(object(asset.id)))).rejects.toThrow(NotFound);
    expect(await alice.asset(asset.id)).toMatchObject({ state: "EXPIRED" });
  });

  it("a label job that crashed is done by another", async () => {
    const { id, events, end } = await upload(use().alice, await jpeg(), "image/jpeg");
    await forget(id, { labelStatus: "RUNNING", labelJob: "dead", labelLease: 1 });
    await invoke(use(), "sweep");
    const isLater = ({ seq }: AssetEvent) => seq > end.seq;
    await events.until((event) => event.assetId === id && event.type === "LABELLED" && isLater(event));
  });

  it("an asset is removed although the event of its object's removal was lost", async () => {
    const { alice } = use();
    const { id, events } = await upload(alice, Buffer.from("words"), "text/plain");
    // The removal's event finds a row that has seen a later one.
    await forget(id, { sequencer: "F".repeat(64) });
    await side.s3.send(new DeleteObjectCommand(object(id)));
    await use().cloud.idle();
    expect(await alice.asset(id)).toMatchObject({ state: "RECEIVED" });
    await invoke(use(), "sweep");
    await events.until(({ assetId, type }) => assetId === id && type === "PURGED");
  });
});
