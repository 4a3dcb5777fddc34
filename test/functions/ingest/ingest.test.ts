import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { objectKey } from "../../../domain/asset.ts";
import type { RowKey } from "../../../domain/messages.ts";
import { ingest, type ObjectEvent, padSequencer } from "../../../functions/ingest/ingest.ts";
import { useCloud } from "../../support/cloud.ts";
import { asFunction, type FunctionSide } from "../../support/function.ts";

const use = useCloud({ mappings: false });

let side: FunctionSide;

beforeAll(() => {
  side = asFunction(use(), "ingest");
});

afterAll(() => side.close());

const words = Buffer.from("some words");

/** What the bucket would hold; the events here are made by hand, so that they come when the test wants. */
const read = () =>
  Promise.resolve({ contentLength: words.length, contentType: "text/plain", head: new Uint8Array(words) });
const gone = () => Promise.resolve(undefined as never);

const purges: RowKey[] = [];
const queuePurge = (key: RowKey) => Promise.resolve(void purges.push(key));

/** An asset that waits for its upload, and how its object's events come in. */
async function waiting() {
  const { alice } = use();
  const { asset } = await alice.create(words, "text/plain");
  const key = { ownerId: alice.sub, id: asset.id };
  const name = objectKey(key.ownerId, key.id);
  const services = { assets: side.assets, contents: side.contents, now: Date.now, queuePurge };
  const exists = () => Promise.resolve(false);
  const withoutRenditions: string[] = [];
  const removeRenditions = ({ id }: { id: string }) => Promise.resolve(void withoutRenditions.push(id));
  const event = (kind: ObjectEvent["kind"], sequencer: string, reading = read) =>
    ingest(
      { kind, key: name, sequencer },
      { ...services, objects: { exists, read: reading, removeRenditions } },
    );
  const versionRemoved = (isThere: boolean) =>
    ingest(
      { kind: "removed", key: name, sequencer: "0F", ofVersion: true },
      { ...services, objects: { exists: () => Promise.resolve(isThere), read, removeRenditions } },
    );
  return { key, event, versionRemoved, withoutRenditions, row: () => side.assets.get(key) };
}

describe("an event", () => {
  it("that is delivered twice counts once", async () => {
    const { event, row } = await waiting();
    expect(await event("created", "0A")).toBe("received");
    const after = await row();
    expect(await event("created", "0A")).toBe("stale");
    expect(await row()).toEqual(after);
  });

  it("that arrives late changes nothing that the client confirmed", async () => {
    const { alice } = use();
    const { key, event, row } = await waiting();
    await event("created", "0B");
    await alice.get("mutation ($id: ID!) { confirmUpload(id: $id) { state } }", { id: key.id });
    expect(await event("created", "0A")).toBe("stale");
    expect(await event("created", "0C")).toBe("stale");
    expect(await row()).toMatchObject({ state: "UPLOADED" });
  });

  it("of a removal that arrives late does not remove a newer object", async () => {
    const { event, row } = await waiting();
    await event("created", "0C");
    expect(await event("removed", "0B")).toBe("stale");
    expect(await row()).toBeDefined();
  });

  it("of a removal with a sequencer that was seen already changes nothing", async () => {
    const { event, row } = await waiting();
    await event("created", "0C");
    expect(await event("removed", "0C")).toBe("stale");
    expect(await row()).toBeDefined();
    expect(await event("removed", "0D")).toBe("removed");
  });

  it("of a removal that arrives first leaves nothing for the creation", async () => {
    const { event, row } = await waiting();
    expect(await event("removed", "0C")).toBe("removed");
    expect(await event("created", "0B")).toBe("orphan");
    expect(await row()).toBeUndefined();
    expect(await event("removed", "0C")).toBe("stale");
  });

  it("of a removal removes the renditions, again if it is repeated, and not if it is old", async () => {
    const { key, event, withoutRenditions } = await waiting();
    await event("created", "0C");
    expect(await event("removed", "0B")).toBe("stale");
    expect(withoutRenditions).toEqual([]);
    expect(await event("removed", "0D")).toBe("removed");
    expect(await event("removed", "0D")).toBe("stale");
    expect(withoutRenditions).toEqual([key.id, key.id]);
  });

  it("of a removed version removes the row only if no version is visible", async () => {
    const { event, versionRemoved, row } = await waiting();
    await event("created", "0A");
    expect(await versionRemoved(true)).toBe("stale");
    expect(await row()).toBeDefined();
    expect(await versionRemoved(false)).toBe("removed");
    expect(await row()).toBeUndefined();
  });

  it("for a deleted asset does not restore it, but is kept for its restoration", async () => {
    const { alice } = use();
    const { key, event, row } = await waiting();
    await alice.get("mutation ($id: ID!) { deleteAsset(id: $id) { state } }", { id: key.id });
    expect(await event("created", "0A")).toBe("received");
    expect(await row()).toMatchObject({ state: "DELETED", formerState: "RECEIVED", labelStatus: "SKIPPED" });
    expect(await event("created", "0A")).toBe("stale");
  });

  it("of an object that was removed meanwhile waits for the removal's own event", async () => {
    const { event, row } = await waiting();
    expect(await event("created", "0A", gone)).toBe("gone");
    expect(await row()).toMatchObject({ state: "CREATED" });
  });

  it("of an asset that is being purged, or of a missing asset, requests its purge", async () => {
    const { key, event, row } = await waiting();
    const purgeRequestedAt = new Date().toISOString();
    await side.assets.update(key, {
      set: { state: "DELETED", purgeRequestedAt },
      when: "attribute_exists(#id)",
    });
    expect(await event("created", "0A")).toBe("purging");
    expect(await event("removed", "0B")).toBe("stale");
    expect(await row()).toMatchObject({ purgeRequestedAt, version: 2 });
    const asset = await row();
    expect(asset && (await side.assets.remove(asset, { when: "attribute_exists(#id)" }))).toBe(true);
    expect(await event("created", "0C")).toBe("orphan");
    expect(purges.filter(({ id }) => id === key.id)).toEqual([key, key]);
  });

  it("of an object without an asset is ignored", async () => {
    const foreign = { kind: "created", key: "uploads/x/readme.txt", sequencer: "0A" } as const;
    const objects = { exists: gone, read, removeRenditions: gone };
    const services = { assets: side.assets, contents: side.contents, objects, now: Date.now, queuePurge };
    expect(await ingest(foreign, services)).toBe("foreign");
  });

  it("in any order and number leads to the state of the newest", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(["0A", "0A", "0B", "0C", "0C"], { minLength: 1 }),
        async (sequencers) => {
          const { event, row } = await waiting();
          for (const sequencer of sequencers) {
            await event("created", sequencer);
          }
          const after = await row();
          expect(after).toMatchObject({ state: "RECEIVED" });
          // Received once: created and received are two writes, however many events there were.
          expect(after?.version).toBe(2);
        },
      ),
      { numRuns: 10 },
    );
  });
});

describe("a sequencer", () => {
  it("is compared as S3 documents: the shorter is padded with zeros on the right", () => {
    expect(padSequencer("0055AED6DCD90281E5") < padSequencer("0055AED6DCD90281E6")).toBe(true);
    expect(padSequencer("00ab")).toBe(padSequencer("00AB0"));
    expect(padSequencer("0A") > padSequencer("09FF")).toBe(true);
  });
});
