import type { Bucket } from "./buckets.ts";
import type { Change, Origin } from "./change.ts";
import type { RequestIds } from "./errors.ts";
import { eventBridgeMessage } from "./event-bridge.ts";
import { recordOf } from "./event-record.ts";
import { matches, type Notification } from "./notifications.ts";
import type { Message } from "./outbox.ts";
import type { MakeMessages } from "./store.ts";

/** Makes one message for each target of the bucket's notification configuration that the change matches. */
export function messagesOf(origin: Origin, change: Change): MakeMessages {
  const bucket = origin.bucketOf;
  return (sequencer) => {
    const messages = bucket.notifications
      .filter((notification) => matches(notification, change.event, change.key))
      .map(({ id, targetArn }) => ({
        bucketArn: bucket.arn,
        targetArn,
        key: change.key,
        body: JSON.stringify({ Records: [recordOf(origin, change, id, sequencer)] }),
      }));
    return bucket.eventBridge ? [...messages, eventBridgeMessage(origin, change, sequencer)] : messages;
  };
}

/** The message that S3 sends to a new target. */
export function testMessage(
  bucket: Bucket,
  { targetArn }: Notification,
  at: number,
  { requestId, hostId }: RequestIds,
): Message {
  const body = {
    Service: "Amazon S3",
    Event: "s3:TestEvent",
    Time: new Date(at).toISOString(),
    Bucket: bucket.name,
    RequestId: requestId,
    HostId: hostId,
  };
  return { bucketArn: bucket.arn, targetArn, key: "", body: JSON.stringify(body) };
}
