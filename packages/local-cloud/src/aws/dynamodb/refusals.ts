import { AwsError } from "../../base/service.ts";
import type { Item } from "./client.ts";

/** Refuses what AWS refuses before it reads an item. The engine accepts it, or refuses it after the read. */
export function refuseMalformed(operation: string, input: Item): void {
  if (operation === "BatchWriteItem") {
    for (const requests of Object.values((input["RequestItems"] ?? {}) as Item)) {
      requireOneKind(requests, "Supplied WriteRequest must have exactly one of PutRequest or DeleteRequest");
    }
  }
  const parts = input["TransactItems"];
  requireOneKind(parts, "TransactItems can only contain one of Check, Put, Update or Delete");
  if (Array.isArray(parts)) {
    for (const part of parts as Item[]) {
      refuseUnused(Object.values(part)[0] as Item | undefined);
    }
  } else {
    refuseUnused(input);
  }
}

function requireOneKind(parts: unknown, message: string): void {
  if (!Array.isArray(parts)) {
    return;
  }
  if (parts.some((part) => Object.keys((part ?? {}) as Item).length !== 1)) {
    throw new AwsError("ValidationException", message);
  }
}

/** Refuses names and values that no expression uses. */
function refuseUnused(request: Item | undefined): void {
  for (const declared of ["ExpressionAttributeNames", "ExpressionAttributeValues"] as const) {
    const placeholders = Object.keys(request?.[declared] ?? {});
    if (request === undefined || placeholders.length === 0) {
      continue;
    }
    const texts = Object.entries(request).filter(([name]) => name.endsWith("Expression"));
    const used = new Set(texts.flatMap(([, text]) => String(text).match(/[#:]\w+/g) ?? []));
    const unused = placeholders.filter((placeholder) => !used.has(placeholder));
    if (unused.length === 0) {
      continue;
    }
    throw new AwsError(
      "ValidationException",
      texts.length === 0
        ? `${declared} can only be specified when using expressions`
        : `Value provided in ${declared} unused in expressions: keys: {${unused.join(", ")}}`,
    );
  }
}
