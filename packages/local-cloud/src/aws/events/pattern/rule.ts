import type { Scalar } from "./fields.ts";

/** Why AWS refuses a pattern. The words are those of aws/event-ruler, which EventBridge repeats. */
export class PatternError extends Error {
  readonly code = "InvalidEventPatternException";
  override readonly name = "InvalidEventPatternException";

  constructor(reason: string) {
    super(`Event pattern is not valid. Reason: ${reason}`);
  }
}

/** One of the alternatives that a pattern lists for a path. */
export interface Rule {
  /** Holds where the path is not in the event. */
  readonly absent?: true;
  readonly holds: (value: Scalar) => boolean;
}

export type Test = Rule["holds"];

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
