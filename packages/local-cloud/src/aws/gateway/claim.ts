import { type Scope, type SignedMessage, splitTarget } from "./canonical.ts";
import { refuse } from "./refusal.ts";

/** The signature's parts, from the Authorization header or from the query. */
export interface Claim {
  readonly presigned: boolean;
  readonly accessKeyId: string;
  readonly scope: Scope;
  /** `20261121T101112Z` */
  readonly timestamp: string;
  readonly signedAt: Date;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly token: string | undefined;
  /** For how many seconds a presigned URL is valid. */
  readonly expires: number;
}

/** Whether the message has a signature, valid or not. A bearer token is not a signature. */
export function isSigned(message: SignedMessage): boolean {
  return signedInHeader(message) || signedInQuery(message);
}

function signedInHeader(message: SignedMessage): boolean {
  return message.headers["authorization"]?.[0]?.startsWith("AWS4-") === true;
}

function signedInQuery(message: SignedMessage): boolean {
  return /[?&]X-Amz-(?:Algorithm|Signature)=/.test(message.target);
}

/** Reads the signature. Throws an `AwsError` if it is malformed. */
export function readClaim(message: SignedMessage): Claim {
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

/** Refuses a malformed signature in the query, in S3's words. */
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
