import { AwsError } from "../../base/service.ts";

/** Why the front door refuses a request. */
export type Reason = keyof typeof wording;

/**
 * The same refusal in the words of each protocol: S3's own, and those of the JSON services for all others.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html
 */
export function refuse(
  service: string,
  reason: Reason,
  details: Readonly<Record<string, unknown>> = {},
): AwsError {
  const { s3, json } = wording[reason];
  const [code, status, message] = service === "s3" ? s3 : json;
  return new AwsError(code, fill(message, details), status, details);
}

type Words = readonly [code: string, status: number, message: string];

const mismatch =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

const s3Mismatch =
  "The request signature we calculated does not match the signature you provided. Check your key and signing method.";

const wording = {
  unsigned: {
    s3: ["AccessDenied", 403, "Access Denied"],
    json: ["MissingAuthenticationTokenException", 403, "Missing Authentication Token"],
  },
  malformed: {
    s3: ["AuthorizationHeaderMalformed", 400, "The authorization is malformed; {reason}."],
    json: ["IncompleteSignatureException", 400, "The authorization is malformed; {reason}."],
  },
  /** For a presigned URL. S3's words are recorded from AWS. */
  malformedQuery: {
    s3: ["AuthorizationQueryParametersError", 400, "{reason}"],
    json: ["IncompleteSignatureException", 400, "{reason}"],
  },
  wrongRegion: {
    s3: [
      "AuthorizationHeaderMalformed",
      400,
      "The authorization is malformed; the region '{given}' is wrong; expecting '{region}'",
    ],
    json: [
      "InvalidSignatureException",
      403,
      "Credential should be scoped to a valid region, not '{given}'; expecting '{region}'.",
    ],
  },
  unknownKey: {
    s3: ["InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records."],
    json: ["UnrecognizedClientException", 403, "The security token included in the request is invalid."],
  },
  wrongToken: {
    s3: ["InvalidToken", 400, "The provided token is malformed or otherwise invalid."],
    json: ["UnrecognizedClientException", 403, "The security token included in the request is invalid."],
  },
  expired: {
    s3: ["AccessDenied", 403, "Request has expired"],
    json: ["InvalidSignatureException", 403, "Signature expired: {Expires} is now earlier than {ServerTime}"],
  },
  notYetValid: {
    s3: ["AccessDenied", 403, "Request is not valid yet"],
    json: ["InvalidSignatureException", 403, "Signature not yet current"],
  },
  skewed: {
    s3: [
      "RequestTimeTooSkewed",
      403,
      "The difference between the request time and the current time is too large.",
    ],
    json: [
      "InvalidSignatureException",
      403,
      "Signature expired or not yet current: {RequestTime} is more than 15 minutes from {ServerTime}",
    ],
  },
  headersMissing: {
    // S3 treats a missing signed header as an empty one, so the signature differs.
    s3: ["SignatureDoesNotMatch", 403, s3Mismatch],
    json: [
      "InvalidSignatureException",
      403,
      "Signed headers are missing from the request, or host is not signed: {missing}",
    ],
  },
  headersNotSigned: {
    s3: ["AccessDenied", 403, "There were headers present in the request which were not signed"],
    json: [
      "InvalidSignatureException",
      403,
      "There were headers present in the request which were not signed: {HeadersNotSigned}",
    ],
  },
  hashMissing: {
    s3: ["InvalidRequest", 400, "Missing required header for this request: x-amz-content-sha256"],
    json: ["InvalidSignatureException", 403, mismatch],
  },
  hashUnknown: {
    s3: [
      "NotImplemented",
      501,
      "The payload scheme {ArgumentValue} is not supported; sign the payload, or use UNSIGNED-PAYLOAD or STREAMING-UNSIGNED-PAYLOAD-TRAILER.",
    ],
    json: ["InvalidSignatureException", 403, mismatch],
  },
  mismatch: {
    s3: ["SignatureDoesNotMatch", 403, s3Mismatch],
    json: ["InvalidSignatureException", 403, mismatch],
  },
  otherBody: {
    s3: [
      "XAmzContentSHA256Mismatch",
      400,
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    ],
    json: ["InvalidSignatureException", 403, mismatch],
  },
} as const satisfies Record<string, { s3: Words; json: Words }>;

function fill(message: string, details: Readonly<Record<string, unknown>>): string {
  return message.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(details[name]));
}
