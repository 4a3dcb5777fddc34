import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, it } from "@jest/globals";
import { objectKey } from "../../domain/asset.ts";
import { otherId } from "../support/asset.ts";
import { type Client, send } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { asFunction } from "../support/function.ts";
import { jpeg } from "../support/pictures.ts";

const use = useCloud();

interface Match {
  readonly asset: { readonly id: string };
  readonly confidence: number;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken: string | null;
}

const search = (client: Client, args: object) =>
  client.ask<{ searchAssets: Page<Match> }>(
    `query ($label: String!, $minConfidence: Float, $ownerId: ID, $limit: Int, $nextToken: String) {
      searchAssets(label: $label, minConfidence: $minConfidence, ownerId: $ownerId, limit: $limit,
        nextToken: $nextToken) { items { confidence asset { id labels { name } } } nextToken } }`,
    args,
  );

const idsOf = async (client: Client, label: string, more: object = {}) => {
  const { data, errors } = await search(client, { label, ...more });
  return errors ?? data?.searchAssets.items.map(({ asset }) => asset.id);
};

const count = (client: Client, args: object) =>
  client.ask<{ listLabels: Page<{ readonly name: string; readonly count: number }> }>(
    `query ($prefix: String, $ownerId: ID, $limit: Int, $nextToken: String) {
      listLabels(prefix: $prefix, ownerId: $ownerId, limit: $limit, nextToken: $nextToken) {
        items { name count } nextToken } }`,
    args,
  );

const countsOf = async (client: Client, prefix: string) => {
  const { data, errors } = await count(client, { prefix });
  return errors ?? data?.listLabels.items.map(({ name, count: assets }) => [name, assets]);
};

const setLabels = (client: Client, args: object) =>
  client.ask<{ setLabels: { labels: { name: string; source: string }[] } }>(
    `mutation ($id: ID!, $add: [String!], $remove: [String!]) {
      setLabels(id: $id, add: $add, remove: $remove) { labels { name confidence parents source } } }`,
    args,
  );

const refused = (errorType: string) => ({ errors: [{ errorType }] });

/** A picture of one colour, labelled, with its thumbnails. */
async function upload(client: Client, colour: string): Promise<string> {
  const events = await client.events();
  const bytes = await jpeg(colour);
  const { asset, upload: request } = await client.create(bytes, "image/jpeg");
  await send(request, bytes);
  await events.until(({ assetId, type }) => assetId === asset.id && type === "LABELLED");
  await use().cloud.idle();
  return asset.id;
}

/** The index follows within seconds: asks once nothing is under way. */
async function expectSettled<Answer>(ask: () => Promise<Answer>, expected: Answer): Promise<void> {
  await use().cloud.idle();
  expect(await ask()).toEqual(expected);
}

const settled = (client: Client, label: string, ids: readonly string[]) =>
  expectSettled(() => idsOf(client, label), [...ids]);

const command = (client: Client, name: string, id: string) =>
  client.get(`mutation ($id: ID!) { ${name}(id: $id) { id } }`, { id });

describe("a search", () => {
  it("finds a picture by a label of the model in any case, and by a parent", async () => {
    const { alice } = use();
    const id = await upload(alice, "red");
    await settled(alice, "rED", [id]);
    await settled(alice, "color", [id]);
    expect(await idsOf(alice, "re")).toEqual([]);
    expect(await countsOf(alice, "RED")).toEqual([["Red", 1]]);
  });

  it("hides deleted assets immediately, and finds restored ones", async () => {
    const { alice } = use();
    const id = await upload(alice, "lime");
    await settled(alice, "green", [id]);
    await command(alice, "deleteAsset", id);
    expect(await idsOf(alice, "green")).toEqual([]);
    await expectSettled(() => countsOf(alice, "green"), []);
    await command(alice, "restoreAsset", id);
    await settled(alice, "green", [id]);
    await expectSettled(() => countsOf(alice, "green"), [["Green", 1]]);
  });

  it("finds and counts nothing of an asset whose object was removed", async () => {
    const running = use();
    const id = await upload(running.bob, "yellow");
    await settled(running.bob, "yellow", [id]);
    const { s3, bucket, close } = asFunction(running, "administrator");
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: objectKey(running.bob.sub, id) }));
    await settled(running.bob, "yellow", []);
    await expectSettled(() => countsOf(running.bob, "yellow"), []);
    close();
  });

  it("returns pages, highest confidence first, and refuses other cursors", async () => {
    const { admin } = use();
    const ids = [await upload(admin, "blue"), await upload(admin, "navy"), await upload(admin, "aqua")];
    for (const id of ids) {
      await setLabels(admin, { id, add: ["Sea"] });
    }
    await expectSettled(() => countsOf(admin, "sea"), [["Sea", 3]]);
    const found: Match[] = [];
    let nextToken: string | null = null;
    do {
      const { data }: { data: { searchAssets: Page<Match> } | null } = await search(admin, {
        label: "sea",
        limit: 1,
        nextToken,
      });
      found.push(...(data?.searchAssets.items ?? []));
      nextToken = data?.searchAssets.nextToken ?? null;
    } while (nextToken);
    expect(found.map(({ asset }) => asset.id)).toEqual(ids.toReversed());
    const { data } = await search(admin, { label: "dark" });
    const confidences = data?.searchAssets.items.map(({ confidence }) => confidence) ?? [];
    expect(confidences.length).toBeGreaterThan(1);
    expect(confidences).toEqual(confidences.toSorted((a, b) => b - a));
    const [highest = 0] = confidences;
    expect((await search(admin, { label: "dark", minConfidence: highest })).data?.searchAssets.items).toEqual(
      data?.searchAssets.items.filter(({ confidence }) => confidence >= highest),
    );

    const first = await search(admin, { label: "sea", limit: 1 });
    const token = first.data?.searchAssets.nextToken;
    expect(token).toEqual(expect.any(String));
    expect(await search(admin, { label: "dark", nextToken: token })).toMatchObject(refused("InvalidToken"));
    expect(await count(admin, { nextToken: token })).toMatchObject(refused("InvalidToken"));
    expect(await search(use().alice, { label: "sea", nextToken: token })).toMatchObject(
      refused("InvalidToken"),
    );
  });

  it("shows assets of others to admins only, and counts them for their owner only", async () => {
    const { alice, bob, admin } = use();
    const id = await upload(bob, "fuchsia");
    await setLabels(bob, { id, add: ["Secret"] });
    await settled(bob, "secret", [id]);
    expect(await idsOf(alice, "secret")).toEqual([]);
    expect(await countsOf(alice, "secret")).toEqual([]);
    expect(await search(alice, { label: "secret", ownerId: bob.sub })).toMatchObject(refused("Unauthorized"));
    expect(await count(alice, { prefix: "secret", ownerId: bob.sub })).toMatchObject(refused("Unauthorized"));
    expect(await idsOf(admin, "secret", { ownerId: bob.sub })).toEqual([id]);
  });

  it.each([
    { label: "" },
    { label: "  " },
    { label: "a".repeat(101) },
    { label: "a\u0000" },
    { label: "a", limit: 0 },
    { label: "a", limit: 101 },
    { label: "a", minConfidence: -1 },
    { label: "a", minConfidence: 100.5 },
  ])("refuses %j", async (args) => {
    expect(await search(use().alice, args)).toMatchObject(refused("ValidationError"));
  });
});

describe("a list of labels", () => {
  it("is alphabetical, counts each asset once, and accepts a prefix in any case", async () => {
    const { alice } = use();
    const ids = [await upload(alice, "white"), await upload(alice, "white")];
    for (const id of ids) {
      await setLabels(alice, { id, add: ["Zebra crossing", "zèbre", "Zebra"] });
    }
    const expected = [
      ["Zebra", 2],
      ["Zebra crossing", 2],
      ["zèbre", 2],
    ];
    await expectSettled(() => countsOf(alice, "ZEB"), expected);
    const { data } = await count(alice, { prefix: "zeb", limit: 2 });
    expect(data?.listLabels.items.map(({ name }) => name)).toEqual(["Zebra", "Zebra crossing"]);
    const { nextToken } = data?.listLabels ?? {};
    const rest = await count(alice, { prefix: "zeb", limit: 2, nextToken });
    expect(rest.data?.listLabels.items.map(({ name }) => name)).toEqual(["zèbre"]);
  });
});

describe("labels that a person sets", () => {
  it("are found in any case and without accents, and stay when labelling runs again", async () => {
    const { alice } = use();
    const id = await upload(alice, "maroon");
    const events = await alice.events(id);
    const { data } = await setLabels(alice, { id, add: ["Été à la Mer", "dark"], remove: ["Color"] });
    expect(data?.setLabels.labels.slice(0, 2)).toEqual([
      { name: "dark", confidence: 100, parents: ["Image Property"], source: "PERSON" },
      { name: "Été à la Mer", confidence: 100, parents: [], source: "PERSON" },
    ]);
    const edited = await events.until((event) => event.edited === true);
    expect(edited).toMatchObject({ type: "RECEIVED", asset: { labels: data?.setLabels.labels } });
    await settled(alice, "ETE A LA MER", [id]);
    expect(await idsOf(alice, "color")).not.toContain(id);

    await command(alice, "labelAsset", id);
    const again = await events.until(({ type, seq }) => type === "LABELLED" && seq > edited.seq);
    expect(again.asset.labels).toEqual(data?.setLabels.labels);

    await setLabels(alice, { id, add: ["Color"], remove: ["été à la mer"] });
    await settled(alice, "ete a la mer", []);
    await expectSettled(async () => ((await idsOf(alice, "color")) as string[]).includes(id), true);
  });

  it("can be set on an asset that the model cannot label", async () => {
    const { bob } = use();
    const events = await bob.events();
    const bytes = Buffer.from("just words");
    const { asset, upload: request } = await bob.create(bytes, "text/plain");
    await send(request, bytes);
    await events.until(({ assetId, asset: now }) => assetId === asset.id && now.labelStatus === "SKIPPED");
    expect((await setLabels(bob, { id: asset.id, add: ["Letter#1"] })).errors).toBeUndefined();
    await settled(bob, "letter#1", [asset.id]);
    expect(await idsOf(bob, "letter")).toEqual([]);
  });

  it("can have the names of JavaScript's own properties", async () => {
    const { alice } = use();
    const id = await upload(alice, "gray");
    const names = ["__proto__", "constructor", "toString"];
    const { data } = await setLabels(alice, { id, add: names });
    expect(data?.setLabels.labels.slice(0, 3).map(({ name }) => name)).toEqual(names);
    for (const name of names) {
      await settled(alice, name, [id]);
      expect(await countsOf(alice, name)).toEqual([[name, 1]]);
    }
    await setLabels(alice, { id, remove: names });
    for (const name of names) {
      await settled(alice, name, []);
      await expectSettled(() => countsOf(alice, name), []);
    }
  });

  it("are refused for an asset that is missing, another user's, or not received", async () => {
    const { alice, bob } = use();
    const { asset } = await bob.create(Buffer.from("x"), "image/jpeg");
    const set = (client: Client, id: string) => setLabels(client, { id, add: ["A"] });
    expect(await set(bob, asset.id)).toMatchObject(refused("StateConflict"));
    const others = await set(alice, asset.id);
    expect(others).toMatchObject(refused("NotFound"));
    expect(await set(alice, otherId(asset.id))).toEqual(others);
  });

  it.each([
    {},
    { add: [] },
    { add: [""] },
    { add: [" a"] },
    { add: ["a".repeat(101)] },
    { remove: ["a\n"] },
    { add: ["a"], remove: ["A"] },
    { add: Array.from({ length: 51 }, (_, index) => `label ${index}`) },
  ])("are refused as %j", async (args) => {
    const id = "01JD3Z6V5K8Q2M7N4P9R0S1T2W";
    expect(await setLabels(use().alice, { id, ...args })).toMatchObject(refused("ValidationError"));
  });

  it("are limited to 100 for each asset", async () => {
    const { alice } = use();
    const id = await upload(alice, "black");
    const names = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => `Label ${from + index}`);
    expect((await setLabels(alice, { id, add: names(0, 50) })).errors).toBeUndefined();
    expect((await setLabels(alice, { id, remove: names(50, 100) })).errors).toBeUndefined();
    expect(await setLabels(alice, { id, add: names(100, 101) })).toMatchObject(refused("QuotaExceeded"));
    await expectSettled(async () => {
      const { data } = await count(alice, { prefix: "label ", limit: 100 });
      return data?.listLabels.items.length;
    }, 50);
  });
});
