import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { TLSSocket } from "node:tls";
import { buildSync } from "esbuild";

/** A page of the cloud itself holds secrets. These are the means to serve it to its person and to nobody else. */

export interface Asset {
  readonly type: string;
  readonly content: string | Buffer;
}

/** Scheme, host and port that the request was sent to. The listener has checked the Host header. */
export const ownOrigin = ({ headers, socket }: IncomingMessage): string =>
  `${socket instanceof TLSSocket ? "https" : "http"}://${headers.host ?? ""}`;

/** True if another site or another port caused the request. A browser says so in one of three headers. */
export function isForeign(request: IncomingMessage): boolean {
  const { origin, referer, "sec-fetch-site": site = "none" } = request.headers;
  const own = ownOrigin(request);
  const isOther = (address: string | undefined) =>
    address !== undefined && URL.parse(address)?.origin !== own;
  return (site !== "none" && site !== "same-origin") || isOther(origin) || isOther(referer);
}

/**
 * True if a script or a frame asks, and not a person. Objects in S3 share this origin, and an uploaded HTML file must not
 * read the page: it cannot fetch or frame it, and Cross-Origin-Opener-Policy keeps it from reading a window it opens.
 */
export const isScripted = ({ headers }: IncomingMessage): boolean =>
  (headers["sec-fetch-dest"] ?? "document") !== "document";

/** What is sent is neither kept, framed nor read by other origins. */
export function send(
  response: ServerResponse,
  status: number,
  { type, content }: Asset,
  referrerPolicy: "no-referrer" | "same-origin",
): void {
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(content),
    "cache-control": "no-store",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": referrerPolicy,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
  });
  response.end(content);
}

/** The HTML file with settings in a block of data. */
export function htmlWith(file: string, settings: object): string {
  // A `<` could end the block.
  const data = JSON.stringify(settings).replaceAll("<", "\\u003c");
  return readFileSync(file, "utf8").replace("{{settings}}", () => data);
}

/** The script of a page, built at each call, so that a reload shows edits. */
export function scriptOf(entry: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [entry],
    ...{ bundle: true, write: false, format: "esm", sourcemap: "inline", logLevel: "silent" },
  });
  return outputFiles[0]?.text ?? "";
}
