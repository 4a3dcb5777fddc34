import http from "node:http";
import { once } from "node:events";
import { S3Client } from "@aws-sdk/client-s3";
import { afterEach } from "@jest/globals";
import { createS3, type S3, type S3Options } from "../../../src/aws/s3/index.ts";
import type { Iam } from "../../../src/aws/iam/index.ts";
import type { Storage } from "../../../src/base/service.ts";
import type { Resource } from "../../../src/base/graph.ts";
import { type FrontDoor, openFrontDoor } from "../front-door.ts";
import { accountId, allow, graphOf, region, resource, role, silentLog, temporaryStorage } from "../graph.ts";

export const bucketArn = "arn:aws:s3:::pictures";
export const queueArn = `arn:aws:sqs:${region}:${accountId}:events`;
export const functionArn = `arn:aws:lambda:${region}:${accountId}:function:resize`;

export const bucket = resource("aws:s3/bucket:Bucket", "pictures", {}, { arn: bucketArn, region });

export function notification(rule: object = {}): Resource {
  return resource("aws:s3/bucketNotification:BucketNotification", "notification", {
    bucket: "pictures",
    queues: [{ id: "all", queueArn, events: ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"], ...rule }],
  });
}

interface Event {
  readonly eventName: string;
  readonly s3: {
    readonly object: { readonly key: string; readonly sequencer: string; readonly size?: number };
  };
}

export interface Opened {
  readonly s3: S3;
  readonly door: FrontDoor;
  /** As a role that may do anything with the bucket. */
  readonly client: S3Client;
  /** Everything that a queue received, in order. */
  readonly messages: string[];
  /** The records among the messages, once nothing waits for delivery. */
  readonly events: () => Promise<Event[]>;
}

const open: S3[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((s3) => s3.stop()));
});

/** S3 behind the real front door, with the roles `worker` (everything), `writer` (PutObject) and `reader` (GetObject). */
export async function openS3(
  resources: readonly Resource[] = [],
  options: Partial<S3Options> & { readonly storage?: Storage } = {},
): Promise<Opened> {
  const graph = graphOf(
    bucket,
    ...role("worker", allow("s3:*", "*")),
    ...role("writer", allow("s3:PutObject", `${bucketArn}/*`)),
    ...role("reader", allow("s3:GetObject", `${bucketArn}/*`)),
    ...resources,
  );
  const messages: string[] = [];
  const notify = (_bucket: string, _queue: string, body: string) => {
    messages.push(body);
    return Promise.resolve();
  };
  const { storage = temporaryStorage() } = options;
  const { clock = Date.now } = options;
  let s3: S3 | undefined;
  const services = (iam: Iam) => [
    (s3 = createS3({ graph, storage, region, log: silentLog, notify, ...options, iam, clock })),
  ];
  const door = await openFrontDoor(graph, services, { clock });
  if (!s3) {
    throw new Error("no service");
  }
  const opened = s3;
  open.push(opened);
  opened.start();
  return {
    s3: opened,
    door,
    messages,
    client: clientOf(door, "worker"),
    async events() {
      await opened.idle();
      return messages.flatMap((body) => (JSON.parse(body) as { Records?: Event[] }).Records ?? []);
    },
  };
}

export function clientOf(door: FrontDoor, name: string, settings: object = {}): S3Client {
  return new S3Client({ ...door.client(name), forcePathStyle: true, ...settings });
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** A request exactly as written. */
export async function send(
  door: FrontDoor,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body: string | Buffer = "",
): Promise<Answer> {
  const request = http.request({ host: "127.0.0.1", port: door.port, method, path, headers });
  request.end(body);
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: Buffer.concat(chunks).toString(),
  };
}

/** The path and query of a presigned URL. */
export function target(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

/** The text of the first such element. */
export function textOf(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}
