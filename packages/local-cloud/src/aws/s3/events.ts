import { createHash } from "node:crypto";
import type { Principal } from "../../base/service.ts";
import { accountOf } from "./access.ts";
import type { Bucket } from "./buckets.ts";
import type { RequestIds } from "./errors.ts";
import { type EventName, matches, type Notification } from "./notifications.ts";
import type { Announce, Message } from "./store.ts";
import { formEncode } from "./url-encoding.ts";

export interface Change {
  readonly event: EventName;
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Of the new object. */
  readonly object?: { readonly size: number; readonly etag: string };
  /** Of the new object or delete marker, or the one that was removed. */
  readonly version: string;
}

/** Where a change comes from: a request, or a service of this cloud that acts in its caller's name. */
export interface Origin extends RequestIds {
  readonly bucketOf: Bucket;
  readonly call: {
    readonly principal: Principal;
    readonly region: string;
    readonly request: { readonly socket: { readonly remoteAddress?: string | undefined } };
  };
}

/**
 * One message for each target that the bucket's notifications name for the change.
 * Source: docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function announce(request: Origin, change: Change): Announce {
  const bucket = request.bucketOf;
  return (sequencer) =>
    bucket.notifications
      .filter((notification) => matches(notification, change.event, change.key))
      .map((notification) => ({
        bucketArn: bucket.arn,
        targetArn: notification.targetArn,
        key: change.key,
        body: JSON.stringify({ Records: [record(request, change, notification, sequencer)] }),
      }));
}

/** What S3 sends to a new target. */
export function testMessage(
  bucket: Bucket,
  notification: Notification,
  at: number,
  ids: RequestIds,
): Message {
  const body = {
    Service: "Amazon S3",
    Event: "s3:TestEvent",
    Time: new Date(at).toISOString(),
    Bucket: bucket.name,
    RequestId: ids.requestId,
    HostId: ids.hostId,
  };
  return { bucketArn: bucket.arn, targetArn: notification.targetArn, key: "", body: JSON.stringify(body) };
}

/** An owner's canonical id: as opaque, and as stable, as AWS's. */
export function ownerId(principal: Principal): string {
  return createHash("sha256")
    .update(`owner ${accountOf(principal) ?? ""}`)
    .digest("hex");
}

function record(request: Origin, change: Change, notification: Notification, sequencer: string) {
  const { call, bucketOf: bucket } = request;
  const { object } = change;
  return {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    awsRegion: bucket.region ?? call.region,
    eventTime: new Date(change.at).toISOString(),
    eventName: change.event,
    userIdentity: { principalId: principalId(call.principal) },
    requestParameters: {
      sourceIPAddress: (call.request.socket.remoteAddress ?? "127.0.0.1").replace(/^::ffff:/, ""),
    },
    responseElements: { "x-amz-request-id": request.requestId, "x-amz-id-2": request.hostId },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId: notification.id,
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

/** `AWS:AROA...:session`, as a role's session has it; the id of the role is a digest of its ARN. */
function principalId(principal: Principal): string {
  if (principal.kind === "service") {
    return principal.service;
  }
  const digest = createHash("sha256").update(principal.roleArn).digest("hex").slice(0, 17).toUpperCase();
  return `AWS:AROA${digest}:${principal.sessionArn.split("/").at(-1) ?? ""}`;
}
