import type { Accept, Host, Meter } from "./sandbox.ts";

// The functions of this file run inside the sandbox, under the rules of `sandbox.ts`.

/** Functions that the instrumented code calls. */
export type Hooks = Readonly<
  Record<"step" | "spread" | "key" | "log" | "both" | "unmatched" | "each" | "invalid", unknown>
>;

/** Counts steps, and guards spreads and computed keys. */
export function makeGuards(
  forbiddenKeys: readonly string[],
  meter: Meter,
): Pick<Hooks, "step" | "spread" | "key"> {
  const Fault = TypeError;
  const text = String;
  const forbidden = new Set(forbiddenKeys);
  return {
    step: () => meter.charge(1),
    spread: (value: { readonly length?: unknown } | null | undefined) => {
      if (typeof value?.length === "number") {
        meter.charge(value.length);
      }
      return value;
    },
    key: (value: unknown) => {
      if (typeof value === "number") {
        return value;
      }
      // Made a string once, here: an object's toString could give another one the second time.
      const name = text(value);
      if (forbidden.has(name)) {
        throw new Fault(`the key ${name} is not supported`);
      }
      return name;
    },
  };
}

/** Does what AWS's runtime does and JavaScript does not; see `editQuirks`. */
export function makeQuirks(
  maxItems: number,
  host: Host,
): Pick<Hooks, "both" | "unmatched" | "each" | "invalid"> {
  const Fault = TypeError;
  const Place = Error;
  const { apply } = Reflect;
  const { isArray } = Array;
  const { slice } = Array.prototype;
  const equalToNothing = Object.freeze({});
  return {
    both: (left: unknown, right: unknown) => left ?? right,
    unmatched: () => equalToNothing,
    each: (value: unknown) => {
      if (!isArray(value)) {
        return value;
      }
      if (value.length > maxItems) {
        host.many("for-of", value.length, `${new Place().stack}`);
      }
      return apply(slice, value, [0, maxItems]) as unknown;
    },
    invalid: (name: string) => {
      throw new Fault(`Invalid function: ${name}`);
    },
  };
}

/** Writes to the log, with the place of the call. */
export function makeLog(host: Host, accept: Accept): Pick<Hooks, "log"> {
  return {
    log:
      (level: string, place: string) =>
      (...args: unknown[]) =>
        accept(host.log(level, place, args)),
  };
}
