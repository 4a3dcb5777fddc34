import { HeadObjectCommand, NotFound } from "@aws-sdk/client-s3";
import { describe, expect, it } from "@jest/globals";
import { objectKey } from "../../domain/asset.ts";
import { startReceiver } from "../../tools/chaos/receiver.ts";
import { otherId } from "../support/asset.ts";
import { type Client, send } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { asFunction } from "../support/function.ts";
import { jpeg } from "../support/pictures.ts";

const use = useCloud();

const mutate = (client: Client, name: string, id: string) =>
  client.ask(`mutation ($id: ID!) { ${name}(id: $id) ${name === "purgeAsset" ? "" : "{ id }"} }`, { id });

const refused = (errorType: string) => ({ errors: [{ errorType }] });

async function labelled(client: Client, more: object = {}) {
  const events = await client.events();
  const bytes = await jpeg("orange");
  const { asset, upload } = await client.create(bytes, "image/jpeg", more);
  await send(upload, bytes);
  await events.until(({ assetId, type }) => assetId === asset.id && type === "LABELLED");
  await use().cloud.idle();
  return { id: asset.id, events };
}

const isStored = async (Key: string): Promise<boolean> => {
  const { s3, bucket, close } = asFunction(use(), "administrator");
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key }));
    return true;
  } catch (error) {
    if (error instanceof NotFound) {
      return false;
    }
    throw error;
  } finally {
    close();
  }
};

/** What an owner can see of an asset. */
async function traces(client: Client, id: string) {
  const { data } = await client.ask<Record<string, { items: { id?: string }[] }>>(
    `query ($id: ID!) { listAssets { items { id } } deleted: listAssets(state: DELETED) { items { id } }
      searchAssets(label: "orange") { items { asset { id } } } listLabels { items { name } }
      listDeliveries(assetId: $id) { items { id } } }`,
    { id },
  );
  return Object.entries(data ?? {}).flatMap(([field, { items }]) => (items.length > 0 ? [field] : []));
}

describe("purgeAsset", () => {
  it("removes everything, publishes PURGED, and can be repeated until then", async () => {
    const { alice } = use();
    const receiver = await startReceiver();
    const { id, events } = await labelled(alice, { callbackUrl: receiver.url });
    expect(await traces(alice, id)).toEqual(["listAssets", "searchAssets", "listLabels", "listDeliveries"]);
    expect(await mutate(alice, "purgeAsset", id)).toEqual({ data: { purgeAsset: id } });
    expect(await mutate(alice, "restoreAsset", id)).toMatchObject(refused("NotFound"));
    const purged = await events.until(({ assetId, type }) => assetId === id && type === "PURGED");
    expect(
      events.seen.filter(({ assetId, edited }) => assetId === id && !edited).map(({ type }) => type),
    ).toEqual([...["CREATED", "RECEIVED", "LABELLING", "LABELLED", "DELETED", "PURGED"]]);
    await use().cloud.idle();
    expect(await traces(alice, id)).toEqual([]);
    expect(await isStored(objectKey(alice.sub, id))).toBe(false);
    expect(await mutate(alice, "purgeAsset", id)).toMatchObject(refused("NotFound"));
    expect(purged.asset).toMatchObject({ state: "DELETED" });
    await receiver.stop();
  });

  it("hides a deleted asset immediately, and a repetition has the same answer", async () => {
    const { bob } = use();
    const { id, events } = await labelled(bob);
    await mutate(bob, "deleteAsset", id);
    expect(await traces(bob, id)).toContain("deleted");
    const answers = await Promise.all([1, 2, 3].map(() => mutate(bob, "purgeAsset", id)));
    expect(answers.filter(({ errors }) => errors).map(({ errors }) => errors?.[0]?.errorType)).toEqual(
      answers.filter(({ errors }) => errors).map(() => "NotFound"),
    );
    expect(answers).toContainEqual({ data: { purgeAsset: id } });
    expect(await traces(bob, id)).not.toContain("deleted");
    await events.until(({ assetId, type }) => assetId === id && type === "PURGED");
  });

  it("purges an asset that was never uploaded, and the upload that arrives later", async () => {
    const { alice } = use();
    const bytes = await jpeg("orange");
    const { asset, upload } = await alice.create(bytes, "image/jpeg");
    const events = await alice.events(asset.id);
    await mutate(alice, "purgeAsset", asset.id);
    await events.until(({ type }) => type === "PURGED");
    expect(await send(upload, bytes)).toMatchObject({ status: 200 });
    await use().cloud.idle();
    expect(await isStored(objectKey(alice.sub, asset.id))).toBe(false);
  });

  it("answers NotFound for another user's asset, a missing asset and an invalid id", async () => {
    const { alice, bob, admin } = use();
    const { id } = await labelled(bob);
    const others = await mutate(alice, "purgeAsset", id);
    expect(others).toMatchObject(refused("NotFound"));
    expect(await mutate(admin, "purgeAsset", id)).toEqual(others);
    expect(await mutate(alice, "purgeAsset", otherId(id))).toEqual(others);
    expect(await mutate(alice, "purgeAsset", "../x")).toEqual(others);
    expect(await isStored(objectKey(bob.sub, id))).toBe(true);
  });
});
