import type { Delivery } from "./callback.ts";
import type { ThumbnailSize } from "./schema.ts";

/**
 * The messages between resolvers, functions and schedules. Senders check their messages with `satisfies`; receivers
 * parse them. A parser returns undefined for anything else.
 */

/** Key of a row of an owner. */
export interface RowKey {
  readonly ownerId: string;
  readonly id: string;
}

/** Labels one asset. From relay and sweep to `label`. */
export interface LabelJob extends RowKey {
  /** The asset's `labelRun` at the time of the request. */
  readonly run: number;
}

/** Makes the renditions of one asset. From relay and sweep to `thumbnail`. */
export type ThumbnailJob = RowKey;

/** Updates the label index for one asset. From relay and sweep to `indexer`. */
export interface IndexJob extends RowKey {
  /** The write or the sweep that asks for it, so that its repetition is dropped. */
  readonly cause: string;
}

/** Removes everything that belongs to an asset whose purge was requested. From relay and `ingest` to `purge`. */
export type PurgeJob = RowKey;

/** Erases a user whose grace period is over. From sweep and `erase` to `erase`. */
export type EraseJob = RowKey;

/** Makes one attempt at a delivery. From relay, sweep, `webhooks` and `deliver` to `deliver`. */
export interface DeliveryJob extends RowKey {
  /** Starts a new series of attempts if the delivery is FAILED. Set on jobs in the dead-letter queue, for a redrive. */
  readonly replay?: boolean;
}

/** Compares one row with its object. From sweep to `ingest`. */
export interface CheckRequest {
  readonly check: RowKey;
}

/** Compares the next page of objects with their rows. From a schedule to `ingest`. */
export interface AuditRequest {
  readonly audit: "objects";
}

/** Signs the upload of one asset. From a resolver to `presign`. */
export interface UploadRequest extends RowKey {
  readonly sign: "upload";
  readonly contentType: string;
  readonly contentLength: number;
  readonly sha256?: string | null;
}

/** Signs the download of one asset, or of a rendition of it. From resolvers to `presign`, in batches. */
export interface DownloadRequest extends RowKey {
  readonly sign: "download";
  readonly size?: ThumbnailSize;
  readonly ttlSeconds: number;
}

/** A request of an owner about callbacks. From resolvers to `webhooks`. AppSync has verified the owner. */
export type WebhookRequest =
  | { readonly do: "register"; readonly ownerId: string; readonly url: string }
  | { readonly do: "showSecret"; readonly ownerId: string; readonly assetId: string }
  | { readonly do: "rotateSecret"; readonly ownerId: string }
  | { readonly do: "replay"; readonly ownerId: string; readonly id: string };

/** The answers of `webhooks`, by request. */
export interface WebhookAnswers {
  readonly register: Registration;
  readonly showSecret: Shown;
  readonly rotateSecret: Rotation;
  readonly replay: Delivery;
}

/** An error of the caller, with a code of the API. */
export interface Refusal {
  readonly refused: "InvalidCallbackUrl" | "NotFound" | "Conflict";
  readonly message: string;
}

export interface Registration {
  /** The normalized URL. */
  readonly url: string;
  /** True if the owner's secret has not been shown yet. */
  readonly unseen: boolean;
}

export interface Shown {
  /** Null if it was already shown. */
  readonly secret: string | null;
}

export interface Rotation {
  readonly secret: string;
  /** ISO 8601. Null if there was no previous secret. */
  readonly previousValidUntil: string | null;
}

type Fields = Readonly<Record<string, unknown>>;

export function parseLabelJob(message: unknown): LabelJob | undefined {
  const key = rowKeyOf(message);
  const { run } = fieldsOf(message);
  return key && isNumber(run) ? { ...key, run } : undefined;
}

export const parseThumbnailJob = (message: unknown): ThumbnailJob | undefined => rowKeyOf(message);

export function parseIndexJob(message: unknown): IndexJob | undefined {
  const key = rowKeyOf(message);
  const { cause } = fieldsOf(message);
  return key && isText(cause) ? { ...key, cause } : undefined;
}

export const parsePurgeJob = (message: unknown): PurgeJob | undefined => rowKeyOf(message);

export const parseEraseJob = (message: unknown): EraseJob | undefined => rowKeyOf(message);

export function parseDeliveryJob(message: unknown): DeliveryJob | undefined {
  const key = rowKeyOf(message);
  return key && (fieldsOf(message)["replay"] === true ? { ...key, replay: true } : key);
}

export function parseCheckRequest(message: unknown): CheckRequest | undefined {
  const check = rowKeyOf(fieldsOf(message)["check"]);
  return check && { check };
}

export const parseAuditRequest = (message: unknown): AuditRequest | undefined =>
  fieldsOf(message)["audit"] === "objects" ? { audit: "objects" } : undefined;

export function parseUploadRequest(message: unknown): UploadRequest | undefined {
  const key = rowKeyOf(message);
  const { sign, contentType, contentLength, sha256 } = fieldsOf(message);
  const checksum = isText(sha256) ? { sha256 } : {};
  return key && sign === "upload" && isText(contentType) && isNumber(contentLength)
    ? { sign, ...key, contentType, contentLength, ...checksum }
    : undefined;
}

export function parseDownloadRequest(message: unknown): DownloadRequest | undefined {
  const key = rowKeyOf(message);
  const { sign, ttlSeconds, size } = fieldsOf(message);
  // Any other size is refused: the answer must not be the object itself.
  if (!key || sign !== "download" || !isNumber(ttlSeconds) || !isSize(size)) {
    return undefined;
  }
  return { sign, ...key, ...(size && { size }), ttlSeconds };
}

export function parseWebhookRequest(message: unknown): WebhookRequest | undefined {
  const fields = fieldsOf(message);
  const { ownerId, url, assetId, id } = fields;
  if (!isText(ownerId)) {
    return undefined;
  }
  switch (fields["do"]) {
    case "register":
      return isText(url) ? { do: "register", ownerId, url } : undefined;
    case "showSecret":
      return isText(assetId) ? { do: "showSecret", ownerId, assetId } : undefined;
    case "rotateSecret":
      return { do: "rotateSecret", ownerId };
    case "replay":
      // Any text is a valid request. An id with a wrong form gives NotFound.
      return typeof id === "string" ? { do: "replay", ownerId, id } : undefined;
    default:
      return undefined;
  }
}

function rowKeyOf(message: unknown): RowKey | undefined {
  const { ownerId, id } = fieldsOf(message);
  return isText(ownerId) && isText(id) ? { ownerId, id } : undefined;
}

const fieldsOf = (message: unknown): Fields =>
  typeof message === "object" && message !== null ? (message as Fields) : {};

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

const isSize = (value: unknown): value is ThumbnailSize | undefined =>
  value === undefined || value === "SMALL" || value === "LARGE";

const isNumber = (value: unknown): value is number => typeof value === "number";
