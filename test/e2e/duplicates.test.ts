import { createHash } from "node:crypto";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createLog } from "../../packages/local-cloud/src/base/log.ts";
import { type Client, send } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { useOneDay } from "../support/day.ts";
import { asFunction, type FunctionSide } from "../support/function.ts";
import { jpeg } from "../support/pictures.ts";
import { contentRows } from "../support/repair.ts";

useOneDay();

/** The local cloud's log lines about calls of DetectLabels. */
const detections: string[] = [];

const use = useCloud({
  log: createLog("info", (line) => {
    if (line.includes("labels are detected")) {
      detections.push(line);
    }
  }),
});

let side: FunctionSide;

beforeAll(async () => {
  side = asFunction(use(), "administrator");
  for (const client of [use().alice, use().bob]) {
    await client.get(`mutation { createUser(input: { name: "Somebody" }) { id } }`);
  }
});

afterAll(() => side.close());

const hashed = (bytes: Buffer) => ({ sha256: createHash("sha256").update(bytes).digest("hex") });

async function upload(
  client: Client,
  bytes: Buffer,
  more: object = {},
  type = "image/jpeg",
): Promise<string> {
  const { asset, upload: request } = await client.create(bytes, type, more);
  expect((await send(request, bytes)).status).toBe(200);
  return asset.id;
}

const labelledToday = async (client: Client): Promise<number> => {
  const { me } = await client.get<{ me: { usage: { labelledToday: number } } }>(
    "{ me { usage { labelledToday } } }",
  );
  return me.usage.labelledToday;
};

const purge = (client: Client, id: string) =>
  client.get("mutation ($id: ID!) { purgeAsset(id: $id) }", { id });

describe("an asset with bytes that its owner has already", () => {
  it.each([
    ["with its SHA-256", (bytes: Buffer) => hashed(bytes)],
    ["without it", () => ({})],
  ])("names the other one, %s, and costs no call and no budget", async (_, more) => {
    const { alice, cloud } = use();
    const bytes = await jpeg();
    const first = await upload(alice, bytes, more(bytes));
    await cloud.idle();
    const [calls, labelled] = [detections.length, await labelledToday(alice)];
    const events = await alice.events();
    const copy = await upload(alice, bytes, more(bytes));
    const event = await events.until(({ assetId, type }) => assetId === copy && type === "LABELLED");
    expect(event.asset.duplicateOf).toBe(first);
    const [original, duplicate] = [await alice.asset(first), await alice.asset(copy)];
    expect(original.duplicateOf).toBeNull();
    expect(duplicate).toMatchObject({ duplicateOf: first, labels: original.labels, labelStatus: "DONE" });
    expect([detections.length, await labelledToday(alice)]).toEqual([calls, labelled]);
  });

  it("may be no picture", async () => {
    const { alice, cloud } = use();
    const bytes = Buffer.from("A note, twice");
    const first = await upload(alice, bytes, hashed(bytes), "text/plain");
    await cloud.idle();
    const copy = await upload(alice, bytes, hashed(bytes), "text/plain");
    await cloud.idle();
    expect(await alice.asset(copy)).toMatchObject({ duplicateOf: first, labelStatus: "SKIPPED" });
  });

  it("names none that is deleted or purged", async () => {
    const { alice, cloud } = use();
    const bytes = await jpeg();
    const first = await upload(alice, bytes, hashed(bytes));
    await cloud.idle();
    await alice.get("mutation ($id: ID!) { deleteAsset(id: $id) { id } }", { id: first });
    const second = await upload(alice, bytes, hashed(bytes));
    await cloud.idle();
    expect(await alice.asset(second)).toMatchObject({ duplicateOf: null });
    await purge(alice, second);
    await cloud.idle();
    const third = await upload(alice, bytes, hashed(bytes));
    await cloud.idle();
    expect(await alice.asset(third)).toMatchObject({ duplicateOf: null, labelStatus: "DONE" });
  });
});

describe("an asset with bytes that another owner has", () => {
  it("shows nothing of it, uses a unit of the budget, and costs no call", async () => {
    const { alice, bob, cloud } = use();
    const bytes = await jpeg();
    await upload(alice, bytes);
    await cloud.idle();
    const [calls, labelled] = [detections.length, await labelledToday(bob)];
    const his = await upload(bob, bytes);
    await cloud.idle();
    expect(await bob.asset(his)).toMatchObject({ duplicateOf: null, labelStatus: "DONE" });
    expect([detections.length, await labelledToday(bob)]).toEqual([calls, labelled + 1]);
  });

  it("keeps its labels when the other is purged; the last one takes them along", async () => {
    const { alice, bob, cloud } = use();
    const bytes = await jpeg();
    const { sha256 } = hashed(bytes);
    const [hers, his] = [await upload(alice, bytes), await upload(bob, bytes)];
    await cloud.idle();
    const rows = () => contentRows(side, Buffer.from(sha256, "hex").toString("base64"));
    expect(await rows()).toHaveLength(3);
    await purge(alice, hers);
    await cloud.idle();
    expect((await rows()).map(({ id }) => id)).toEqual([expect.stringMatching(/^#image\/jpeg/), bob.sub]);
    await purge(bob, his);
    await cloud.idle();
    expect(await rows()).toEqual([]);
  });
});

describe("200 uploads of 40 different pictures, by two owners at once", () => {
  it("are 40 calls of DetectLabels", async () => {
    const { alice, bob, cloud } = use();
    const small = await sharp(await jpeg())
      .resize(96, 96)
      .jpeg()
      .toBuffer();
    const calls = detections.length;
    const uploads = Array.from({ length: 200 }, (_, index) => ({
      client: Math.floor(index / 40) % 2 ? bob : alice,
      bytes: Buffer.concat([small, Buffer.from(`${index % 40}`)]),
      withHash: index % 3 > 0,
    }));
    const ids = await Promise.all(
      uploads.map(({ client, bytes, withHash }) => upload(client, bytes, withHash ? hashed(bytes) : {})),
    );
    await cloud.idle();
    expect(detections.length - calls).toBe(40);
    const assets = await Promise.all(uploads.map(({ client }, index) => client.asset(ids[index] ?? "")));
    expect(assets.filter(({ labelStatus }) => labelStatus === "DONE")).toHaveLength(200);
    expect(assets.filter(({ duplicateOf }) => duplicateOf === null)).toHaveLength(2 * 40);
  });
});
