import { compilePattern, type Matches } from "../../patterns/compile.ts";
import { eventSourceMapping } from "../../patterns/dialects.ts";

export type Filter = (record: Readonly<Record<string, unknown>>) => boolean;

/**
 * Compiles `filterCriteria`. A record passes if any pattern matches, or if there are no patterns. Throws a plain `Error`
 * that says what is wrong. https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function compileFilter(patterns: readonly string[], source: "sqs" | "dynamodb"): Filter {
  if (patterns.length > 10) {
    throw new Error("filterCriteria takes at most 10 filters");
  }
  const filters = patterns.map((text) => {
    const pattern = parse(text);
    return source === "sqs" ? compileMessagePattern(pattern) : compilePattern(pattern, eventSourceMapping);
  });
  return (record) => filters.length === 0 || filters.some((matches) => matches(record));
}

/** An object for `body` filters the body as JSON. A list for `body` filters it as text. */
function compileMessagePattern(pattern: Readonly<Record<string, unknown>>): Matches {
  const matches = compilePattern(pattern, eventSourceMapping);
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
    throw new Error(`${text} is not a JSON object`);
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
