import type { JsonObject } from "../gateway/json.ts";
import { AwsError } from "../service.ts";

/** A value of another type than the API's: the fault of the sender, in every operation. */
export function wrongType(value: unknown, wanted: string): AwsError {
  const kind = Array.isArray(value) ? "LIST" : value === null ? "NULL" : typeof value;
  return new AwsError(
    "SerializationException",
    `${kind.toUpperCase()}_VALUE can not be converted to ${wanted}`,
  );
}

/** Throws `SerializationException` unless it is a map or a structure. */
export function objectOf(value: unknown): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw wrongType(value, "an Object");
  return value as JsonObject;
}
