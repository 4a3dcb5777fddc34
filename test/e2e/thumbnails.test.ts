import { DeleteObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import sharp from "sharp";
import { type Asset, objectKey, renditionsOf } from "../../domain/asset.ts";
import { type Client, send } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { asFunction, type FunctionSide } from "../support/function.ts";
import { corners, cornersOf, corruptJpeg, pixelBomb } from "../support/pictures.ts";

const use = useCloud();

let administrator: FunctionSide;

beforeAll(() => {
  administrator = asFunction(use(), "administrator");
});

afterAll(() => administrator.close());

/** Uploads, and waits until nothing is under way. Gives the asset and its events. */
async function upload(client: Client, bytes: Buffer, contentType: string) {
  const events = await client.events();
  const { asset, upload: request } = await client.create(bytes, contentType);
  expect(await send(request, bytes)).toMatchObject({ status: 200 });
  await use().cloud.idle();
  const types = events.seen.filter(({ assetId }) => assetId === asset.id);
  return { id: asset.id, types: types.map(({ type, edited }) => (edited ? `edited ${type}` : type)) };
}

interface Thumbnails {
  readonly small: string | null;
  readonly large: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly labelStatus: string;
  readonly labelError: { readonly code: string } | null;
}

const query = `query ($id: ID!) { getAsset(id: $id) {
  small: thumbnailUrl large: thumbnailUrl(size: LARGE, ttlSeconds: 60) width height labelStatus labelError { code } } }`;

const thumbnailsOf = async (client: Client, id: string): Promise<Thumbnails> =>
  (await client.get<{ getAsset: Thumbnails }>(query, { id })).getAsset;

async function download(
  url: string | null,
): Promise<{ readonly type: string | null; readonly bytes: Buffer }> {
  const response = await fetch(url ?? "");
  expect(response.status).toBe(200);
  return { type: response.headers.get("content-type"), bytes: Buffer.from(await response.arrayBuffer()) };
}

async function keysOf(client: Client, id: string): Promise<string[]> {
  const Prefix = renditionsOf(client.sub, id);
  const { Contents = [] } = await administrator.s3.send(
    new ListObjectsV2Command({ Bucket: administrator.bucket, Prefix }),
  );
  return Contents.map(({ Key = "" }) => Key.slice(Prefix.length)).sort();
}

const rowOf = (client: Client, id: string): Promise<Asset | undefined> =>
  administrator.assets.get({ ownerId: client.sub, id });

describe("the thumbnails of a picture", () => {
  it("are made once it is received, published as one edit, and downloaded as WebP", async () => {
    const { alice } = use();
    const bytes = await corners(2000, 1000).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const { id, types } = await upload(alice, bytes, "image/jpeg");
    expect(types.filter((type) => type !== "edited RECEIVED")).toEqual([
      "CREATED",
      "RECEIVED",
      "LABELLING",
      "LABELLED",
    ]);
    expect(types.filter((type) => type === "edited RECEIVED")).toHaveLength(1);
    const asset = await thumbnailsOf(alice, id);
    expect(asset).toMatchObject({ width: 1000, height: 2000, labelStatus: "DONE" });
    const small = await download(asset.small);
    expect(small.type).toBe("image/webp");
    expect(await sharp(small.bytes).metadata()).toMatchObject({ format: "webp", width: 160, height: 320 });
    expect(await cornersOf(small.bytes)).toBe("blue red white green");
    const large = await download(asset.large);
    expect(await sharp(large.bytes).metadata()).toMatchObject({ width: 640, height: 1280 });
    expect(await keysOf(alice, id)).toEqual(["1280.webp", "320.webp"]);
  });

  it("are served to the owner and admins only, and to nobody while the asset is deleted", async () => {
    const { alice, bob, admin } = use();
    const { id } = await upload(alice, await corners(300, 200).png().toBuffer(), "image/png");
    const stolen = await bob.ask(query, { id });
    expect(stolen.errors?.[0]?.errorType).toBe("NotFound");
    const { getAsset } = await admin.get<{ getAsset: { thumbnailUrl: string } }>(
      "query ($id: ID!, $ownerId: ID) { getAsset(id: $id, ownerId: $ownerId) { thumbnailUrl } }",
      { id, ownerId: alice.sub },
    );
    await download(getAsset.thumbnailUrl);
    await alice.get("mutation ($id: ID!) { deleteAsset(id: $id) { id } }", { id });
    const { listAssets } = await alice.get<{ listAssets: { items: { id: string; thumbnailUrl: null }[] } }>(
      "{ listAssets(state: DELETED, limit: 100) { items { id thumbnailUrl } } }",
    );
    expect(listAssets.items).toContainEqual({ id, thumbnailUrl: null });
  });

  it("are removed with the object and with its row", async () => {
    const { alice } = use();
    const { id } = await upload(alice, await corners(300, 200).webp().toBuffer(), "image/webp");
    expect(await keysOf(alice, id)).toEqual(["1280.webp", "320.webp", "label.jpg"]);
    await administrator.s3.send(
      new DeleteObjectCommand({ Bucket: administrator.bucket, Key: objectKey(alice.sub, id) }),
    );
    await use().cloud.idle();
    expect(await rowOf(alice, id)).toBeUndefined();
    expect(await keysOf(alice, id)).toEqual([]);
  });

  it("have a URL only for valid sizes and times", async () => {
    const { alice } = use();
    const { id } = await upload(alice, await corners(300, 200).png().toBuffer(), "image/png");
    for (const ttlSeconds of [0, 3601]) {
      const { errors } = await alice.ask(
        "query ($id: ID!, $ttlSeconds: Int) { getAsset(id: $id) { thumbnailUrl(ttlSeconds: $ttlSeconds) } }",
        { id, ttlSeconds },
      );
      expect(errors?.[0]).toMatchObject({ errorType: "ValidationError" });
    }
  });
});

describe("a picture that Rekognition does not take", () => {
  it.each(["webp", "gif", "avif"] as const)("is labelled by its rendition: %s", async (format) => {
    const { alice } = use();
    const bytes = await corners(300, 200).toFormat(format).toBuffer();
    const { id, types } = await upload(alice, bytes, `image/${format}`);
    expect(types).toEqual(["CREATED", "RECEIVED", "edited RECEIVED", "LABELLING", "LABELLED"]);
    expect(await thumbnailsOf(alice, id)).toMatchObject({ width: 300, height: 200, labelStatus: "DONE" });
    expect((await alice.asset(id)).labels?.length).toBeGreaterThan(0);
  });

  it("is labelled through its rendition if a side has more than 10,000 pixels", async () => {
    const { alice } = use();
    const bytes = await corners(10_400, 700).jpeg().toBuffer();
    const { id } = await upload(alice, bytes, "image/jpeg");
    expect(await thumbnailsOf(alice, id)).toMatchObject({ width: 10_400, labelStatus: "DONE" });
  });

  it("is labelled again through its rendition", async () => {
    const { alice } = use();
    const { id } = await upload(alice, await corners(300, 200).webp().toBuffer(), "image/webp");
    await alice.get("mutation ($id: ID!) { labelAsset(id: $id) { id } }", { id });
    await use().cloud.idle();
    expect(await rowOf(alice, id)).toMatchObject({ labelStatus: "DONE", labelRun: 2, renditions: "DONE" });
  });

  it("is skipped, with the reason, if it cannot be decoded or is too thin", async () => {
    const { alice } = use();
    const whole = await corners(300, 200).webp().toBuffer();
    const broken = await upload(alice, whole.subarray(0, 300), "image/webp");
    expect(broken.types).toEqual(["CREATED", "RECEIVED", "LABEL_FAILED"]);
    expect(await thumbnailsOf(alice, broken.id)).toEqual({
      ...{ small: null, large: null, width: null, height: null },
      ...{ labelStatus: "SKIPPED", labelError: { code: "ImageDamaged" } },
    });
    const thin = await upload(alice, await corners(300, 20).webp().toBuffer(), "image/webp");
    expect(thin.types).toEqual(["CREATED", "RECEIVED", "LABEL_FAILED"]);
    expect(await thumbnailsOf(alice, thin.id)).toMatchObject({
      ...{ width: 300, height: 20, labelStatus: "SKIPPED", labelError: { code: "ImageDimensions" } },
    });
    await download((await thumbnailsOf(alice, thin.id)).small);
  });
});

describe("a picture that cannot be decoded", () => {
  it.each<[string, () => Buffer | Promise<Buffer>, string]>([
    ["a broken JPEG", corruptJpeg, "image/jpeg"],
    ["a bomb of pixels", () => pixelBomb(50_000, 50_000), "image/png"],
    ["a bomb that says it is small", () => pixelBomb(9000, 5000), "image/png"],
  ])("has no thumbnails, and is tried once: %s", async (_, make, contentType) => {
    const { alice } = use();
    const { id } = await upload(alice, await make(), contentType);
    expect(await rowOf(alice, id)).toMatchObject({ state: "RECEIVED", renditions: "FAILED" });
    expect(await thumbnailsOf(alice, id)).toMatchObject({ small: null, large: null, width: null });
    expect(await keysOf(alice, id)).toEqual([]);
  });

  it("has no thumbnails, like other files", async () => {
    const { alice } = use();
    const { id, types } = await upload(alice, Buffer.from("words"), "text/plain");
    expect(types).toEqual(["CREATED", "RECEIVED"]);
    expect(await rowOf(alice, id)).not.toHaveProperty("renditions");
    expect(await thumbnailsOf(alice, id)).toMatchObject({ small: null, labelStatus: "SKIPPED" });
  });
});

describe("the thumbnails of a deleted asset", () => {
  it("are made when it is restored", async () => {
    const { alice } = use();
    const bytes = await corners(300, 200).webp().toBuffer();
    const { asset, upload: request } = await alice.create(bytes, "image/webp");
    await alice.get("mutation ($id: ID!) { deleteAsset(id: $id) { id } }", { id: asset.id });
    await send(request, bytes);
    await use().cloud.idle();
    expect(await rowOf(alice, asset.id)).toMatchObject({ formerState: "RECEIVED", renditions: "PENDING" });
    await alice.get("mutation ($id: ID!) { restoreAsset(id: $id) { id } }", { id: asset.id });
    await use().cloud.idle();
    expect(await thumbnailsOf(alice, asset.id)).toMatchObject({ width: 300, labelStatus: "DONE" });
  });
});
