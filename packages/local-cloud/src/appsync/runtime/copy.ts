import { makeMeter, type Meter } from "./sandbox.ts";

/**
 * A copy of `value` as JSON would carry it: functions and undefined are dropped, NaN becomes null, `toJSON` is called.
 * Undefined for a value without a JSON form. Throws `RangeError` past the limit or 500 levels (a circle).
 */
export type Copy = (value: unknown) => unknown;

/** What a scalar or a key costs; each member of an object or list costs one more. */
type Measure = (value: string | number | boolean | null) => number;

/** The host and the sandbox each make one, which makes objects of their own realm; see `sandbox.ts`. */
export function makeCopy(meter: Meter, measure: Measure): Copy {
  const { isArray } = Array;
  const { keys, defineProperty } = Object;
  const Fault = RangeError;
  const copy = (from: unknown, depth: number): unknown => {
    if (typeof from === "string" || typeof from === "boolean" || typeof from === "number" || from === null) {
      const scalar = typeof from === "number" && from - from !== 0 ? null : from;
      meter.charge(measure(scalar));
      return scalar;
    }
    if (typeof from !== "object") {
      return undefined;
    }
    if (depth > 500) {
      throw new Fault("the value is nested too deeply, or in a circle");
    }
    const { toJSON } = from as { toJSON?: unknown };
    if (typeof toJSON === "function") {
      return copy((from as { toJSON: () => unknown }).toJSON(), depth + 1);
    }
    return isArray(from) ? copyArray(from, depth) : copyObject(from as Record<string, unknown>, depth);
  };
  const copyArray = (from: readonly unknown[], depth: number): unknown[] => {
    meter.charge(from.length);
    const items: unknown[] = [];
    for (let index = 0; index < from.length; index += 1) {
      items[index] = copy(from[index], depth + 1) ?? null;
    }
    return items;
  };
  const copyObject = (from: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> => {
    const members: Record<string, unknown> = {};
    for (const key of keys(from)) {
      meter.charge(1 + measure(key));
      const value = copy(from[key], depth + 1);
      if (value !== undefined && key !== "__proto__") {
        members[key] = value;
      } else if (value !== undefined) {
        defineProperty(members, key, { value, enumerable: true, configurable: true, writable: true });
      }
    }
    return members;
  };
  return (value) => {
    meter.reset();
    return copy(value, 0);
  };
}

/** Of up to a million values, whatever their size. */
export const copyJson = makeCopy(makeMeter(1_000_000, "the value is too large"), () => 0);

/** A handler's result is over 5 MB. */
export class ResultTooLarge extends Error {}

/** Bytes of JSON, in which escapes are not counted. */
const maxResult = 5 * 1_048_576;

let left = maxResult;
const resultMeter: Meter = {
  charge(cost) {
    left -= cost;
    if (left < 0) {
      throw new ResultTooLarge();
    }
  },
  reset() {
    left = maxResult;
  },
};

/** As `copyJson`, for a handler's result: stops where it is too large. Throws `ResultTooLarge`. */
export const copyResult = makeCopy(resultMeter, (value) => {
  if (typeof value !== "string") {
    return String(value).length;
  }
  // The bytes of a text that is too long already are not counted: to count them could join a rope of many pieces.
  return 2 + (value.length > maxResult ? value.length : Buffer.byteLength(value));
});
