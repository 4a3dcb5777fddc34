import { createHash } from "node:crypto";
import { AwsError } from "../../base/service.ts";
import { type Algorithm, algorithmNamed, algorithms, createDigest, wellFormed } from "./checksums.ts";
import { invalidRequest } from "./errors.ts";
import type { S3Request } from "./request.ts";

/** The checksums of the body in the request. */
export interface Integrity {
  /** Hex. */
  readonly md5: string | undefined;
  readonly algorithm: Algorithm | undefined;
  /** Base64. Undefined with an algorithm if the checksum is in the trailer. */
  readonly checksum: string | undefined;
}

/** Throws `InvalidDigest` and `InvalidRequest` for malformed or contradictory headers. */
export function readIntegrity(request: S3Request): Integrity {
  const given = algorithms.filter((algorithm) => request.header(`x-amz-checksum-${algorithm}`) !== undefined);
  const trailer = readTrailer(request);
  const [algorithm = trailer, another] = given;
  if (another !== undefined || (given.length > 0 && trailer !== undefined)) {
    throw invalidRequest(
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  }
  const checksum = algorithm && request.header(`x-amz-checksum-${algorithm}`);
  if (algorithm && checksum !== undefined && !wellFormed(algorithm, checksum)) {
    throw invalidRequest(`Value for x-amz-checksum-${algorithm} header is invalid.`);
  }
  agree(request, algorithm);
  return { md5: readMd5(request), algorithm, checksum };
}

/** Checks a small body in memory. DeleteObjects requires Content-MD5 or a checksum. */
export function verifyDocument(request: S3Request, body: Buffer): void {
  const { md5, algorithm, checksum } = readIntegrity(request);
  if (md5 === undefined && checksum === undefined) {
    throw invalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
  }
  if (md5 !== undefined) {
    checkMd5(request, md5, createHash("md5").update(body).digest("hex"));
  }
  if (algorithm === undefined) {
    return;
  }
  const digest = createDigest(algorithm);
  digest.update(body);
  if (digest.digest("base64") !== checksum) {
    throw badChecksum(algorithm);
  }
}

/**
 * Compares hex MD5s. Throws `BadDigest` with both: what was calculated in base64, what was sent in hex by PutObject and
 * in base64 by every other operation. Recorded from AWS by LocalStack's tests, and in versity/versitygw#1525 and #2034.
 */
export function checkMd5(request: S3Request, expected: string, calculated: string): void {
  if (expected === calculated) {
    return;
  }
  const base64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");
  throw mismatch("Content-MD5 you specified did not match what we received.", {
    ExpectedDigest: request.operation === "PutObject" ? expected : base64(expected),
    CalculatedDigest: base64(calculated),
  });
}

/** S3's answer has no digest in this case. */
export const badChecksum = (algorithm: Algorithm): AwsError =>
  mismatch(`${algorithm.toUpperCase()} you specified did not match the calculated checksum.`);

export const mismatch = (what: string, details: Readonly<Record<string, string>> = {}): AwsError =>
  new AwsError("BadDigest", `The ${what}`, 400, details);

function readTrailer(request: S3Request): Algorithm | undefined {
  const trailer = request.header("x-amz-trailer");
  if (trailer === undefined) {
    return undefined;
  }
  const algorithm = algorithmNamed(trailer.trim().replace(/^x-amz-checksum-/i, ""));
  if (!algorithm) {
    throw invalidRequest("The value specified in the x-amz-trailer header is not supported");
  }
  return algorithm;
}

function readMd5(request: S3Request): string | undefined {
  const header = request.header("content-md5");
  if (header === undefined) {
    return undefined;
  }
  const bytes = Buffer.from(header, "base64");
  if (bytes.length !== 16 || bytes.toString("base64") !== header) {
    throw new AwsError("InvalidDigest", "The Content-MD5 you specified was invalid.", 400, {
      "Content-MD5": header,
    });
  }
  return bytes.toString("hex");
}

function agree(request: S3Request, algorithm: Algorithm | undefined): void {
  const announced = request.header("x-amz-sdk-checksum-algorithm");
  if (announced === undefined) {
    return;
  }
  if (algorithm === undefined) {
    throw invalidRequest(
      "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
    );
  }
  if (algorithmNamed(announced) !== algorithm) {
    throw invalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.");
  }
}
