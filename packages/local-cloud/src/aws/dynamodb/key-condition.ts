import { AwsError } from "../../base/service.ts";
import type { Item } from "./client.ts";

/**
 * The partition that a Query reads: the value of the equality on the partition key in `KeyConditionExpression`. Policies
 * and page boundaries depend on it, so a condition without a readable equality is refused.
 */
export function partitionOf(input: Item, hashKey: string): unknown {
  const expression = input["KeyConditionExpression"];
  const names = (input["ExpressionAttributeNames"] ?? {}) as Item;
  const values = (input["ExpressionAttributeValues"] ?? {}) as Item;
  if (typeof expression !== "string") {
    throw new AwsError(
      "ValidationException",
      "Only KeyConditionExpression is supported, not the legacy KeyConditions",
    );
  }
  for (const [, name = "", value = ""] of expression.matchAll(/(#?[\w.-]+)\s*=\s*(:\w+)/g)) {
    if ((name.startsWith("#") ? names[name] : name) === hashKey) {
      return values[value];
    }
  }
  throw new AwsError("ValidationException", `Query condition missed key schema element: ${hashKey}`);
}

/** Refuses a starting key of another partition, as DynamoDB does. The engine accepts any key. */
export function checkStartKey(input: Item, hashKey: string): void {
  const start = input["ExclusiveStartKey"] as Item | undefined;
  if (start === undefined) {
    return;
  }
  if (sameValue(partitionOf(input, hashKey), start[hashKey])) {
    return;
  }
  throw new AwsError(
    "ValidationException",
    "The provided starting key is outside query boundaries based on provided conditions",
  );
}

/** `{"N": "1"}` and `{"N": "1.0"}` are the same key. */
function sameValue(a: unknown, b: unknown): boolean {
  const normal = (value: unknown) =>
    JSON.stringify(value, (key, inner: unknown) => (key === "N" ? Number(inner) : inner));
  return normal(a) === normal(b);
}
