import type { Clock } from "../../base/service.ts";
import type { Effects, RaisedError } from "../model/handlers.ts";

/**
 * Where the library writes its effects while a handler runs. The runtime installs one for each run. A unit test that
 * calls a handler directly uses the default one, and may install its own with `evaluate`.
 */
export interface Evaluation {
  readonly identity: unknown;
  readonly clock: Clock;
  readonly appended: RaisedError[];
  readonly logs: string[];
  /** Loops over more items than AWS goes through. */
  readonly warnings: { readonly name: string; readonly length: number; readonly stack: string }[];
  readonly effects: Writable<Effects>;
}

export function newEvaluation(identity: unknown = null, clock: Clock = Date.now): Evaluation {
  return {
    identity,
    clock,
    appended: [],
    logs: [],
    warnings: [],
    effects: { responseHeaders: {}, invalidations: [], evictions: [] },
  };
}

/** Runs `handler` with `evaluation` as the current one, and then restores the former one. */
export function evaluate<Result>(evaluation: Evaluation, handler: () => Result): Result {
  const former = current;
  current = evaluation;
  try {
    return handler();
  } finally {
    current = former;
  }
}

export function currentEvaluation(): Evaluation {
  return current;
}

type Writable<Type> = Type extends readonly (infer Item)[]
  ? Item[]
  : Type extends object
    ? { -readonly [Key in keyof Type]: Writable<Type[Key]> }
    : Type;

let current = newEvaluation();
