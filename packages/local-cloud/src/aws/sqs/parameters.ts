import type { JsonObject } from "../gateway/json.ts";
import { AwsError } from "../../base/service.ts";

export const textIn = (input: JsonObject, name: string) => input[name] as string | undefined;

export const textsIn = (input: JsonObject, name: string) => (input[name] ?? []) as readonly string[];

/** An integer, or `otherwise` if it is missing. `rule` is SQS's reason to refuse a value out of range. */
export function integerIn(
  input: JsonObject,
  name: string,
  [min, max, rule]: readonly [number, number, string],
  otherwise?: number,
): number {
  const value = (input[name] as number | undefined) ?? otherwise;
  if (value === undefined) {
    throw missing(name);
  }
  if (value >= min && value <= max) {
    return value;
  }
  throw invalid(name, value, rule);
}

export function missing(name: string): AwsError {
  return new AwsError("MissingParameter", `The request must contain the parameter ${name}.`);
}

export function invalid(name: string, value: string | number, reason: string): AwsError {
  return invalidValue(`Value ${value} for parameter ${name} is invalid. Reason: ${reason}`);
}

export function invalidValue(message: string): AwsError {
  return new AwsError("InvalidParameterValue", message);
}

/** One page of a list. As on SQS, only a request with MaxResults gets a token. */
export function pageOf<Item>(
  items: readonly Item[],
  input: JsonObject,
): { readonly items: readonly Item[]; readonly NextToken?: string } {
  const start = startIn(textIn(input, "NextToken"));
  const rule = "MaxResults must be an integer between 1 and 1000.";
  const end = start + integerIn(input, "MaxResults", [1, 1000, rule], 1000);
  const more = input["MaxResults"] !== undefined && end < items.length;
  return { items: items.slice(start, end), ...(more && { NextToken: tokenOf(end) }) };
}

const tokenOf = (start: number) => Buffer.from(`from ${start}`).toString("base64");

function startIn(token: string | undefined): number {
  if (token === undefined) {
    return 0;
  }
  const start = Number(/^from (\d+)$/.exec(Buffer.from(token, "base64").toString())?.[1]);
  if (tokenOf(start) !== token) {
    throw invalid("NextToken", token, "The token is invalid.");
  }
  return start;
}
