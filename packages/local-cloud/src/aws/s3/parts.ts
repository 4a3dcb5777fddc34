import { AwsError } from "../../base/service.ts";
import type { Checksum } from "./checksums.ts";
import { invalidArgument, invalidRequest, notImplemented } from "./errors.ts";
import type { S3Request } from "./request.ts";
import type { ObjectPart, StoredObject } from "./objects.ts";

/** The bytes that a read by `partNumber` returns. */
export interface Slice {
  readonly start: number;
  readonly size: number;
  readonly checksum: Checksum | undefined;
  /** Undefined for an object that was not uploaded in parts. */
  readonly count: number | undefined;
}

/** The number in the query. Throws `InvalidArgument`. */
export function readPartNumber(request: S3Request): number {
  const text = request.query("partNumber") ?? "";
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= 10_000) {
    return number;
  }
  throw invalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", text);
}

/**
 * The part that the request names, if it names one. An object that was not uploaded in parts is its own first part.
 * Throws `InvalidArgument`, `InvalidRequest` and `InvalidPartNumber`.
 */
export function readSlice(request: S3Request, object: StoredObject): Slice | undefined {
  if (request.query("partNumber") === undefined) {
    return undefined;
  }
  const number = readPartNumber(request);
  if (request.header("range") !== undefined) {
    throw invalidRequest("Cannot specify both Range header and partNumber query parameter");
  }
  const { checksum, size } = object;
  const parts = object.parts ?? [{ number: 1, size }];
  const index = parts.findIndex((part) => part.number === number);
  const part = parts[index];
  // From a data folder in which parts were not stored yet.
  if (!object.parts && object.etag.includes("-")) {
    throw notImplemented("Reading one part of an object whose parts were not recorded");
  }
  if (!part) {
    throw new AwsError("InvalidPartNumber", "The requested partnumber is not satisfiable", 416, {
      PartNumberRequested: number,
      ActualPartCount: parts.length,
    });
  }
  const start = parts.slice(0, index).reduce((sum, earlier) => sum + earlier.size, 0);
  return { start, size: part.size, checksum: checksumOf(part, parts, checksum), count: object.parts?.length };
}

/** A FULL_OBJECT checksum is returned only if the object has one part. */
function checksumOf(
  part: ObjectPart,
  parts: readonly ObjectPart[],
  { algorithm, type, value }: Checksum,
): Checksum | undefined {
  if (type === "COMPOSITE") {
    return part.checksum === undefined ? undefined : { algorithm, type, value: part.checksum };
  }
  return parts.length === 1 ? { algorithm, type, value } : undefined;
}
