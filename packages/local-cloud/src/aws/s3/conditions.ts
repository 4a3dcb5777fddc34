import { AwsError } from "../../base/service.ts";
import { preconditionFailed } from "./errors.ts";
import type { S3Request } from "./request.ts";
import type { StoredObject } from "./objects.ts";

/**
 * Evaluates the conditions of a read in the order of RFC 9110, section 13.2.2. Returns false if the client has the
 * object already. Throws `PreconditionFailed`. `prefix` is the prefix of CopyObject's headers.
 */
export function isWanted(request: S3Request, object: StoredObject, prefix = ""): boolean {
  const header = (name: string) => request.header(`${prefix}${name.toLowerCase()}`);
  const match = header("If-Match");
  const noneMatch = header("If-None-Match");
  if (match !== undefined) {
    if (!etagMatches(match, object.etag)) {
      throw preconditionFailed(`${prefix}If-Match`);
    }
  } else if (changedSince(object, header("If-Unmodified-Since")) === true) {
    throw preconditionFailed(`${prefix}If-Unmodified-Since`);
  }
  if (noneMatch !== undefined) {
    return !etagMatches(noneMatch, object.etag);
  }
  return changedSince(object, header("If-Modified-Since")) !== false;
}

/** Whether the header matches the ETag: it is `*` or a list of ETags. */
export function etagMatches(header: string, etag: string): boolean {
  return header.split(",").some((item) => {
    const candidate = item
      .trim()
      .replace(/^W\//, "")
      .replace(/^"(.*)"$/, "$1");
    return candidate === "*" || candidate === etag;
  });
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * The requested range, both ends included. Undefined for the whole object: without a header, and for several ranges or
 * an invalid header, which S3 ignores. Throws `InvalidRange`.
 */
export function readRange(request: S3Request, object: StoredObject): Range | undefined {
  const header = request.header("range");
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
  if (header === undefined || (first === "" && last === "") || !rangeHolds(request, object)) {
    return undefined;
  }
  if (first !== "" && last !== "" && Number(last) < Number(first)) {
    return undefined;
  }
  const start = first === "" ? Math.max(0, object.size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? object.size - 1 : Math.min(Number(last), object.size - 1);
  if (start > end) {
    throw new AwsError("InvalidRange", "The requested range is not satisfiable", 416, {
      RangeRequested: header,
      ActualObjectSize: object.size,
    });
  }
  return { start, end };
}

function rangeHolds(request: S3Request, object: StoredObject): boolean {
  const header = request.header("if-range");
  if (header === undefined) {
    return true;
  }
  return header.startsWith('"') ? etagMatches(header, object.etag) : changedSince(object, header) === false;
}

/** Undefined for a missing header and for an invalid date. HTTP dates have no milliseconds. */
function changedSince(object: StoredObject, header: string | undefined): boolean | undefined {
  const since = header === undefined ? Number.NaN : Date.parse(header);
  return Number.isNaN(since) ? undefined : Math.floor(object.modified / 1000) * 1000 > since;
}
