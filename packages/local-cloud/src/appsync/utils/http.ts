import { currentEvaluation } from "./evaluation.ts";
import { UtilityFault } from "./signals.ts";

const MAX_BYTES = 4096;

/** Never forwarded: https://docs.aws.amazon.com/appsync/latest/devguide/http-helpers-in-utils-http-js.html */
const NOT_FORWARDED = new Set([
  "transfer-encoding",
  "connection",
  "host",
  "expect",
  "keep-alive",
  "upgrade",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "content-length",
]);

const RESERVED = new Set([
  ...NOT_FORWARDED,
  "content-type",
  "content-encoding",
  "date",
  "server",
  "via",
  "set-cookie",
]);
const RESERVED_PREFIXES = ["x-amzn-", "x-amz-", "access-control-"];

export const http = {
  copyHeaders: (headers: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_FORWARDED.has(name.toLowerCase()))),

  /** The last header of a name replaces the others. Throws for a reserved name, and past 4 KB of names and values. */
  addResponseHeader(name: string, value: unknown): void {
    const { responseHeaders } = currentEvaluation().effects;
    const lower = name.toLowerCase();
    if (RESERVED.has(lower) || RESERVED_PREFIXES.some((prefix) => lower.startsWith(prefix))) {
      throw new UtilityFault(`the response header ${name} is reserved`);
    }
    const text = typeof value === "string" ? value : JSON.stringify(value ?? null);
    if (!/^[!#$%&'*+.^_`|~\w-]+$/u.test(name) || /[\r\n\0]/u.test(text)) {
      throw new UtilityFault(`the response header ${JSON.stringify(name)} is malformed`);
    }
    const kept = Object.entries(responseHeaders).filter(([known]) => known.toLowerCase() !== lower);
    const bytes = [...kept, [name, text]].reduce((sum, pair) => sum + Buffer.byteLength(pair.join("")), 0);
    if (bytes > MAX_BYTES) {
      throw new UtilityFault(`response headers exceed ${MAX_BYTES} bytes`);
    }
    currentEvaluation().effects.responseHeaders = { ...Object.fromEntries(kept), [name]: text };
  },

  addResponseHeaders(headers: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(headers)) {
      http.addResponseHeader(name, value);
    }
  },
};
