/**
 * A copy of `value` as JSON would carry it: functions and undefined dropped, NaN null, `toJSON` asked. Undefined for
 * what has no JSON. Throws `RangeError` past the limit or 500 levels (a circle).
 */
export type Copy = (value: unknown) => unknown;

/** What a scalar or a key counts against the limit; each member of an object or list counts one more. */
type Measure = (value: string | number | boolean | null) => number;

/**
 * The host and the sandbox each make their own, of their own objects; see `sandbox.ts`. Without `measure` the limit is of
 * values, whatever their size.
 */
export function makeCopy(limit = 1_000_000, measure: Measure = () => 0): Copy {
  const { isArray } = Array;
  const { keys, defineProperty } = Object;
  const Fault = RangeError;
  let left = 0;
  const spend = (cost: number) => {
    left -= cost;
    if (left < 0) {
      throw new Fault("the value is too large");
    }
  };
  const scalar = (from: string | number | boolean | null) => {
    spend(measure(from));
    return from;
  };
  const copy = (from: unknown, depth: number): unknown => {
    if (typeof from === "string" || typeof from === "boolean" || from === null) {
      return scalar(from);
    }
    if (typeof from === "number") {
      return scalar(from - from === 0 ? from : null);
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
    spend(from.length);
    const items: unknown[] = [];
    for (let index = 0; index < from.length; index += 1) {
      items[index] = copy(from[index], depth + 1) ?? null;
    }
    return items;
  };
  const copyObject = (from: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> => {
    const members: Record<string, unknown> = {};
    for (const key of keys(from)) {
      spend(1 + measure(key));
      const value = copy(from[key], depth + 1);
      if (value === undefined) {
        continue;
      }
      if (key !== "__proto__") {
        members[key] = value;
      } else {
        defineProperty(members, key, { value, enumerable: true, configurable: true, writable: true });
      }
    }
    return members;
  };
  return (value) => {
    left = limit;
    return copy(value, 0);
  };
}

export const copyJson = makeCopy();

/** Bytes of JSON, in which escapes are not counted. */
const largestResult = 5 * 1_048_576;

const copyMeasured = makeCopy(largestResult, (value) => {
  if (typeof value !== "string") {
    return String(value).length;
  }
  // Its bytes are counted only where it is not too long already: that may put a long text together.
  return 2 + (value.length > largestResult ? value.length : Buffer.byteLength(value));
});

/** What a handler returned is over 5 MB. */
export class ResultTooLarge extends Error {}

/** As `copyJson`, for what a handler returns: stops where it is too large. Throws `ResultTooLarge`. */
export function copyResult(value: unknown): unknown {
  try {
    return copyMeasured(value);
  } catch (error) {
    throw error instanceof RangeError && error.message === "the value is too large"
      ? new ResultTooLarge()
      : error;
  }
}
