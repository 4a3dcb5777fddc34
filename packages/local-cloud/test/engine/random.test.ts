import { createRequire } from "node:module";
import { describe, expect, it, jest } from "@jest/globals";
import { compareSync } from "bcryptjs";
import fc from "fast-check";
import { create, invoke } from "../../src/engine/provider/index.ts";

function make(kind: string, inputs: Readonly<Record<string, unknown>> = {}, name = "it") {
  const type = `random:index/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`;
  const urn = `urn:pulumi:dev::p::${type}::${name}`;
  const made = create({
    urn,
    type,
    name,
    inputs,
    region: "eu-west-1",
    defaultTags: {},
    endpoints: undefined,
    preview: false,
  });
  return { ...made.outputs, id: made.id } as Readonly<Record<string, string>> & { readonly id: string };
}

describe("@pulumi/random", () => {
  it.each([
    ["RandomBytes", { length: 8 }],
    ["RandomId", { byteLength: 8 }],
    ["RandomInteger", { min: 1, max: 1_000_000_000 }],
    ["RandomPassword", { length: 16 }],
    ["RandomPet", {}],
    ["RandomShuffle", { inputs: Array.from({ length: 20 }, (_, n) => `${n}`) }],
    ["RandomString", { length: 16 }],
    ["RandomUuid", {}],
    ["RandomUuid4", {}],
    ["RandomUuid7", {}],
  ])("%s keeps its value until a name or an input changes", (kind, inputs) => {
    const values = (keepers: object, name?: string) => {
      return { ...make(kind, { ...inputs, keepers }, name), keepers: undefined };
    };
    expect(values({ version: "1" })).toEqual(values({ version: "1" }));
    expect(values({ version: "1" })).not.toEqual(values({ version: "2" }));
    expect(values({ version: "1" })).not.toEqual(values({ version: "1" }, "another"));
  });

  it("writes the same bytes of an id in four ways, after a prefix", () => {
    const { id, b64Std, b64Url, hex, dec } = make("RandomId", { byteLength: 5, prefix: "job-" });
    const bytes = Buffer.from(id, "base64url");
    expect(bytes).toHaveLength(5);
    expect({ b64Std, b64Url, hex, dec }).toEqual({
      b64Std: `job-${bytes.toString("base64")}`,
      b64Url: `job-${id}`,
      hex: `job-${bytes.toString("hex")}`,
      dec: `job-${BigInt(`0x${bytes.toString("hex")}`)}`,
    });
  });

  it("draws whole numbers between the bounds, both included", () => {
    const drawn = Array.from(
      { length: 60 },
      (_, n) => make("RandomInteger", { min: -1, max: 1 }, `n${n}`).id,
    );
    expect(new Set(drawn)).toEqual(new Set(["-1", "0", "1"]));
  });

  it("makes strings of the given length and characters", () => {
    const count = fc.integer({ min: 0, max: 4 });
    const asked = fc.record({ minLower: count, minUpper: count, minNumeric: count, minSpecial: count });
    fc.assert(
      fc.property(asked, fc.integer({ min: 16, max: 40 }), (min, length) => {
        const { result = "" } = make("RandomString", { ...min, length, overrideSpecial: "_." });
        expect(result).toMatch(/^[A-Za-z0-9_.]+$/);
        expect(result).toHaveLength(length);
        const found = (of: RegExp) => result.match(of)?.length ?? 0;
        expect(found(/[a-z]/g)).toBeGreaterThanOrEqual(min.minLower);
        expect(found(/[A-Z]/g)).toBeGreaterThanOrEqual(min.minUpper);
        expect(found(/\d/g)).toBeGreaterThanOrEqual(min.minNumeric);
        expect(found(/[_.]/g)).toBeGreaterThanOrEqual(min.minSpecial);
      }),
    );
    const digits = make("RandomString", { length: 12, lower: false, upper: false, special: false });
    expect(digits["result"]).toMatch(/^\d{12}$/);
  });

  it("gives a password a bcrypt hash that verifies it", () => {
    const { id, result = "", bcryptHash = "" } = make("RandomPassword", { length: 16 });
    expect(id).toBe("none");
    expect(compareSync(result, bcryptHash)).toBe(true);
    expect(compareSync(`${result}x`, bcryptHash)).toBe(false);
  });

  it("computes a password's hash once, until an input changes it", () => {
    const bcryptjs = createRequire(import.meta.url)("bcryptjs") as { hashSync: () => string };
    using hashSync = jest.spyOn(bcryptjs, "hashSync");
    const hashOf = (length: number) => make("RandomPassword", { length }, "hashed")["bcryptHash"];
    const first = hashOf(16);
    expect(hashOf(16)).toBe(first);
    expect(hashSync).toHaveBeenCalledTimes(1);
    expect(hashOf(17)).not.toBe(first);
    expect(hashSync).toHaveBeenCalledTimes(2);
    expect(hashOf(16)).toBe(first);
  });

  it.each([
    [{}, /^[a-z]+-[a-z]+$/],
    [{ length: 1 }, /^[a-z]+$/],
    [{ length: 4, separator: "_", prefix: "dev" }, /^dev(_[a-z]+){4}$/],
  ])("names a pet: %j", (inputs, pattern) => {
    expect(make("RandomPet", inputs).id).toMatch(pattern);
  });

  it.each([
    [3, undefined, 3],
    [3, 2, 2],
    [3, 7, 7],
    [0, undefined, 0],
  ])("shuffles %i values, and gives %p of them", (length, resultCount, expected) => {
    const inputs = ["a", "b", "c"].slice(0, length);
    const { results } = make("RandomShuffle", { inputs, resultCount }) as unknown as { results: string[] };
    expect(results).toHaveLength(expected);
    // Each value once, before any comes again.
    const round = results.slice(0, length);
    expect(new Set(round).size).toBe(round.length);
    expect(inputs).toEqual(expect.arrayContaining(round));
  });

  it.each([
    ["RandomUuid", "4"],
    ["RandomUuid7", "7"],
  ])("%s has version %s", (kind, version) => {
    expect(make(kind).id).toMatch(
      new RegExp(`^[0-9a-f]{8}-[0-9a-f]{4}-${version}[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`),
    );
  });

  it.each([
    ["RandomString", { length: 0 }, "RandomString it: length must be a whole number of at least 1."],
    [
      "RandomString",
      { length: 3, minLower: 4 },
      "RandomString it: length must be at least the sum of the minimums, which is 4.",
    ],
    [
      "RandomString",
      { length: 3, lower: false, upper: false, numeric: false, special: false },
      /lower must be true/,
    ],
    ["RandomInteger", { min: 2, max: 1 }, "RandomInteger it: max must be at least min, which is 2."],
    ["RandomId", { byteLength: 0 }, /byteLength must be/],
  ])("refuses what the provider refuses: %s %j", (kind, inputs, words) => {
    expect(() => make(kind, inputs)).toThrow(words);
  });
});

it.each([
  ["us-east-1", "use1-az1"],
  ["ap-southeast-2", "apse2-az1"],
  ["eu-central-1", "euc1-az1"],
  ["us-gov-west-1", "usgw1-az1"],
])("aws.getAvailabilityZones knows three zones of %s", (region, zoneId) => {
  const { names, zoneIds } = invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {}, region);
  expect(names).toEqual([`${region}a`, `${region}b`, `${region}c`]);
  expect(zoneIds).toEqual(expect.arrayContaining([zoneId]));
});
