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

/** A method of a prototype, as a value. */
type Method = (this: never, ...args: never[]) => unknown;

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

/**
 * Array methods that cost as many steps as they touch items, and a `sort` without comparator. Of those that take a
 * callback, `reduce` and `map` stop after `most` items, as on AWS; whether the others do is not known.
 */
export function makeArrayMethods(
  names: readonly string[],
  callbacks: readonly string[],
  most: number,
  meter: Meter,
  host: Host,
): Readonly<Record<string, Method>> {
  const { apply, get } = Reflect;
  const { isArray } = Array;
  const { slice } = Array.prototype;
  const Fault = TypeError;
  const Place = Error;
  const methods: Record<string, Method> = {};
  for (const name of names) {
    const method = get(Array.prototype, name) as (...args: unknown[]) => unknown;
    const counted = {
      [name](this: unknown[], ...args: unknown[]): unknown {
        if (name === "sort" && args.length > 0) {
          throw new Fault("sort takes no comparator");
        }
        meter.charge(this.length);
        const { length } = this;
        // The method may be called on anything: only a number may pass to the host.
        const isLong = typeof length === "number" && length > most && callbacks.includes(name);
        if (isLong) {
          host.many(name, length, `${new Place().stack}`);
        }
        const stops = isLong && (name === "reduce" || name === "map");
        const result = apply(method, stops ? apply(slice, this, [0, most]) : this, args);
        if (isArray(result)) {
          meter.charge(result.length);
        }
        return result;
      },
    };
    methods[name] = counted[name] as Method;
  }
  return methods;
}

/** String methods; those that take a pattern are Java's, done by the host. */
export function makeStringMethods(
  names: readonly string[],
  patterned: readonly PatternMethod[],
  meter: Meter,
  host: Host,
  accept: (answer: Answer) => unknown,
): Readonly<Record<string, Method>> {
  const { apply, get } = Reflect;
  const methods: Record<string, Method> = {};
  for (const name of names) {
    const method = get(String.prototype, name) as (...args: unknown[]) => unknown;
    const pattern = patterned.find((known) => known === name);
    const counted = {
      [name](this: string, ...args: unknown[]): unknown {
        meter.charge(this.length / 16);
        return pattern === undefined ? apply(method, this, args) : accept(host.pattern(pattern, this, args));
      },
    };
    methods[name] = counted[name] as Method;
  }
  return methods;
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

/** The globals, by name: intrinsics with their documented members only. */
export function makeGlobals(
  names: Readonly<Record<string, readonly string[] | null>>,
  host: Host,
  accept: (answer: Answer) => unknown,
): Readonly<Record<string, unknown>> {
  const { entries, freeze } = Object;
  const { parse, stringify } = JSON;
  const log =
    (level: string) =>
    (...args: unknown[]) =>
      accept(host.log(level, "", args));
  const own: Record<string, Readonly<Record<string, unknown>>> = {
    Object: Object as never,
    String: String as never,
    Number: Number as never,
    Math: Math as never,
    console: { log: log("log"), error: log("error"), debug: log("debug") },
    JSON: {
      parse(text: string): unknown {
        try {
          return parse(text);
        } catch {
          return "";
        }
      },
      stringify,
    },
  };
  const globals: Record<string, unknown> = { NaN, Infinity };
  for (const [name, members] of entries(names)) {
    if (members === null) {
      continue;
    }
    const picked: Record<string, unknown> = {};
    for (const member of members) {
      picked[member] = own[name]?.[member];
    }
    globals[name] = freeze(picked);
  }
  return globals;
}

/** An error's stack as the host reads it: one place a line. Node asks the `Error` of the realm, or else of the process. */
export function placesOf(_: unknown, sites: readonly NodeJS.CallSite[]): string {
  let places = "";
  for (const site of sites) {
    places += `${site.getFileName()}:${site.getLineNumber()}:${site.getColumnNumber()}\n`;
  }
  return places;
}

/**
 * Takes from the sandbox all that the language lacks. `Array`, its prototype's constructor and its iterator stay as they
 * are: V8 guards them once for all realms, and to touch them slows the arrays of the whole process tenfold. The key
 * guard keeps code from the constructor.
 */
export function trim(
  arrayMethods: Readonly<Record<string, Method>>,
  stringMethods: Readonly<Record<string, Method>>,
  prepareStackTrace: (error: unknown, sites: readonly NodeJS.CallSite[]) => unknown,
): void {
  const { ownKeys, deleteProperty, defineProperty } = Reflect;
  const { entries } = Object;
  const Kept = Set;
  const kept: [object, PropertyKey[]][] = [
    [Array.prototype, ["length", "constructor", "toString", "join", Symbol.iterator, Symbol.unscopables]],
    [String.prototype, ["length", "toString", Symbol.iterator]],
    [Object.prototype, ["toString"]],
    [Number.prototype, ["toString"]],
    [Boolean.prototype, ["toString"]],
    [Function.prototype, []],
  ];
  const constructors = [Object, String, Number, Boolean, Function];
  for (const constructor of constructors) {
    for (const key of ownKeys(constructor)) {
      if (key !== "prototype") {
        deleteProperty(constructor, key);
      }
    }
  }
  for (const [prototype, keys] of kept) {
    const keep = new Kept(keys);
    for (const key of ownKeys(prototype)) {
      if (!keep.has(key)) {
        deleteProperty(prototype, key);
      }
    }
  }
  for (const [prototype, methods] of [
    [Array.prototype, arrayMethods],
    [String.prototype, stringMethods],
  ] as const) {
    for (const [name, value] of entries(methods)) {
      defineProperty(prototype, name, { value, writable: false, enumerable: false, configurable: false });
    }
  }
  const globals = globalThis;
  for (const key of ownKeys(globals)) {
    deleteProperty(globals, key);
  }
  defineProperty(globals, "Error", { value: { prepareStackTrace } });
}
