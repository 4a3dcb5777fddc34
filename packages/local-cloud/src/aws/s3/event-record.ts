import { createHash } from "node:crypto";
import type { Principal } from "../../base/service.ts";
import { ownerId } from "./access.ts";
import { type Change, type Origin, sourceIpOf } from "./change.ts";
import { formEncode } from "./url-encoding.ts";

/**
 * One event as queues, topics and functions get it.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function recordOf(origin: Origin, change: Change, configurationId: string, sequencer: string) {
  const { call, bucketOf: bucket } = origin;
  const { object } = change;
  return {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    awsRegion: bucket.region,
    eventTime: new Date(change.at).toISOString(),
    eventName: change.event,
    userIdentity: { principalId: principalId(call.principal) },
    requestParameters: { sourceIPAddress: sourceIpOf(origin) },
    responseElements: { "x-amz-request-id": origin.requestId, "x-amz-id-2": origin.hostId },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId,
      bucket: {
        name: bucket.name,
        ownerIdentity: { principalId: `A${ownerId(call.principal).slice(0, 13).toUpperCase()}` },
        arn: bucket.arn,
      },
      object: {
        key: formEncode(change.key),
        ...(object && { size: object.size, eTag: object.etag }),
        ...(bucket.versioning !== "Disabled" && { versionId: change.version }),
        sequencer,
      },
    },
  };
}

/** `AWS:AROA...:session` for a session of a role. The role's id is a digest of its ARN. */
function principalId(principal: Principal): string {
  if (principal.kind === "service") {
    return principal.service;
  }
  const digest = createHash("sha256").update(principal.roleArn).digest("hex").slice(0, 17).toUpperCase();
  return `AWS:AROA${digest}:${principal.sessionArn.split("/").at(-1) ?? ""}`;
}
