import type { Scalar } from "./fields.ts";

/** The reason why AWS refuses a pattern. The texts are those of aws/event-ruler, which EventBridge uses. */
export class PatternError extends Error {
  readonly code = "InvalidEventPatternException";
  override readonly name = "InvalidEventPatternException";

  constructor(reason: string) {
    super(`Event pattern is not valid. Reason: ${reason}`);
  }
}

/** One alternative of a pattern for a path. */
export interface Rule {
  /** Matches an event without the path. */
  readonly absent?: true;
  readonly holds: (value: Scalar) => boolean;
}

export type Test = Rule["holds"];

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
