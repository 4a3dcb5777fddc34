import { describe, expect, it } from "@jest/globals";
import {
  dueAt,
  dueShard,
  dueShards,
  isSettled,
  settledWait,
  type Situation,
  wait,
} from "../../domain/due.ts";
import { uploadSeconds } from "../../domain/limits.ts";

const now = 1_800_000_000_000;
const later = now + 5000;

describe("an asset is looked at next", () => {
  it.each<[string, Situation, number]>([
    [
      "when its upload URL has lapsed",
      { state: "CREATED", labelStatus: "NONE", uploadExpiresAt: later },
      later + wait.upload,
    ],
    ["when labels should have begun", { state: "RECEIVED", labelStatus: "PENDING" }, now + wait.labels],
    [
      "when a labelling job is surely dead",
      { state: "UPLOADED", labelStatus: "RUNNING", labelLease: later },
      later + wait.lease,
    ],
    [
      "when renditions should have been made, labelled",
      { state: "RECEIVED", labelStatus: "DONE", renditions: "PENDING" },
      now + wait.renditions,
    ],
    [
      "in a week, labelled and with renditions",
      { state: "RECEIVED", labelStatus: "DONE", renditions: "DONE" },
      now + wait.audit,
    ],
    ["in a week, labelled", { state: "RECEIVED", labelStatus: "DONE" }, now + wait.audit],
    ["in a week, not labelled", { state: "UPLOADED", labelStatus: "FAILED" }, now + wait.audit],
    ["in a week, not to be labelled", { state: "RECEIVED", labelStatus: "SKIPPED" }, now + wait.audit],
    ["in a day, rejected", { state: "REJECTED", labelStatus: "NONE" }, now + wait.retention],
    [
      "in a day, deleted while labels were due",
      { state: "DELETED", labelStatus: "PENDING" },
      now + wait.retention,
    ],
    [
      "soon, while it is being purged",
      { state: "DELETED", labelStatus: "DONE", purgeRequestedAt: "2026-01-01T00:00:00.000Z" },
      now + wait.again,
    ],
    ["for a late object, expired", { state: "EXPIRED", labelStatus: "NONE" }, now + wait.late],
  ])("%s", (_, asset, expected) => {
    expect(dueAt(asset, now)).toBe(expected);
  });
});

describe("a settled asset", () => {
  const day = 86_400_000;
  const symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

  /** A ULID of this time. */
  const idAt = (time: number): string =>
    Array.from({ length: 10 }, (_, at) => symbols[Math.floor(time / 32 ** (9 - at)) % 32]).join("") +
    "0123456789ABCDEF";

  it("has the time of its creation in its id", () => {
    // The example of github.com/ulid/spec.
    expect(idAt(1_469_922_850_259).slice(0, 10)).toBe("01ARZ3NDEK");
  });

  it.each([
    [0, 7],
    [6, 7],
    [7, 7],
    [14, 14],
    [100, 100],
    [180, 180],
    [4000, 180],
  ])("of %d days is compared again after %d days", (age, expected) => {
    expect(settledWait(idAt(now - age * day), now)).toBe(expected * day);
  });

  it.each<[boolean, Parameters<typeof isSettled>[0]]>([
    [true, { state: "RECEIVED", labelStatus: "DONE" }],
    [true, { state: "UPLOADED", labelStatus: "FAILED", renditions: "DONE" }],
    [true, { state: "RECEIVED", labelStatus: "SKIPPED", renditions: "FAILED" }],
    [false, { state: "RECEIVED", labelStatus: "DONE", renditions: "PENDING" }],
    [false, { state: "UPLOADED", labelStatus: "PENDING", renditions: "DONE" }],
    [false, { state: "UPLOADED", labelStatus: "RUNNING", renditions: "DONE" }],
    [false, { state: "CREATED", labelStatus: "NONE" }],
    [false, { state: "DELETED", labelStatus: "DONE", renditions: "DONE" }],
    [false, { state: "REJECTED", labelStatus: "NONE" }],
    [false, { state: "EXPIRED", labelStatus: "NONE" }],
  ])("is one whose object is there and that waits for nothing: %s for %j", (expected, situation) => {
    expect(isSettled(situation)).toBe(expected);
  });
});

describe("the waits", () => {
  it("are longer than what they wait for", () => {
    // A label message comes again after its visibility timeout, 180 seconds; its lease is 60 of them.
    expect(60_000 + wait.lease).toBeGreaterThan(180_000);
    // Five receives, each of which dies.
    expect(wait.again).toBeGreaterThanOrEqual(5 * 180_000);
    expect(wait.late).toBeGreaterThan(uploadSeconds * 1000);
  });
});

describe("the shard of an id", () => {
  it("is one of eight, each as often as the others", () => {
    const symbols = Array.from("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    const shards = symbols.map((symbol) => dueShard(`01JD3Z6V5K8Q2M7N4P9R0S1T2${symbol}`));
    const counts = Map.groupBy(shards, (shard) => shard);
    expect([...counts.keys()].sort()).toEqual(Array.from({ length: dueShards }, (_, shard) => String(shard)));
    expect(new Set([...counts.values()].map(({ length }) => length))).toEqual(new Set([4]));
  });
});
