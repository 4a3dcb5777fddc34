import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  type AssetState,
  isUlid,
  labelTransitions,
  objectKey,
  parseObjectKey,
  transitions,
} from "../../domain/asset.ts";

const ulid = fc
  .array(fc.constantFrom(...Array.from("0123456789ABCDEFGHJKMNPQRSTVWXYZ")), { minLength: 26, maxLength: 26 })
  .map((characters) => characters.join(""));

describe("an asset's object key", () => {
  it("leads back to the asset", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((owner) => !owner.includes("/")),
        ulid,
        (ownerId, id) => {
          expect(parseObjectKey(objectKey(ownerId, id))).toEqual({ ownerId, id });
        },
      ),
    );
  });

  it.each([
    "",
    "uploads",
    "uploads/a",
    "uploads/a/b",
    "uploads//x",
    "other/a/01JD3Z6V5K8Q2M7N4P9R0S1T2W",
    "uploads/a/01JD3Z6V5K8Q2M7N4P9R0S1T2W/x",
  ])("is not read out of %p", (key) => {
    expect(parseObjectKey(key)).toBeUndefined();
  });

  it.each(["", "01jd3z6v5k8q2m7n4p9r0s1t2w", "01JD3Z6V5K8Q2M7N4P9R0S1T2I", "01JD3Z6V5K8Q2M7N4P9R0S1T2WX"])(
    "has no id like %p",
    (id) => {
      expect(isUlid(id)).toBe(false);
    },
  );
});

describe("the object's machine", () => {
  const reachable = (from: AssetState): AssetState[] =>
    Object.values(transitions)
      .filter((transition) => transition.from.includes(from))
      .map(({ to }) => to);

  it("moves on from CREATED, RECEIVED and into DELETED, and nowhere back", () => {
    expect(reachable("CREATED")).toEqual(["RECEIVED", "REJECTED", "EXPIRED", "DELETED"]);
    expect(reachable("RECEIVED")).toEqual(["UPLOADED", "DELETED"]);
    expect(reachable("UPLOADED")).toEqual(["DELETED"]);
    expect(reachable("REJECTED")).toEqual(["DELETED"]);
    expect(reachable("EXPIRED")).toEqual(["DELETED"]);
    expect(reachable("DELETED")).toEqual([]);
  });

  it("never lets labels leave a final state but by asking again", () => {
    const leaving = Object.entries(labelTransitions).filter(([, { from }]) =>
      from.some((status) => ["DONE", "FAILED", "SKIPPED"].includes(status)),
    );
    expect(leaving.map(([name]) => name)).toEqual(["again"]);
  });
});
