import type { PATTERN_METHODS } from "./globals.ts";
import type { Library, LibraryFunction } from "./library.ts";

/** What the host does for code in the sandbox. */
export interface Host {
  call(method: LibraryFunction, args: readonly unknown[]): Answer;
  pattern(method: PatternMethod, value: string, args: readonly unknown[]): Answer;
  log(level: string, place: string, args: readonly unknown[]): Answer;
  /** Tells the author that a loop by this name leaves items out, or may do so on AWS; `stack` says where. */
  many(name: string, length: number, stack: string): void;
}

/** A library call came to a value, ended the evaluation, or found fault with its arguments. */
export type Answer = { readonly value: unknown } | { readonly ends: true } | { readonly fault: string };

export type PatternMethod = (typeof PATTERN_METHODS)[number];

export interface Meter {
  /** Throws a RangeError past the limit of steps. */
  charge(cost: number): void;
  reset(): void;
}

/**
 * The functions of this file run inside the sandbox, each from its own source text: they may name nothing but their
 * parameters and the sandbox's intrinsics, which they take before those are trimmed. Nothing of the host gets past
 * them: arguments are read there, and answers are copied here.
 */
export function makeMeter(limit: number): Meter {
  const Fault = RangeError;
  let left = limit;
  return {
    charge(cost) {
      left -= cost;
      if (left < 0) {
        throw new Fault(`the code ran for more than ${limit} steps`);
      }
    },
    reset() {
      left = limit;
    },
  };
}

/** Takes an answer of the host: gives its value, or throws `end` or the fault. */
export function makeAccept(copy: (value: unknown) => unknown, end: object): (answer: Answer) => unknown {
  const Fault = Error;
  return (answer) => {
    if ("ends" in answer) {
      // Not an error: nothing in the language can catch it.
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw end;
    }
    if ("value" in answer) {
      return copy(answer.value);
    }
    const fault = new Fault(answer.fault);
    fault.name = "UtilityFault";
    throw fault;
  };
}

/** The library as the code sees it: the same tree, of the sandbox's own functions. */
export function makeLibrary(
  library: Library,
  host: Host,
  accept: (answer: Answer) => unknown,
): Readonly<Record<string, unknown>> {
  const { entries, freeze } = Object;
  const wrap = (from: Library): Readonly<Record<string, unknown>> => {
    const wrapped: Record<string, unknown> = {};
    for (const [name, member] of entries(from)) {
      wrapped[name] =
        typeof member === "function" ? (...args: unknown[]) => accept(host.call(member, args)) : wrap(member);
    }
    return freeze(wrapped);
  };
  return wrap(library);
}

/** What the instrumented code calls. */
export function makeHooks(
  forbiddenKeys: readonly string[],
  most: number,
  meter: Meter,
  host: Host,
  accept: (answer: Answer) => unknown,
): Readonly<Record<"step" | "spread" | "key" | "log" | "both" | "unmatched" | "each" | "invalid", unknown>> {
  const Fault = TypeError;
  const Place = Error;
  const text = String;
  const { apply } = Reflect;
  const { isArray } = Array;
  const { slice } = Array.prototype;
  const forbidden = new Set(forbiddenKeys);
  const equalToNothing = Object.freeze({});
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
      // Made a string here, once: an object's toString could answer otherwise the second time.
      const name = text(value);
      if (forbidden.has(name)) {
        throw new Fault(`the key ${name} is not supported`);
      }
      return name;
    },
    log:
      (level: string, place: string) =>
      (...args: unknown[]) =>
        accept(host.log(level, place, args)),
    both: (left: unknown, right: unknown) => left ?? right,
    unmatched: () => equalToNothing,
    each: (value: unknown) => {
      if (!isArray(value)) {
        return value;
      }
      if (value.length > most) {
        host.many("for-of", value.length, `${new Place().stack}`);
      }
      return apply(slice, value, [0, most]) as unknown;
    },
    invalid: (name: string) => {
      throw new Fault(`Invalid function: ${name}`);
    },
  };
}
