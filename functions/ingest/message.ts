import type { S3EventRecord } from "aws-lambda";
import type { AssetKey } from "../shared/assets.ts";
import type { ObjectEvent } from "./ingest.ts";

/** Asks whether one row agrees with its object. */
export interface CheckRequest {
  readonly check: AssetKey;
}

/** Asks for the next page of objects, to be compared with their rows. */
export interface AuditRequest {
  readonly audit: "objects";
}

/** What the queue brings: S3's notifications, and what the sweep and the schedule ask for. */
export type Message =
  | { readonly kind: "events"; readonly events: readonly ObjectEvent[] }
  | { readonly kind: "check"; readonly key: AssetKey }
  | { readonly kind: "audit" };

/** Throws if the text is none of these: the message ends among the dead letters. */
export function parseMessage(text: string): Message {
  const body = JSON.parse(text) as Partial<CheckRequest & AuditRequest & Notification>;
  if (body.check?.ownerId && body.check.id) {
    return { kind: "check", key: { ownerId: body.check.ownerId, id: body.check.id } };
  }
  if (body.audit === "objects") {
    return { kind: "audit" };
  }
  // S3's test event, sent when the notification is set up, has no records.
  if (body.Records || body.Event === "s3:TestEvent") {
    return { kind: "events", events: (body.Records ?? []).map(objectEvent) };
  }
  throw new Error("A message that is neither S3's nor a request");
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
