import { timingSafeEqual } from "node:crypto";
import type { Credentials, Iam } from "../iam/index.ts";
import type { Clock, Principal } from "../../base/service.ts";
import {
  canonicalRequest,
  type Scope,
  sha256,
  signature,
  type SignedMessage,
  splitTarget,
} from "./canonical.ts";
import { refuse } from "./refusal.ts";

export interface Verified {
  readonly principal: Principal;
  readonly service: string;
  readonly region: string;
  readonly presigned: boolean;
  readonly signedAt: Date;
  readonly payloadHash: string;
}

export interface Verifier {
  /**
   * Finds who signed the message and checks that nothing in it changed since. Throws an `AwsError` in the words
   * of the service it was signed for. `body` is read only where the signature cannot be known without it.
   */
  verify(message: SignedMessage, body: () => Promise<Buffer>): Promise<Verified>;
}

/** The signature's parts, from the Authorization header or from the query. */
interface Claim {
  readonly presigned: boolean;
  readonly accessKeyId: string;
  readonly scope: Scope;
  /** `20261121T101112Z` */
  readonly timestamp: string;
  readonly signedAt: Date;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly token: string | undefined;
  /** Seconds that a presigned URL lives. */
  readonly expires: number;
}

const skew = 15 * 60 * 1000;

export function createVerifier(options: {
  readonly iam: Pick<Iam, "identify">;
  readonly region: string;
  readonly clock: Clock;
}): Verifier {
  const { iam, region, clock } = options;
  return {
    async verify(message, body) {
      const claim = readClaim(message);
      const { service } = claim.scope;
      if (claim.scope.region !== region) {
        throw refuse(service, "wrongRegion", { given: claim.scope.region, region });
      }
      const owner = iam.identify(claim.accessKeyId);
      if (owner === undefined) {
        throw refuse(service, "unknownKey", { AWSAccessKeyId: claim.accessKeyId });
      }
      if (claim.token === undefined || !same(claim.token, owner.credentials.sessionToken)) {
        throw refuse(service, "wrongToken");
      }
      checkTime(claim, clock());
      checkHeaders(message, claim);
      const payloadHash = await hashOfPayload(message, claim, body);
      checkSignature(message, claim, owner.credentials, payloadHash);
      const { presigned, signedAt } = claim;
      return { principal: owner.principal, service, region, presigned, signedAt, payloadHash };
    },
  };
}

/** Whether the message bears a signature at all, right or wrong. Bearer tokens are none. */
export function isSigned(message: SignedMessage): boolean {
  return signedInHeader(message) || signedInQuery(message);
}

function signedInHeader(message: SignedMessage): boolean {
  return message.headers["authorization"]?.[0]?.startsWith("AWS4-") === true;
}

function signedInQuery(message: SignedMessage): boolean {
  return /[?&]X-Amz-(?:Algorithm|Signature)=/.test(message.target);
}

function readClaim(message: SignedMessage): Claim {
  const query = new URLSearchParams(splitTarget(message.target)[1]);
  const presigned = !signedInHeader(message);
  const parts = presigned ? query : headerParts(message.headers["authorization"]?.[0] ?? "");
  const part = (name: string) => parts.get(presigned ? `X-Amz-${name}` : name) ?? "";
  const [accessKeyId = "", date = "", region = "", service = "", end, ...more] =
    part("Credential").split("/");
  const malformed = (reason: string) => refuse(service, "malformed", { reason });
  if (!presigned && signedInQuery(message)) {
    throw malformed("only one of header and query may be signed");
  }
  if (presigned) {
    checkQuery(query, service);
  }
  if (part("Algorithm") !== "AWS4-HMAC-SHA256") {
    throw malformed("only AWS4-HMAC-SHA256 is supported");
  }
  if (end !== "aws4_request" || more.length > 0) {
    throw malformed("the credential scope is not complete");
  }
  const timestamp = presigned ? part("Date") : (message.headers["x-amz-date"]?.[0] ?? "");
  const signedAt = readTimestamp(timestamp);
  if (signedAt === undefined || !timestamp.startsWith(date)) {
    throw malformed("X-Amz-Date is missing or not the scope's");
  }
  return {
    presigned,
    accessKeyId,
    scope: { date, region, service },
    timestamp,
    signedAt,
    signedHeaders: part("SignedHeaders").split(";"),
    signature: part("Signature"),
    token: presigned
      ? (query.get("X-Amz-Security-Token") ?? undefined)
      : message.headers["x-amz-security-token"]?.[0],
    expires: Number(part("Expires")),
  };
}

/** What S3 says of a query that is no signature. */
function checkQuery(query: URLSearchParams, service: string): void {
  const malformed = (reason: string) => refuse(service || "s3", "malformedQuery", { reason });
  const parameter = (name: string) => query.get(`X-Amz-${name}`) ?? "";
  const names = ["Algorithm", "Credential", "Signature", "Date", "SignedHeaders", "Expires"];
  if (names.some((name) => parameter(name) === "")) {
    throw malformed(
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    );
  }
  if (!/^[^/]+\/\d{8}\/[^/]+\/[^/]+\/aws4_request$/.test(parameter("Credential"))) {
    throw malformed(
      'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  if (readTimestamp(parameter("Date")) === undefined) {
    throw malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  }
  const expires = Number(parameter("Expires"));
  if (!Number.isInteger(expires)) {
    throw malformed("X-Amz-Expires should be a number");
  }
  if (expires < 0) {
    throw malformed("X-Amz-Expires must be non-negative");
  }
  if (expires > 604_800) {
    throw malformed(
      "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
    );
  }
}

/** `AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...` */
function headerParts(header: string): Map<string, string> {
  const [algorithm = "", ...rest] = header.split(/[\s,]+/);
  return new Map([
    ["Algorithm", algorithm],
    ...rest.map((part): [string, string] => {
      const at = part.indexOf("=");
      return [part.slice(0, at), part.slice(at + 1)];
    }),
  ]);
}

function readTimestamp(text: string): Date | undefined {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const [year, month, day, hour, minute, second] = parts;
  if (second === undefined) {
    return undefined;
  }
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function checkTime(claim: Claim, now: number): void {
  const { service } = claim.scope;
  const signedAt = claim.signedAt.getTime();
  if (claim.presigned) {
    const expiry = signedAt + claim.expires * 1000;
    const times = {
      "X-Amz-Expires": claim.expires,
      Expires: new Date(expiry).toISOString(),
      ServerTime: new Date(now).toISOString(),
    };
    if (now > expiry) {
      throw refuse(service, "expired", times);
    }
    if (signedAt > now + skew) {
      throw refuse(service, "notYetValid");
    }
  } else if (Math.abs(now - signedAt) > skew) {
    throw refuse(service, "skewed", {
      RequestTime: claim.timestamp,
      ServerTime: new Date(now).toISOString(),
      MaxAllowedSkewMilliseconds: skew,
    });
  }
}

/** What a header means to a service must be what its signer meant: an `x-amz-` header may not ride along. */
function checkHeaders(message: SignedMessage, claim: Claim): void {
  const { service } = claim.scope;
  const missing = claim.signedHeaders.filter((name) => message.headers[name] === undefined);
  if (missing.length > 0 || !claim.signedHeaders.includes("host")) {
    throw refuse(service, "headersMissing", { missing });
  }
  const unsigned = Object.keys(message.headers).filter(
    (name) => name.startsWith("x-amz-") && !claim.signedHeaders.includes(name),
  );
  if (unsigned.length > 0) {
    throw refuse(service, "headersNotSigned", { HeadersNotSigned: unsigned.join(", ") });
  }
}

async function hashOfPayload(
  message: SignedMessage,
  claim: Claim,
  body: () => Promise<Buffer>,
): Promise<string> {
  const { service } = claim.scope;
  const header = message.headers["x-amz-content-sha256"]?.[0];
  // Only S3 lets the sender say what the hash is; elsewhere it is always the body's.
  if (service !== "s3") {
    return header !== undefined && /^[0-9a-f]{64}$/.test(header) ? header : sha256(await body());
  }
  const query = new URLSearchParams(splitTarget(message.target)[1]);
  const scheme = claim.presigned
    ? (query.get("X-Amz-Content-Sha256") ?? header ?? "UNSIGNED-PAYLOAD")
    : header;
  if (scheme === undefined) {
    throw refuse(service, "hashMissing");
  }
  const known = /^(?:[0-9a-f]{64}|UNSIGNED-PAYLOAD|STREAMING-UNSIGNED-PAYLOAD-TRAILER)$/;
  if (!known.test(scheme)) {
    throw refuse(service, "hashUnknown", { ArgumentValue: scheme });
  }
  return scheme;
}

function checkSignature(
  message: SignedMessage,
  claim: Claim,
  credentials: Credentials,
  payloadHash: string,
): void {
  const { service } = claim.scope;
  const request = canonicalRequest(message, service, claim.signedHeaders, payloadHash);
  const expected = signature(credentials.secretAccessKey, claim.scope, claim.timestamp, request);
  if (!same(claim.signature, expected)) {
    throw refuse(service, "mismatch", { CanonicalRequest: request });
  }
}

/** Compares hashes, so that neither content nor length can be timed. */
function same(given: string, expected: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(given)), Buffer.from(sha256(expected)));
}
