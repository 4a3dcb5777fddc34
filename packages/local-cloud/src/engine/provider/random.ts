import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import type Bcrypt from "bcryptjs";
import { refuse } from "../../base/refusal.ts";
import { adjectives, adverbs, animals } from "./pet-names.ts";
import type { Place } from "./model.ts";

interface RandomModel {
  readonly defaults?: Readonly<Record<string, unknown>>;
  readonly compute: (
    inputs: Readonly<Record<string, unknown>>,
    at: Place,
  ) => Readonly<Record<string, unknown>> & { readonly id: string };
}

/** Defaults of a string's characters, from the provider's schema. */
const characters = {
  ...{ lower: true, upper: true, numeric: true, special: true },
  ...{ minLower: 0, minUpper: 0, minNumeric: 0, minSpecial: 0 },
};

/**
 * The types of @pulumi/random. Pulumi keeps the values in the stack's state until an input changes. There is no state
 * here: values are derived from the URN and the inputs, so that they are the same at each start and differ after a change.
 * https://www.pulumi.com/registry/packages/random/
 */
export const random: Readonly<Record<string, RandomModel>> = {
  "random:index/randomBytes:RandomBytes": {
    compute(inputs, at) {
      const bytes = drawsOf(inputs, at).bytes(lengthOf(inputs, "length", at));
      const base64 = bytes.toString("base64");
      return { id: base64, base64, hex: bytes.toString("hex") };
    },
  },
  "random:index/randomId:RandomId": {
    compute(inputs, at) {
      const bytes = drawsOf(inputs, at).bytes(lengthOf(inputs, "byteLength", at));
      const prefix = textOf(inputs["prefix"]);
      const id = bytes.toString("base64url");
      return {
        id,
        b64Url: prefix + id,
        b64Std: prefix + bytes.toString("base64"),
        hex: prefix + bytes.toString("hex"),
        dec: `${prefix}${BigInt(`0x${bytes.toString("hex")}`)}`,
      };
    },
  },
  "random:index/randomInteger:RandomInteger": {
    compute(inputs, at) {
      const [min, max] = [Number(inputs["min"]), Number(inputs["max"])];
      if (max < min) {
        refuseInput(at, "max", `must be at least min, which is ${min}`);
      }
      const result = min + drawsOf(inputs, at).below(max - min + 1);
      return { id: String(result), result };
    },
  },
  "random:index/randomPassword:RandomPassword": {
    defaults: characters,
    compute(inputs, at) {
      const draws = drawsOf(inputs, at);
      const result = characterString(inputs, at, draws);
      return { id: "none", result, bcryptHash: bcryptOf(at.urn, result, draws) };
    },
  },
  "random:index/randomPet:RandomPet": {
    defaults: { length: 2, separator: "-" },
    compute(inputs, at) {
      const draws = drawsOf(inputs, at);
      const length = lengthOf(inputs, "length", at);
      const words = [
        ...Array.from({ length: Math.max(0, length - 2) }, () => draws.from(adverbs)),
        ...(length > 1 ? [draws.from(adjectives)] : []),
        draws.from(animals),
      ];
      const prefix = textOf(inputs["prefix"]);
      return { id: [...(prefix ? [prefix] : []), ...words].join(textOf(inputs["separator"])) };
    },
  },
  "random:index/randomShuffle:RandomShuffle": {
    compute(inputs, at) {
      const all = inputs["inputs"] as readonly string[];
      const draws = drawsOf(inputs, at);
      const count = Number(inputs["resultCount"] ?? all.length);
      const results: string[] = [];
      // A count beyond the list's length goes through the list again, as the provider does.
      while (all.length > 0 && results.length < count) {
        results.push(...draws.shuffled(all).slice(0, count - results.length));
      }
      return { id: "-", results };
    },
  },
  "random:index/randomString:RandomString": {
    defaults: characters,
    compute(inputs, at) {
      const result = characterString(inputs, at, drawsOf(inputs, at));
      return { id: result, result };
    },
  },
  "random:index/randomUuid:RandomUuid": { compute: uuid(4) },
  "random:index/randomUuid4:RandomUuid4": { compute: uuid(4) },
  "random:index/randomUuid7:RandomUuid7": { compute: uuid(7) },
};

type Inputs = Readonly<Record<string, unknown>>;

/** Numbers derived from a seed. */
class Draws {
  readonly #seed: string;
  #count = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  bytes(length: number): Buffer {
    const blocks = Array.from({ length: Math.ceil(length / 64) }, () =>
      createHash("sha512").update(`${this.#seed}\0${this.#count++}`).digest(),
    );
    return Buffer.concat(blocks).subarray(0, length);
  }

  /** A whole number from 0 to below `end`. */
  below(end: number): number {
    return Number(this.bytes(8).readBigUInt64BE() % BigInt(end));
  }

  from<T>(list: ArrayLike<T>): T {
    return list[this.below(list.length)] as T;
  }

  shuffled<T>(list: readonly T[]): T[] {
    const rest = [...list];
    return list.map(() => rest.splice(this.below(rest.length), 1)[0] as T);
  }
}

const drawsOf = (inputs: Inputs, at: Place): Draws => new Draws(`${at.urn}\0${JSON.stringify(inputs)}`);

/** As many characters of each kind as `min...` asks for, the rest from all kinds that are on, shuffled. */
function characterString(inputs: Inputs, at: Place, draws: Draws): string {
  const kinds = [
    { kind: "Lower", on: inputs["lower"], of: "abcdefghijklmnopqrstuvwxyz" },
    { kind: "Upper", on: inputs["upper"], of: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
    // `number` is the former name of `numeric`.
    { kind: "Numeric", on: inputs["number"] ?? inputs["numeric"], of: "0123456789" },
    {
      kind: "Special",
      on: inputs["special"],
      of: textOf(inputs["overrideSpecial"]) || "!@#$%&*()-_=+[]{}<>:?",
    },
  ];
  const length = lengthOf(inputs, "length", at);
  const required = kinds.flatMap(({ kind, of }) =>
    Array.from({ length: Number(inputs[`min${kind}`] ?? 0) }, () => draws.from(of)),
  );
  if (required.length > length) {
    refuseInput(at, "length", `must be at least the sum of the minimums, which is ${required.length}`);
  }
  const all = kinds.flatMap(({ on, of }) => (on === false ? [] : of)).join("");
  if (all === "") {
    refuseInput(at, "lower", "must be true, unless upper, numeric or special is");
  }
  const rest = Array.from({ length: length - required.length }, () => draws.from(all));
  return draws.shuffled([...required, ...rest]).join("");
}

/** https://www.rfc-editor.org/rfc/rfc9562. The time in a version 7 is drawn as well: a clock would make it differ at each start. */
function uuid(version: 4 | 7): RandomModel["compute"] {
  return (inputs, at) => {
    const bytes = drawsOf(inputs, at).bytes(16);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const result = bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    return { id: result, result };
  };
}

/** The last hash of each resource, by URN. A hash takes a tenth of a second, and each change evaluates the program again. */
const hashes = new Map<string, { readonly password: string; readonly salt: string; readonly hash: string }>();

/** Loads bcryptjs when it is first used: few programs have a password. */
function bcryptOf(urn: string, password: string, draws: Draws): string {
  const bcryptjs = createRequire(import.meta.url)("bcryptjs") as typeof Bcrypt;
  const salt = `$2b$10$${bcryptjs.encodeBase64(draws.bytes(16), 16)}`;
  const known = hashes.get(urn);
  if (known?.password === password && known.salt === salt) {
    return known.hash;
  }
  const hash = bcryptjs.hashSync(password, salt);
  hashes.set(urn, { password, salt, hash });
  return hash;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

function lengthOf(inputs: Inputs, name: string, at: Place): number {
  const length = inputs[name];
  return typeof length === "number" && Number.isInteger(length) && length >= 1
    ? length
    : refuseInput(at, name, "must be a whole number of at least 1");
}

function refuseInput({ urn, name }: Place, input: string, why: string): never {
  refuse({ type: urn.split("::")[2]?.split("$").at(-1) ?? "", name }, input, why);
}
