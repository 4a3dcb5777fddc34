import type { Principal } from "../../base/service.ts";
import type { Bucket } from "./buckets.ts";
import type { RequestIds } from "./errors.ts";
import type { EventName } from "./notifications.ts";

/** A change of a key. */
export interface Change {
  readonly event: EventName;
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The new object. Undefined for a deletion. */
  readonly object?: { readonly size: number; readonly etag: string };
  /** The version id of the new object, of the new delete marker, or of the deleted version. */
  readonly version: string;
}

/** The cause of a change: a request, or another service here that acts as its caller. */
export interface Origin extends RequestIds {
  readonly bucketOf: Bucket;
  readonly call: {
    readonly principal: Principal;
    readonly request: { readonly socket: { readonly remoteAddress?: string | undefined } };
  };
}

export const sourceIpOf = ({ call }: Origin): string =>
  (call.request.socket.remoteAddress ?? "127.0.0.1").replace(/^::ffff:/, "");
