import { UtilityFault } from "./signals.ts";

/** A DynamoDB attribute value in AppSync's form: numbers stay numbers, and `NULL` has the value null. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: number }
  | { readonly B: string }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly number[] }
  | { readonly BS: readonly string[] }
  | { readonly BOOL: boolean }
  | { readonly NULL: null }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: AttributeMap };

export type AttributeMap = Readonly<Record<string, AttributeValue>>;

/** `util.dynamodb`. Its outputs are AWS's, quirks included; https://github.com/localstack/appsync-utils records them. */
export const dynamodb = {
  toDynamoDB,
  toString: (value: string | null | undefined) => orNull(value, (S) => ({ S })),
  toStringSet: (list: readonly string[] | null | undefined) => orNull(list, (SS) => ({ SS })),
  toNumber: (value: number | null | undefined) => orNull(value, (N) => ({ N })),
  toNumberSet: (numbers: readonly number[] | null | undefined) => orNull(numbers, (NS) => ({ NS })),
  toBinary: (value: string | null | undefined) => orNull(value, (B) => ({ B })),
  toBinarySet: (values: readonly string[] | null | undefined) => orNull(values, (BS) => ({ BS })),
  toBoolean: (value: boolean | null | undefined) => orNull(value, (BOOL) => ({ BOOL })),
  toNull: () => ({ NULL: null }),
  toList: (value: unknown) => (Array.isArray(value) ? toList(value) : null),
  toMap: (value: unknown) => (isMap(value) ? { M: toMapValues(value) } : null),
  toMapValues: (value: unknown) => (isMap(value) ? toMapValues(value) : null),
  toS3Object: (key: string, bucket: string, region: string, version?: string) => ({
    S: JSON.stringify({ s3: { key, bucket, region, ...(version === undefined ? {} : { version }) } }),
  }),
  fromS3ObjectJson,
};

export function toDynamoDB(value: unknown): AttributeValue {
  if (value === null || value === undefined) {
    return { NULL: null };
  }
  if (typeof value === "string") {
    return { S: value };
  }
  if (typeof value === "number") {
    return { N: value };
  }
  if (typeof value === "boolean") {
    return { BOOL: value };
  }
  if (Array.isArray(value)) {
    return toList(value);
  }
  if (isMap(value)) {
    return { M: toMapValues(value) };
  }
  throw new UtilityFault(`DynamoDB has no type for a ${typeof value}`);
}

/** Leaves out undefined attributes, as JSON does. */
export function toMapValues(map: Readonly<Record<string, unknown>>): AttributeMap {
  const present = Object.entries(map).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present.map(([name, value]) => [name, toDynamoDB(value)]));
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function toList(values: readonly unknown[]): { readonly L: readonly AttributeValue[] } {
  return { L: values.map(toDynamoDB) };
}

function orNull<Value, Result>(
  value: Value | null | undefined,
  make: (value: Value) => Result,
): Result | null {
  return value === null || value === undefined ? null : make(value);
}

function fromS3ObjectJson(text: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new UtilityFault("fromS3ObjectJson needs the JSON text of an S3 object");
  }
  return isMap(parsed) ? (parsed["s3"] ?? null) : null;
}
