import { compilePattern, type Matches } from "./pattern.ts";

export type Filter = (record: Readonly<Record<string, unknown>>) => boolean;

/**
 * Compiles `filterCriteria`: a record passes if any pattern matches; without patterns all pass.
 * Throws a plain Error that says which pattern is wrong.
 */
export function compileFilter(patterns: readonly string[], source: "sqs" | "dynamodb"): Filter {
  if (patterns.length > 10) {
    throw new Error("filterCriteria takes at most 10 filters");
  }
  const filters = patterns.map((text) => {
    const pattern = parse(text);
    return source === "sqs" ? compileMessagePattern(pattern) : compilePattern(pattern);
  });
  return (record) => filters.length === 0 || filters.some((matches) => matches(record));
}

/** A pattern for `body` that is an object reads the body as JSON; a list takes it as the text that it is. */
function compileMessagePattern(pattern: Readonly<Record<string, unknown>>): Matches {
  const matches = compilePattern(pattern);
  if (Array.isArray(pattern["body"]) || pattern["body"] === undefined) {
    return matches;
  }
  return (record) => {
    const message = record as Readonly<Record<string, unknown>>;
    const body = jsonObject(message["body"]);
    return body !== undefined && matches({ ...message, body });
  };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  const pattern = jsonObject(text);
  if (pattern === undefined) {
    throw new Error(`${text} is no JSON object`);
  }
  return pattern;
}

function jsonObject(text: unknown): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(String(text));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
