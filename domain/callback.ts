import { type AssetError, type AssetState, isUlid, type Label, type LabelStatus } from "./asset.ts";
import type { AssetEvent } from "./event.ts";
import type { DeliveryStatus } from "./schema.ts";

/**
 * Callbacks follow Standard Webhooks. All attempts of a message have the same id; each has its own time and signature.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */

/** The types of callbacks. */
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
    /** The event's number in its owner's log, the same as in `listAssetEvents` and subscriptions. */
    seq: number;
  };
}

export type { DeliveryStatus } from "./schema.ts";

export interface DeliveryAttempt {
  /** Start time, ISO 8601. */
  at: string;
  /** Absent while the attempt runs. Stays absent if the function crashed. */
  succeeded?: boolean;
  /**
   * The same code for every failure, because details would reveal the sender's network. `CallbackLimitExceeded`: no call
   * was made, and the next attempt is on another day.
   */
  errorCode?: "DeliveryFailed" | "CallbackLimitExceeded";
}

/** One message to one receiver: a row of the callbacks table. */
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
  /** Attempts since the delivery was created or replayed. */
  tries: number;
  /** True if the owner replayed it. */
  replayed?: boolean;
  /** Earliest time of the next attempt (epoch milliseconds). While an attempt runs, the end of its lease. */
  nextAttemptAt: number;
  createdAt: string;
  /** Key of the index of due rows, present while PENDING; see due.ts. */
  dueShard?: string;
  dueAt?: number;
  /** When DynamoDB may remove the row (epoch seconds); absent if it is kept forever. */
  expiresAt?: number;
}

/** A receiver for which a delivery failed: a row of the callbacks table. */
export interface Receiver {
  url: string;
  /** True if it answered 410 Gone. Nothing is sent to it. */
  gone: boolean;
  /** The last delivery that failed for good. Absent once the receiver has accepted a later one. */
  failure?: { at: string; assetId: string; messageId: string };
}

/**
 * The callback for an event. Undefined for events without a callback: only the end of labelling and a rejected upload
 * have one. The event of an edit repeats the asset's state and has none.
 */
export function callbackOf(event: AssetEvent): Callback | undefined {
  const { type, edited, ownerId, assetId, at, seq, asset } = event;
  if (edited) {
    return undefined;
  }
  const skipped = asset.labelStatus === "SKIPPED" && (type === "RECEIVED" || type === "LABEL_FAILED");
  const callbackType = skipped ? "asset.label_skipped" : types[type];
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

/** Prefix of the keys of receivers. */
export const receiverPrefix = "receiver#";

/** Key of a delivery's row. The deliveries of one asset are adjacent and in order. */
export const deliveryId = (assetId: string, seq: number): string =>
  `${deliveriesOf(assetId)}${`${1_000_000_000_000_000 + seq}`.slice(1)}`;

/** Prefix of the keys of an asset's deliveries. */
export const deliveriesOf = (assetId: string): string => `delivery#${assetId}#`;

/**
 * The id that the receiver gets, the same for every attempt. It has no text of the user's choice. Adding 0 is needed
 * to join a number of a DynamoDB row to text (aws/aws-appsync-community#308).
 */
export const messageId = (assetId: string, seq: number): string => `msg_${assetId}_${seq + 0}`;

/** The key of the row for a message id. Undefined if the text is not a message id. */
export function deliveryOf(message: string): string | undefined {
  const parts = message.split("_");
  const seq = Number(parts[2]);
  const assetId = parts[1];
  if (!assetId || !isUlid(assetId) || !(seq > 0 && seq < 1e15) || message !== messageId(assetId, seq)) {
    return undefined;
  }
  return deliveryId(assetId, seq);
}
