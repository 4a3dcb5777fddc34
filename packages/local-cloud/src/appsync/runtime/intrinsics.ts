import type { Accept, Host, Meter, PatternMethod } from "./sandbox.ts";

/** A method of a prototype, as a value. */
type Method = (this: never, ...args: never[]) => unknown;

// The functions of this file run inside the sandbox, under the rules of `sandbox.ts`.

/**
 * Array methods that cost one step an item, and a `sort` without comparator. Of those that take a callback, `reduce` and
 * `map` stop after `maxItems` items, as on AWS; whether the others do is not known.
 */
export function makeArrayMethods(
  names: readonly string[],
  callbacks: readonly string[],
  maxItems: number,
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
          throw new Fault("sort does not accept a comparator");
        }
        meter.charge(this.length);
        const { length } = this;
        // The method may be called on any value: only a number may pass to the host.
        const isLong = typeof length === "number" && length > maxItems && callbacks.includes(name);
        if (isLong) {
          host.many(name, length, `${new Place().stack}`);
        }
        const stops = isLong && (name === "reduce" || name === "map");
        const result = apply(method, stops ? apply(slice, this, [0, maxItems]) : this, args);
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

/** String methods. The host runs those that take a pattern, which is Java's. */
export function makeStringMethods(
  names: readonly string[],
  patterned: readonly PatternMethod[],
  meter: Meter,
  host: Host,
  accept: Accept,
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

/** The objects behind the globals, with all their members. */
export function makeGlobalObjects(
  host: Host,
  accept: Accept,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const { parse, stringify } = JSON;
  const log =
    (level: string) =>
    (...args: unknown[]) =>
      accept(host.log(level, "", args));
  return {
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
}

/** The globals, by name: each object with its documented members only. */
export function pickMembers(
  names: Readonly<Record<string, readonly string[] | null>>,
  objects: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Readonly<Record<string, unknown>> {
  const { entries, freeze } = Object;
  const globals: Record<string, unknown> = { NaN, Infinity };
  for (const [name, members] of entries(names)) {
    if (members === null) {
      continue;
    }
    const picked: Record<string, unknown> = {};
    for (const member of members) {
      picked[member] = objects[name]?.[member];
    }
    globals[name] = freeze(picked);
  }
  return globals;
}

/** An error's stack as the host reads it: one place a line. Node uses the `prepareStackTrace` of the realm's `Error`, or else the process's. */
export function placesOf(_: unknown, sites: readonly NodeJS.CallSite[]): string {
  let places = "";
  for (const site of sites) {
    places += `${site.getFileName()}:${site.getLineNumber()}:${site.getColumnNumber()}\n`;
  }
  return places;
}

/**
 * Removes the members of the built-in objects. `Array`, its prototype's constructor and its iterator stay: V8 guards
 * them once for all realms, and a change to them makes the arrays of the whole process ten times slower. The key guard
 * keeps code from the constructor.
 */
export function removeMembers(): void {
  const { ownKeys, deleteProperty } = Reflect;
  const Kept = Set;
  const kept: [object, PropertyKey[]][] = [
    [Array.prototype, ["length", "constructor", "toString", "join", Symbol.iterator, Symbol.unscopables]],
    [String.prototype, ["length", "toString", Symbol.iterator]],
    [Object.prototype, ["toString"]],
    [Number.prototype, ["toString"]],
    [Boolean.prototype, ["toString"]],
    [Function.prototype, []],
  ];
  for (const constructor of [Object, String, Number, Boolean, Function]) {
    kept.push([constructor, ["prototype"]]);
  }
  for (const [from, keys] of kept) {
    const keep = new Kept(keys);
    for (const key of ownKeys(from)) {
      if (!keep.has(key)) {
        deleteProperty(from, key);
      }
    }
  }
}

/** Adds the methods that the language has, and removes every global. */
export function trim(
  arrayMethods: Readonly<Record<string, Method>>,
  stringMethods: Readonly<Record<string, Method>>,
  prepareStackTrace: (error: unknown, sites: readonly NodeJS.CallSite[]) => unknown,
): void {
  const { ownKeys, deleteProperty, defineProperty } = Reflect;
  for (const [prototype, methods] of [
    [Array.prototype, arrayMethods],
    [String.prototype, stringMethods],
  ] as const) {
    for (const name of ownKeys(methods)) {
      const value = methods[name as string];
      defineProperty(prototype, name, { value, writable: false, enumerable: false, configurable: false });
    }
  }
  const globals = globalThis;
  for (const key of ownKeys(globals)) {
    deleteProperty(globals, key);
  }
  defineProperty(globals, "Error", { value: { prepareStackTrace } });
}
