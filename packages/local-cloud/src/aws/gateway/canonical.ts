import { createHash, createHmac, createSecretKey, type KeyObject } from "node:crypto";

/** A request as its sender signed it, over HTTP or a WebSocket. */
export interface SignedMessage {
  readonly method: string;
  /** Path and query exactly as sent, still encoded. */
  readonly target: string;
  /** By lower-case name, every value in order. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
}

/** What the signature covers: `Credential`, `SignedHeaders` and the time. */
export interface Scope {
  /** `20261121` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/**
 * The canonical request of Signature Version 4.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function canonicalRequest(
  message: SignedMessage,
  service: string,
  signedHeaders: readonly string[],
  payloadHash: string,
): string {
  const [path, query] = splitTarget(message.target);
  return [
    message.method,
    // S3 signs the path as it is. Every other service encodes it again.
    service === "s3" ? encodePath(decodeURIComponent(path)) : encodePath(path),
    canonicalQuery(query),
    ...signedHeaders.map((name) => `${name}:${canonicalHeader(message.headers[name] ?? [])}`),
    "",
    signedHeaders.join(";"),
    payloadHash,
  ].join("\n");
}

export function signature(secret: string, scope: Scope, timestamp: string, request: string): string {
  const stringToSign = [
    "AWS4-HMAC-SHA256",
    timestamp,
    `${scope.date}/${scope.region}/${scope.service}/aws4_request`,
    sha256(request),
  ].join("\n");
  return hmac(signingKey(secret, scope), stringToSign).toString("hex");
}

/** A signing key is valid for one role, service and day. It is derived once. */
const signingKeys = new Map<string, KeyObject>();

const maxKeys = 1000;

function signingKey(secret: string, { date, region, service }: Scope): KeyObject {
  const name = [secret, date, region, service].join("\n");
  const known = signingKeys.get(name);
  if (known) {
    return known;
  }
  const key = [date, region, service, "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  const made = createSecretKey(key as Buffer);
  if (signingKeys.size >= maxKeys) {
    signingKeys.clear();
  }
  signingKeys.set(name, made);
  return made;
}

export function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Path and raw query, separated by the first question mark. */
export function splitTarget(target: string): [path: string, query: string] {
  const mark = target.indexOf("?");
  return mark < 0 ? [target, ""] : [target.slice(0, mark), target.slice(mark + 1)];
}

function hmac(key: string | Buffer | KeyObject, data: string): Buffer {
  return createHmac("sha256", key).update(data).digest();
}

/** Sorted by encoded name, then by value. The signature itself is not included. */
function canonicalQuery(query: string): string {
  return [...new URLSearchParams(query)]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function canonicalHeader(values: readonly string[]): string {
  return values.map((value) => value.trim().replaceAll(/\s+/g, " ")).join(",");
}

function encodePath(path: string): string {
  return path.split("/").map(encode).join("/");
}

/** RFC 3986: all except letters, digits and `-._~`. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
