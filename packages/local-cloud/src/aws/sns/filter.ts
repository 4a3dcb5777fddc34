import { compilePattern } from "../patterns/compile.ts";
import { filterPolicy } from "../patterns/dialects.ts";
import type { Attributes, FilterPolicy } from "./model.ts";

/**
 * https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 *
 * @throws a plain `Error` that says what is wrong.
 */
export function compileFilterPolicy(text: string | undefined, scope: string): FilterPolicy {
  if (text === undefined || text === "") {
    return () => true;
  }
  const policy = JSON.parse(text) as unknown;
  if (typeof policy !== "object" || policy === null || Array.isArray(policy)) {
    throw new Error("must be a JSON object");
  }
  if (Object.keys(policy).length === 0) {
    return () => true;
  }
  requireLimits(policy, scope);
  const matches = compilePattern(policy, filterPolicy);
  if (scope === "MessageBody") {
    return (message) => {
      const body = objectIn(message);
      return body !== undefined && matches(body);
    };
  }
  return (_, attributes) => matches(valuesOf(attributes));
}

/** At most five keys and 150 combinations. A policy for attributes cannot be nested. */
function requireLimits(policy: object, scope: string): void {
  const lists = listsIn(policy);
  if (scope === "MessageAttributes" && Object.values(policy).some((rule) => !Array.isArray(rule))) {
    throw new Error("Filter policy scope MessageAttributes does not support nested filter policy");
  }
  if (lists.length > 5) {
    throw new Error("Filter policy can not have more than 5 keys");
  }
  if (lists.reduce((product, { length }) => product * length, 1) > 150) {
    throw new Error("Filter policy is too complex");
  }
}

function listsIn(policy: object): readonly (readonly unknown[])[] {
  return Object.entries(policy).flatMap(([key, rule]: [string, unknown]) => {
    if (key === "$or" && Array.isArray(rule)) {
      return rule.flatMap((each) => listsIn(each as object));
    }
    if (Array.isArray(rule)) {
      return [rule];
    }
    return typeof rule === "object" && rule !== null ? listsIn(rule) : [];
  });
}

/** The values that a policy matches. Binary values never match. */
function valuesOf(attributes: Attributes): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, { DataType, StringValue = "" }]) => {
      if (DataType.startsWith("Binary")) {
        return [];
      }
      if (DataType === "String.Array") {
        return [[name, JSON.parse(StringValue)]];
      }
      return [[name, DataType.startsWith("Number") ? Number(StringValue) : StringValue]];
    }),
  );
}

/** The message as JSON, or undefined if it is not a JSON object. */
function objectIn(message: string): object | undefined {
  try {
    const body: unknown = JSON.parse(message);
    return typeof body === "object" && body !== null && !Array.isArray(body) ? body : undefined;
  } catch {
    return undefined;
  }
}
