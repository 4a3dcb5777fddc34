import type { S3EventRecord } from "aws-lambda";
import { parseAuditRequest, parseCheckRequest, type RowKey } from "../../domain/messages.ts";
import { UnknownMessage } from "../shared/message.ts";
import type { ObjectEvent } from "./ingest.ts";

/** A message of the queue: a notification of S3, or a request of the sweep or of the schedule. */
export type Message =
  | { readonly kind: "events"; readonly events: readonly ObjectEvent[] }
  | { readonly kind: "check"; readonly key: RowKey }
  | { readonly kind: "audit" };

/** Throws for any other text, whose message then goes to the dead-letter queue. */
export function parseMessage(text: string): Message {
  const body = JSON.parse(text) as Partial<Notification>;
  const request = parseCheckRequest(body);
  if (request) {
    return { kind: "check", key: request.check };
  }
  if (parseAuditRequest(body)) {
    return { kind: "audit" };
  }
  // S3's test event, sent when the notification is set up, has no records.
  if (body.Records || body.Event === "s3:TestEvent") {
    return { kind: "events", events: (body.Records ?? []).map(objectEvent) };
  }
  throw new UnknownMessage("The message is neither a notification of S3 nor a request");
}

interface Notification {
  readonly Records: readonly S3EventRecord[];
  readonly Event: string;
}

const objectEvent = ({ eventName, s3: { object } }: S3EventRecord): ObjectEvent => ({
  kind: eventName.startsWith("ObjectRemoved:") ? "removed" : "created",
  key: decodeURIComponent(object.key.replaceAll("+", " ")),
  sequencer: object.sequencer,
  ...(object.versionId && eventName === "ObjectRemoved:Delete" && { ofVersion: true as const }),
});
