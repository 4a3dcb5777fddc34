/**
 * A copy of `value` as JSON would carry it: functions and undefined dropped, NaN null, `toJSON` asked. Undefined for
 * what has no JSON. Throws `RangeError` past a million values or 500 levels (a circle).
 */
export type Copy = (value: unknown) => unknown;

/** Each side of the sandbox's wall makes its own, of its own objects; see `wall.ts`. */
export function makeCopy(): Copy {
  const { isArray } = Array;
  const { keys, defineProperty } = Object;
  const Fault = RangeError;
  let left = 0;
  const spend = (cost: number) => {
    left -= cost;
    if (left < 0) throw new Fault("the value is too large");
  };
  const copy = (from: unknown, depth: number): unknown => {
    if (typeof from === "string" || typeof from === "boolean" || from === null) return from;
    if (typeof from === "number") return from - from === 0 ? from : null;
    if (typeof from !== "object") return undefined;
    if (depth > 500) throw new Fault("the value is nested too deeply, or in a circle");
    const { toJSON } = from as { toJSON?: unknown };
    if (typeof toJSON === "function") return copy((from as { toJSON: () => unknown }).toJSON(), depth + 1);
    return isArray(from) ? copyArray(from, depth) : copyObject(from as Record<string, unknown>, depth);
  };
  const copyArray = (from: readonly unknown[], depth: number): unknown[] => {
    spend(from.length);
    const items: unknown[] = [];
    for (let index = 0; index < from.length; index += 1) items[index] = copy(from[index], depth + 1) ?? null;
    return items;
  };
  const copyObject = (from: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> => {
    const members: Record<string, unknown> = {};
    for (const key of keys(from)) {
      spend(1);
      const value = copy(from[key], depth + 1);
      if (value === undefined) continue;
      if (key !== "__proto__") members[key] = value;
      else defineProperty(members, key, { value, enumerable: true, configurable: true, writable: true });
    }
    return members;
  };
  return (value) => {
    left = 1_000_000;
    return copy(value, 0);
  };
}

export const copyJson = makeCopy();
