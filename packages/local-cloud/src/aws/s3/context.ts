import type { ServerResponse } from "node:http";
import type { Meter } from "../../base/meter.ts";
import type { Clock } from "../../base/service.ts";
import type { Access } from "./access.ts";
import type { Bodies } from "./bodies.ts";
import type { Bucket } from "./buckets.ts";
import type { ConditionalWrites } from "./conditional-writes.ts";
import type { S3Request } from "./request.ts";
import type { Store } from "./store.ts";
import type { Uploads } from "./uploads.ts";

/** What the operations work with. */
export interface Context {
  readonly buckets: ReadonlyMap<string, Bucket>;
  readonly access: Access;
  readonly store: Store;
  readonly uploads: Uploads;
  readonly bodies: Bodies;
  readonly conditionalWrites: ConditionalWrites;
  readonly clock: Clock;
  readonly meter: Meter;
}

export type Headers = Readonly<Record<string, string>>;

/** Answers with an XML document. */
export function sendXml(request: S3Request, xml: string, headers: Headers = {}): void {
  const { response } = request.call;
  response.writeHead(200, {
    ...headers,
    "content-type": "application/xml",
    "content-length": Buffer.byteLength(xml),
  });
  response.end(xml);
}

/** Answers with headers only. */
export function sendEmpty(request: S3Request, status: number, headers: Headers = {}): void {
  const length: Headers = status === 200 ? { "content-length": "0" } : {};
  end(request.call.response, status, { ...length, ...headers });
}

/** Every object is encrypted at rest, with or without a configuration (since January 2023). */
export const encrypted: Headers = { "x-amz-server-side-encryption": "AES256" };

function end(response: ServerResponse, status: number, headers: Headers): void {
  response.writeHead(status, headers);
  response.end();
}
