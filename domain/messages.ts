import type { Delivery } from "./callback.ts";

/**
 * The messages between resolvers, functions and schedules. A sender says by `satisfies` which one it sends; a receiver
 * parses what it is given. Each parser gives undefined for what is not such a message.
 */

/** The key of a row that belongs to an owner. */
export interface RowKey {
  readonly ownerId: string;
  readonly id: string;
}

/** One labelling run of one asset: relay and sweep to `label`. */
export interface LabelJob extends RowKey {
  /** The asset's `labelRun` when labels were asked for. */
  readonly run: number;
}

/** One delivery to attempt: relay, sweep, `webhooks` and `deliver` itself to `deliver`. */
export interface DeliveryJob extends RowKey {
  /** Begin anew though it failed for good: so that a job taken back out of the dead letters does something. */
  readonly replay?: boolean;
}

/** Compare one row with its object: sweep to `ingest`. */
export interface CheckRequest {
  readonly check: RowKey;
}

/** Compare the next page of objects with their rows: a schedule to `ingest`. */
export interface AuditRequest {
  readonly audit: "objects";
}

/** Sign the upload of one asset: a resolver to `presign`. */
export interface UploadRequest extends RowKey {
  readonly sign: "upload";
  readonly contentType: string;
  readonly contentLength: number;
  readonly sha256?: string | null;
}

/** Sign the download of one asset: a resolver to `presign`, in batches. */
export interface DownloadRequest extends RowKey {
  readonly sign: "download";
  readonly ttlSeconds: number;
}

/** What owners do with their callbacks: resolvers to `webhooks`. The owner is the caller that AppSync verified. */
export type WebhookRequest =
  | { readonly do: "register"; readonly ownerId: string; readonly url: string }
  | { readonly do: "showSecret"; readonly ownerId: string; readonly assetId: string }
  | { readonly do: "rotateSecret"; readonly ownerId: string }
  | { readonly do: "replay"; readonly ownerId: string; readonly id: string };

/** What `webhooks` answers, by what it was asked to do. */
export interface WebhookAnswers {
  readonly register: Registration;
  readonly showSecret: Shown;
  readonly rotateSecret: Rotation;
  readonly replay: Delivery;
}

/** A refusal that is the caller's, with the contract's code. */
export interface Refusal {
  readonly refused: "InvalidCallbackUrl" | "NotFound" | "Conflict";
  readonly message: string;
}

export interface Registration {
  /** The URL as it will be called. */
  readonly url: string;
  /** Whether the owner's secret has not been shown yet. */
  readonly unseen: boolean;
}

export interface Shown {
  /** Null if it was shown before. */
  readonly secret: string | null;
}

export interface Rotation {
  readonly secret: string;
  /** ISO 8601, or null if there was none before. */
  readonly previousValidUntil: string | null;
}

type Fields = Readonly<Record<string, unknown>>;

export function parseLabelJob(message: unknown): LabelJob | undefined {
  const key = rowKeyOf(message);
  const { run } = fieldsOf(message);
  return key && isNumber(run) ? { ...key, run } : undefined;
}

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
  const { sign, ttlSeconds } = fieldsOf(message);
  return key && sign === "download" && isNumber(ttlSeconds) ? { sign, ...key, ttlSeconds } : undefined;
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
      // Any text: a delivery of another form is not found.
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

const isNumber = (value: unknown): value is number => typeof value === "number";
