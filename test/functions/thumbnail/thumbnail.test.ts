import { DeleteObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Asset, objectKey, renditionsOf } from "../../../domain/asset.ts";
import { wait } from "../../../domain/due.ts";
import { maxPictureBytes } from "../../../domain/renditions.ts";
import { render, type Rendered } from "../../../functions/thumbnail/picture.ts";
import { picturesIn } from "../../../functions/thumbnail/pictures.ts";
import { giveUp, makeThumbnails, type Thumbnailing } from "../../../functions/thumbnail/thumbnail.ts";
import { useCloud } from "../../support/cloud.ts";
import { asFunction, type FunctionSide } from "../../support/function.ts";
import { jpeg } from "../../support/pictures.ts";

const use = useCloud({ mappings: false });

let side: FunctionSide;
let administrator: FunctionSide;
let picture: Buffer;

beforeAll(async () => {
  side = asFunction(use(), "thumbnail");
  administrator = asFunction(use(), "administrator");
  picture = await jpeg();
});

afterAll(() => {
  side.close();
  administrator.close();
});

const now = 1_000_000;

/** A received picture whose renditions are due, and its job. */
async function due(changes: Partial<Asset> = {}, object = picture) {
  const { alice } = use();
  const { asset } = await alice.create(picture, "image/jpeg");
  const key = { ownerId: alice.sub, id: asset.id };
  const set = { state: "RECEIVED", labelStatus: "DONE", renditions: "PENDING", ...changes };
  await administrator.assets.update(key, { set, when: "attribute_exists(#id)" });
  const stored = { Bucket: administrator.bucket, Key: objectKey(key.ownerId, key.id) };
  await administrator.s3.send(new PutObjectCommand({ ...stored, Body: object, IfNoneMatch: "*" }));
  const thumbnailing = (more: Partial<Thumbnailing> = {}): Thumbnailing => ({
    assets: side.assets,
    pictures: picturesIn(side.s3, side.bucket),
    render,
    now: () => now,
    ...more,
  });
  return {
    key,
    row: () => administrator.assets.get(key),
    change: (write: Partial<Asset>) =>
      administrator.assets.update(key, { set: write, when: "attribute_exists(#id)" }),
    remove: async () => {
      await administrator.s3.send(new DeleteObjectCommand(stored));
      const asset = await administrator.assets.get(key);
      if (asset) {
        await administrator.assets.remove(asset, { when: "attribute_exists(#id)" });
      }
    },
    run: (more: Partial<Thumbnailing> = {}) => makeThumbnails(key, thumbnailing(more)),
    giveUp: () => giveUp(key, thumbnailing()),
    files: async () => {
      const { Versions = [] } = await administrator.s3.send(
        new ListObjectVersionsCommand({
          Bucket: administrator.bucket,
          Prefix: renditionsOf(key.ownerId, key.id),
        }),
      );
      return Versions.map(({ Key = "" }) => Key.split("/").at(-1)).sort();
    },
  };
}

const both = ["1280.webp", "320.webp"];

describe("a thumbnail job", () => {
  it("makes the renditions and writes the size once, however often it is delivered", async () => {
    const { run, row, files } = await due();
    let renders = 0;
    const counting = (...args: Parameters<typeof render>) => {
      renders += 1;
      return render(...args);
    };
    expect(await run({ render: counting })).toBe("made");
    const after = await row();
    expect(after).toMatchObject({ renditions: "DONE", width: 320, height: 200, labelStatus: "DONE" });
    expect(await run({ render: counting })).toBe("not due");
    expect(await row()).toEqual(after);
    expect([renders, await files()]).toEqual([1, both]);
  });

  it("writes once when one message is delivered to two readers at the same time", async () => {
    const { run, row, files } = await due();
    const before = (await row())?.version ?? 0;
    expect((await Promise.all([run(), run()])).sort()).toEqual(["made", "not due"]);
    expect(await row()).toMatchObject({ renditions: "DONE", version: before + 1 });
    expect(await files()).toEqual(both);
  });

  it("does nothing for an asset that is hidden, or needs no renditions", async () => {
    const never = () => Promise.reject(new Error("decoded"));
    for (const changes of [
      { state: "DELETED" },
      { state: "REJECTED" },
      { renditions: "DONE" },
      { renditions: "FAILED" },
    ] as const) {
      const { run } = await due(changes);
      expect(await run({ render: never })).toBe("not due");
    }
  });

  it("keeps other changes of the row, and its next check", async () => {
    const { run, row, change } = await due({ labelStatus: "PENDING" });
    const meanwhile = async (...args: Parameters<typeof render>) => {
      await change({ labelStatus: "RUNNING", labelLease: now + 60_000, title: "Sea" });
      return render(...args);
    };
    expect(await run({ render: meanwhile })).toBe("made");
    expect(await row()).toMatchObject({
      ...{ renditions: "DONE", labelStatus: "RUNNING", title: "Sea" },
      dueAt: now + 60_000 + wait.lease,
    });
  });

  it("is due in a week once labels and renditions are there, and soon while labels are not", async () => {
    for (const [labelStatus, next] of [
      ["DONE", wait.audit],
      ["SKIPPED", wait.audit],
      ["PENDING", wait.labels],
    ] as const) {
      const { run, row } = await due({ labelStatus });
      await run();
      expect(await row()).toMatchObject({ dueAt: now + next });
    }
  });

  it("throws the errors of S3, and can be repeated", async () => {
    const { run, row } = await due();
    const pictures = { ...picturesIn(side.s3, side.bucket), put: () => Promise.reject(new Error("outage")) };
    await expect(run({ pictures })).rejects.toThrow("outage");
    expect(await row()).toMatchObject({ renditions: "PENDING" });
    expect(await run()).toBe("made");
  });
});

describe("a picture without renditions", () => {
  it("is recorded, and not tried again", async () => {
    const { run, row, files } = await due({}, Buffer.from("no picture"));
    expect(await run()).toEqual({ refused: "ImageDamaged" });
    expect(await row()).toMatchObject({ renditions: "FAILED", labelStatus: "DONE", dueAt: now + wait.audit });
    expect(await row()).not.toHaveProperty("width");
    expect(await run()).toBe("not due");
    expect(await files()).toEqual([]);
  });

  it("is not read if it is too large", async () => {
    const get = () => Promise.reject(new Error("read"));
    const pictures = { ...picturesIn(side.s3, side.bucket), get };
    const large = await due({ contentLength: maxPictureBytes + 1 });
    expect(await large.run({ pictures })).toEqual({ refused: "ImageTooLarge" });
    const largest = await due({ contentLength: maxPictureBytes });
    await expect(largest.run({ pictures })).rejects.toThrow("read");
  });

  it("ends if its object is missing", async () => {
    const { run, row } = await due();
    const { run: lost } = await due({}, Buffer.alloc(0));
    expect(await lost()).toEqual({ refused: "ImageDamaged" });
    const pictures = { ...picturesIn(side.s3, side.bucket), get: () => Promise.resolve(undefined) };
    expect(await run({ pictures })).toEqual({ refused: "ObjectMissing" });
    expect(await row()).toMatchObject({ renditions: "FAILED" });
  });

  it("fails after the last attempt, unless it was made meanwhile", async () => {
    const { run, row, giveUp: end } = await due({ labelStatus: "NONE", labelledFrom: "RENDITION" });
    expect(await end()).toEqual({ refused: "ThumbnailsUnavailable" });
    expect(await row()).toMatchObject({
      ...{ renditions: "FAILED", labelStatus: "SKIPPED" },
      labelError: { code: "ThumbnailsUnavailable" },
    });
    expect(await run()).toBe("not due");
    const made = await due();
    await made.run();
    expect(await made.giveUp()).toBe("not due");
    expect(await made.row()).toMatchObject({ renditions: "DONE" });
  });
});

describe("labels that wait for a rendition", () => {
  const waiting = { labelStatus: "NONE", labelledFrom: "RENDITION" } as const;

  it("become due when it is made", async () => {
    const { run, row, files } = await due(waiting);
    expect(await run()).toBe("made");
    expect(await row()).toMatchObject({ labelStatus: "PENDING", dueAt: now + wait.labels });
    expect(await files()).toEqual([...both, "label.jpg"]);
  });

  it("are skipped with the reason if it cannot be made, or is too small for Rekognition", async () => {
    const broken = await due(waiting, Buffer.from("no picture"));
    await broken.run();
    expect(await broken.row()).toMatchObject({
      labelStatus: "SKIPPED",
      labelError: { code: "ImageDamaged" },
    });
    for (const [height, labelStatus] of [
      [79, "SKIPPED"],
      [80, "PENDING"],
    ] as const) {
      const { run, row } = await due(waiting);
      const result: Rendered = { width: 9000, height: 600, large: { width: 1280, height }, files: {} };
      await run({ render: () => Promise.resolve(result) });
      expect(await row()).toMatchObject({ labelStatus, renditions: "DONE", width: 9000 });
    }
  });

  it("do not change if they wait for no rendition, or were labelled before", async () => {
    const own = await due({ labelStatus: "NONE" });
    await own.run();
    expect(await own.row()).toMatchObject({ labelStatus: "NONE" });
    const again = await due({ labelStatus: "DONE", labelledFrom: "RENDITION" });
    await again.run();
    expect(await again.row()).toMatchObject({ labelStatus: "DONE" });
  });
});

describe("an asset that is removed while its renditions are made", () => {
  it("keeps no renditions", async () => {
    const { run, remove, files } = await due();
    const meanwhile = async (...args: Parameters<typeof render>) => {
      await remove();
      return render(...args);
    };
    expect(await run({ render: meanwhile })).toBe("gone");
    expect(await files()).toEqual([]);
  });

  it("keeps no renditions if its purge was requested", async () => {
    const { run, change, files } = await due();
    const meanwhile = async (...args: Parameters<typeof render>) => {
      await change({ state: "DELETED", purgeRequestedAt: "2026-01-01T00:00:00.000Z" });
      return render(...args);
    };
    expect(await run({ render: meanwhile })).toBe("gone");
    expect(await files()).toEqual([]);
  });

  it("keeps its renditions if it is only deleted, because it can be restored", async () => {
    const { run, row, change, files } = await due();
    const meanwhile = async (...args: Parameters<typeof render>) => {
      await change({ state: "DELETED", formerState: "RECEIVED" });
      return render(...args);
    };
    expect(await run({ render: meanwhile })).toBe("not due");
    expect(await row()).toMatchObject({ renditions: "PENDING" });
    expect(await files()).toEqual(both);
  });
});
