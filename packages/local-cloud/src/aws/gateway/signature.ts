import { timingSafeEqual } from "node:crypto";
import type { Credentials, Iam } from "../iam/index.ts";
import type { Call, Clock } from "../../base/service.ts";
import { canonicalRequest, sha256, signature, type SignedMessage, splitTarget } from "./canonical.ts";
import { type Claim, readClaim } from "./claim.ts";
import { refuse } from "./refusal.ts";

/** What the front door learns from a valid signature. */
export type Verified = Pick<
  Call,
  "principal" | "service" | "region" | "presigned" | "signedAt" | "payloadHash"
>;

export interface Verifier {
  /**
   * Returns the signer of the message after it has verified the signature. Throws an `AwsError` in the words of the
   * service that the message was signed for. `body` is called only if the signature depends on the body.
   */
  verify(message: SignedMessage, body: () => Promise<Buffer>): Promise<Verified>;
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

/** Every `x-amz-` header must be signed, because it changes what the request does. */
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
  // Only S3 accepts a payload hash other than that of the body.
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

/** Compares hashes, so that the time depends on neither the content nor the length. */
function same(given: string, expected: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(given)), Buffer.from(sha256(expected)));
}
