import type { Caller } from "../model/caller.ts";
import type { GraphQLRequest, Headers } from "../model/request.ts";
import { keyOf } from "./keys.ts";
import type { Store } from "./store.ts";

/** A query, with everything that its result may depend on. */
interface Asked {
  readonly request: GraphQLRequest;
  readonly caller: Caller;
  readonly headers: Headers;
}

/** The results of whole queries. */
export interface OperationCache {
  key(asked: Asked): string;
  get(key: string): Readonly<Record<string, unknown>> | null | undefined;
  /** Caches the data of a result without errors, up to 15 MB. */
  set(key: string, data: Readonly<Record<string, unknown>> | null): void;
}

/** `ttl` in seconds. */
export function operationCache(store: Store, ttl: number): OperationCache {
  return {
    key({ request: { query, operationName, variables }, caller, headers }) {
      const { mode, deniedFields = [], principal = null } = caller;
      const who = [mode, withoutAddress(caller.identity), principal, [...deniedFields].sort()];
      return keyOf(query, operationName ?? null, variables, who, distinctive(headers));
    },
    get: (key) => store.get(key)?.value as ReturnType<OperationCache["get"]>,
    set(key, data) {
      const text = JSON.stringify(data);
      if (Buffer.byteLength(text) <= maxBytes) {
        store.set(key, text, ttl);
      }
    },
  };
}

const maxBytes = 15 * 1_048_576;

function withoutAddress(identity: unknown): unknown {
  return typeof identity === "object" && identity !== null
    ? Object.fromEntries(Object.entries(identity).filter(([name]) => name !== "sourceIp"))
    : identity;
}

function distinctive(headers: Headers): unknown {
  return Object.entries(headers)
    .filter(([name]) => !reserved.has(name))
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Headers that differ from request to request, from the same page of the manual. */
const reserved = new Set([
  "authorization",
  "cloudfront-forwarded-proto",
  "cloudfront-is-desktop-viewer",
  "cloudfront-is-mobile-viewer",
  "cloudfront-is-smarttv-viewer",
  "cloudfront-is-tablet-viewer",
  "cloudfront-viewer-asn",
  "cloudfront-viewer-country",
  "content-length",
  "host",
  "priority",
  "sec-ch-ua",
  "sec-ch-ua-mobile",
  "sec-ch-ua-platform",
  "via",
  "x-amz-cf-id",
  "x-amz-date",
  "x-amz-security-token",
  "x-amzn-appsync-is-vpce-request",
  "x-amzn-remote-ip",
  "x-amzn-requestid",
  "x-amzn-trace-id",
  "x-forwarded-for",
]);
