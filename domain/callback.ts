import { type AssetError, type AssetState, isUlid, type Label, type LabelStatus } from "./asset.ts";
import type { AssetEvent } from "./event.ts";
import type { DeliveryStatus } from "./schema.ts";

/**
 * Callbacks follow Standard Webhooks: a message has one id for all its attempts, a time and a signature for each.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */

/** The events that receivers get. */
export type CallbackType = "asset.labelled" | "asset.label_failed" | "asset.label_skipped" | "asset.rejected";

/** The body of a callback, under 20 KB. */
export interface Callback {
  type: CallbackType;
  /** When it happened, ISO 8601. */
  timestamp: string;
  data: {
    assetId: string;
    ownerId: string;
    state: AssetState;
    labelStatus: LabelStatus;
    labels?: Label[];
    error?: AssetError;
    /** The event's number in its owner's log: what `listAssetEvents` and subscriptions call it. */
    seq: number;
  };
}

export type { DeliveryStatus } from "./schema.ts";

export interface DeliveryAttempt {
  /** When it began, ISO 8601. */
  at: string;
  /** Absent while it runs, and for ever if its function died. */
  succeeded?: boolean;
  /** One code for every failure: details would reveal the sender's network. */
  errorCode?: "DeliveryFailed";
}

/** A row of the callbacks table: one message to one receiver. */
export interface Delivery {
  ownerId: string;
  /** `deliveryId` */
  id: string;
  assetId: string;
  seq: number;
  type: CallbackType;
  url: string;
  /** The exact text that is signed and sent. */
  body: string;
  status: DeliveryStatus;
  attempts: DeliveryAttempt[];
  /** Attempts since the last request. A replay starts at 0. */
  tries: number;
  /** Its owner has replayed it. */
  replayed?: boolean;
  /** Before this (epoch milliseconds) no attempt is made: the schedule's wait, or another attempt's lease. */
  nextAttemptAt: number;
  createdAt: string;
  /** Key of the index of what is due, while it is PENDING; see domain/due.ts. */
  dueShard?: string;
  dueAt?: number;
}

/** A row of the callbacks table: a receiver that was given up once. */
export interface Receiver {
  url: string;
  /** Whether it answered 410 Gone: nothing is sent to it. */
  gone: boolean;
  /** The last delivery that was given up, until the receiver takes one. */
  failure?: { at: string; assetId: string; messageId: string };
}

/**
 * The callback that an event leads to, or undefined: receivers are called when labelling has ended, and for rejected
 * uploads. An edit repeats the asset's state, and calls nobody.
 */
export function callbackOf(event: AssetEvent): Callback | undefined {
  const { type, edited, ownerId, assetId, at, seq, asset } = event;
  if (edited) {
    return undefined;
  }
  const callbackType =
    type === "RECEIVED" && asset.labelStatus === "SKIPPED" ? "asset.label_skipped" : types[type];
  if (!callbackType) {
    return undefined;
  }
  return {
    type: callbackType,
    timestamp: at,
    data: {
      assetId,
      ownerId,
      state: asset.state,
      labelStatus: asset.labelStatus,
      ...(asset.labels && callbackType === "asset.labelled" ? { labels: asset.labels } : {}),
      ...(asset.labelError ? { error: asset.labelError } : {}),
      seq,
    },
  };
}

const types: Partial<Record<AssetEvent["type"], CallbackType>> = {
  LABELLED: "asset.labelled",
  LABEL_FAILED: "asset.label_failed",
  REJECTED: "asset.rejected",
};

/** What the keys of receivers begin with. */
export const receiverPrefix = "receiver#";

/** Key of a delivery's row: an asset's deliveries lie together, in order. */
export const deliveryId = (assetId: string, seq: number): string =>
  `${deliveriesOf(assetId)}${`${1_000_000_000_000_000 + seq}`.slice(1)}`;

/** What the keys of an asset's deliveries begin with. */
export const deliveriesOf = (assetId: string): string => `delivery#${assetId}#`;

/**
 * The id that the receiver sees, the same on every attempt: nothing in it is the user's choice. Adding 0 makes a
 * number of a DynamoDB row safe to join to text (aws/aws-appsync-community#308).
 */
export const messageId = (assetId: string, seq: number): string => `msg_${assetId}_${seq + 0}`;

/** The row's key of a message id, or undefined if it cannot be one. */
export function deliveryOf(message: string): string | undefined {
  const parts = message.split("_");
  const seq = Number(parts[2]);
  const assetId = parts[1];
  if (!assetId || !isUlid(assetId) || !(seq > 0 && seq < 1e15) || message !== messageId(assetId, seq)) {
    return undefined;
  }
  return deliveryId(assetId, seq);
}
