import { ACCOUNT_ID } from "../../base/graph.ts";
import { createEvent } from "../events/event.ts";
import { type Change, type Origin, sourceIpOf } from "./change.ts";
import type { EventName } from "./notifications.ts";
import type { Message } from "./outbox.ts";

/**
 * The event for EventBridge. A bucket sends all its events to the default event bus of its region.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export function eventBridgeMessage(origin: Origin, change: Change, sequencer: string): Message {
  const { bucketOf: bucket } = origin;
  const { region } = bucket;
  const { detailType, reason, deletionType } = kinds[change.event];
  const detail = {
    version: "0",
    bucket: { name: bucket.name },
    object: objectOf(origin, change, sequencer),
    "request-id": origin.requestId,
    requester: ACCOUNT_ID,
    "source-ip-address": sourceIpOf(origin),
    reason,
    ...(deletionType !== undefined && { "deletion-type": deletionType }),
  };
  const given = { source: "aws.s3", detailType, detail, resources: [bucket.arn], time: change.at };
  return {
    bucketArn: bucket.arn,
    targetArn: `arn:aws:events:${region}:${ACCOUNT_ID}:event-bus/default`,
    key: change.key,
    body: JSON.stringify(createEvent(given, ACCOUNT_ID, region)),
  };
}

/** The key is not URL-encoded here, unlike in a record for queues, topics and functions. */
function objectOf({ bucketOf }: Origin, { event, key, object, version }: Change, sequencer: string) {
  return {
    key,
    ...(object && { size: object.size, etag: object.etag }),
    ...(event === "ObjectRemoved:DeleteMarkerCreated" && { etag: emptyEtag }),
    ...(bucketOf.versioning !== "Disabled" && { "version-id": version }),
    sequencer,
  };
}

/** The MD5 of no bytes: the ETag that AWS gives a delete marker. */
const emptyEtag = "d41d8cd98f00b204e9800998ecf8427e";

interface Kind {
  readonly detailType: "Object Created" | "Object Deleted";
  readonly reason: string;
  readonly deletionType?: string;
}

const created = (reason: string): Kind => ({ detailType: "Object Created", reason });
const deleted = (deletionType: string): Kind => ({
  detailType: "Object Deleted",
  reason: "DeleteObject",
  deletionType,
});

const kinds: Readonly<Record<EventName, Kind>> = {
  "ObjectCreated:Put": created("PutObject"),
  "ObjectCreated:Copy": created("CopyObject"),
  "ObjectCreated:CompleteMultipartUpload": created("CompleteMultipartUpload"),
  "ObjectRemoved:Delete": deleted("Permanently Deleted"),
  "ObjectRemoved:DeleteMarkerCreated": deleted("Delete Marker Created"),
};
