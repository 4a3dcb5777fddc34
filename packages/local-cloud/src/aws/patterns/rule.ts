import type { Scalar } from "./fields.ts";

/** The reason why AWS refuses a pattern, in the words of aws/event-ruler, which AWS's services use. */
export class PatternError extends Error {
  override readonly name = "PatternError";
}

/** One alternative of a pattern for a path. */
export interface Rule {
  /** Matches an event without the path. */
  readonly absent?: true;
  readonly holds: (value: Scalar) => boolean;
}

export type Test = Rule["holds"];
