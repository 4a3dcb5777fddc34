import type { PATTERN_METHODS } from "./globals.ts";
import type { Library, LibraryFunction } from "./library.ts";

/** What the host does for code in the sandbox. */
export interface Host {
  call(method: LibraryFunction, args: readonly unknown[]): Answer;
  pattern(method: PatternMethod, value: string, args: readonly unknown[]): Answer;
  log(level: string, place: string, args: readonly unknown[]): Answer;
  /** Warns the author that a loop by this name leaves items out, or may do so on AWS; `stack` has the place. */
  many(name: string, length: number, stack: string): void;
}

/** A library call gave a value, ended the evaluation, or rejected its arguments. */
export type Answer = { readonly value: unknown } | { readonly ends: true } | { readonly fault: string };

export type PatternMethod = (typeof PATTERN_METHODS)[number];

export interface Meter {
  /** Throws past the limit. */
  charge(cost: number): void;
  reset(): void;
}

/** Gives the value of an answer of the host, or throws. */
export type Accept = (answer: Answer) => unknown;

/**
 * The functions of this file run inside the sandbox, each made again from its own source text. They may use only their
 * parameters and the sandbox's intrinsics, which they take before those are trimmed. No object of the host gets past
 * them: arguments are read here, and answers are copied here.
 */
export function makeMeter(limit: number, message: string): Meter {
  const Fault = RangeError;
  let left = limit;
  return {
    charge(cost) {
      left -= cost;
      if (left < 0) {
        throw new Fault(message);
      }
    },
    reset() {
      left = limit;
    },
  };
}

/** `end` is thrown where the library ended the evaluation. */
export function makeAccept(copy: (value: unknown) => unknown, end: object): Accept {
  const Fault = Error;
  return (answer) => {
    if ("ends" in answer) {
      // Not an error: the language has nothing that catches it.
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

/** The library as the code sees it: the same tree, made of the sandbox's own functions. */
export function makeLibrary(library: Library, host: Host, accept: Accept): Readonly<Record<string, unknown>> {
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
