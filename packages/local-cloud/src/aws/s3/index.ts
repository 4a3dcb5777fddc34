import { mkdirSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { Graph } from "../../base/graph.ts";
import type { Iam } from "../iam/index.ts";
import {
  AwsError,
  type Call,
  type Clock,
  type Log,
  type Principal,
  type Service,
  type Storage,
} from "../../base/service.ts";
import { Access } from "./access.ts";
import { Bodies } from "./bodies.ts";
import { type Bucket, readBuckets } from "./buckets.ts";
import { ConditionalWrites } from "./conditional-writes.ts";
import type { Context } from "./context.ts";
import { addCorsHeaders, answerPreflight, isPreflight } from "./cors.ts";
import { transaction } from "../database.ts";
import { openMetadata } from "./database.ts";
import { Delivery, type DeliveryPlan, type Notify } from "./delivery.ts";
import { identify, newIds, noSuchBucket, noSuchKey, notImplemented, writeError } from "./errors.ts";
import { testMessage } from "./events.ts";
import { invalidDestination, takesTestEvent } from "./notifications.ts";
import { run } from "./operations.ts";
import { storeObject } from "./put.ts";
import { readRequest } from "./request.ts";
import { Store } from "./store.ts";
import { Uploads } from "./uploads.ts";

export interface S3Options {
  readonly graph: Graph;
  readonly iam: Iam;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
  readonly notify: Notify;
  /** How each event is handed on; once, at once and in its turn unless told. */
  readonly deliveryPlans?: (() => readonly DeliveryPlan[]) | undefined;
}

/** S3 for the program's buckets. */
export interface S3 extends Service {
  /** An object's bytes, for a service that acts in its caller's name. Throws `AccessDenied`, `NoSuchBucket`, `NoSuchKey`. */
  read(principal: Principal, bucket: string, key: string): Promise<Buffer>;
  /** Stores an object for a service that acts in its caller's name. Throws `AccessDenied`, `NoSuchBucket`. */
  write(principal: Principal, bucket: string, key: string, body: string): Promise<void>;
  /**
   * Asks `check` of each target of a notification, which throws an `AwsError` for one that takes no events of the bucket.
   * Throws `InvalidArgument` then, as S3 does for the configuration. Call before the start.
   */
  requireTargets(check: (bucketArn: string, targetArn: string) => void): void;
  /** Begins to deliver events: those left over from the last run, then each as it happens. */
  start(): void;
  /** Resolves when no event waits for delivery. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** Throws `NotImplemented`, naming the resource, for what the program declares and S3 does not do here. */
export function createS3({ graph, iam, storage, clock, log, notify, deliveryPlans }: S3Options): S3 {
  mkdirSync(storage.folder, { recursive: true });
  const declared = readBuckets(graph);
  const database = openMetadata(storage);
  const store = new Store(database, clock);
  const buckets = new Map([...declared].map(([name, bucket]) => [name, withVersions(store, bucket)]));
  const bodies = new Bodies(storage);
  bodies.sweep(store.bodies());
  const context: Context = {
    buckets,
    store,
    bodies,
    clock,
    access: new Access(iam, clock),
    uploads: new Uploads(database),
    conditionalWrites: new ConditionalWrites(store),
  };
  transaction(database, () => createBuckets(context, log));
  const delivery = new Delivery(store, notify, log, deliveryPlans);
  return {
    scopes: ["s3"],
    handle: (call) => handle(context, delivery, call),
    fail(response, error, url) {
      addCorsHeaders(response, buckets);
      writeError(response, error, url);
    },
    anonymous: {
      accepts: (request, url) => isPreflight(request, url) || isFormUpload(request),
      // eslint-disable-next-line @typescript-eslint/require-await -- neither of the two has anything to wait for
      handle: async ({ request, response }) => {
        if (!isFormUpload(request)) {
          answerPreflight(request, response, buckets);
          return;
        }
        request.resume();
        addCorsHeaders(response, buckets);
        throw notImplemented("An upload by form (presigned POST; use a presigned PUT instead)");
      },
    },
    read: (principal, bucket, key) => read(context, principal, bucket, key),
    async write(principal, bucket, key, body) {
      await write(context, principal, bucket, key, body);
      delivery.wake();
    },
    requireTargets: (check) => requireTargets(context, check),
    start: () => delivery.wake(),
    idle: () => delivery.idle(),
    async stop() {
      await delivery.close();
      store.close();
    },
  };
}

/** A browser form signs a policy in its fields, and nothing in headers or query. */
function isFormUpload({ method, headers }: IncomingMessage): boolean {
  return method === "POST" && /^multipart\/form-data\b/i.test(headers["content-type"] ?? "");
}

async function handle(context: Context, delivery: Delivery, call: Call): Promise<void> {
  const { response } = call;
  const ids = identify(response);
  addCorsHeaders(response, context.buckets);
  try {
    await run(context, readRequest(call, ids));
  } catch (error) {
    // A client that went away in the middle of its answer has no use for another.
    if (!response.headersSent) {
      throw error;
    }
    response.destroy();
  } finally {
    delivery.wake();
  }
}

async function read(context: Context, principal: Principal, name: string, key: string): Promise<Buffer> {
  const bucket = context.buckets.get(name);
  if (!bucket) {
    throw noSuchBucket(name);
  }
  context.access.inProcess(principal, "s3:GetObject", bucket, key);
  const object = context.store.find(name, key);
  if (!object) {
    throw noSuchKey(key);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of context.bodies.read(object.body) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Versioning cannot be switched off again: without a declaration it is suspended. */
function withVersions(store: Store, bucket: Bucket): Bucket {
  const suspended = bucket.versioning === "Disabled" && store.isVersioned(bucket.name);
  return suspended ? { ...bucket, versioning: "Suspended" } : bucket;
}

async function write(
  context: Context,
  principal: Principal,
  bucket: string,
  key: string,
  body: string,
): Promise<void> {
  const bucketOf = context.buckets.get(bucket);
  if (!bucketOf) {
    throw noSuchBucket(bucket);
  }
  context.access.inProcess(principal, "s3:PutObject", bucketOf, key);
  const algorithm = "crc64nvme";
  const { id, size, md5, checksum } = await context.bodies.receive(
    Readable.from([Buffer.from(body)]),
    algorithm,
  );
  const call = { principal, region: bucketOf.region ?? "", request: { socket: {} } };
  await storeObject(
    context,
    { bucket, key, bucketOf, call, ...newIds() },
    {
      ...{ id, size, etag: md5, check: () => undefined, event: "ObjectCreated:Put" },
      headers: { "content-type": "binary/octet-stream" },
      checksum: { algorithm, value: checksum, type: "FULL_OBJECT" },
    },
  );
}

function requireTargets({ buckets }: Context, check: Parameters<S3["requireTargets"]>[0]): void {
  for (const bucket of buckets.values()) {
    for (const notification of bucket.notifications) {
      try {
        check(bucket.arn, notification.targetArn);
      } catch (error) {
        throw error instanceof AwsError ? invalidDestination(bucket.name, notification, error) : error;
      }
    }
  }
}

/** On a fresh data folder a bucket is created, and each new target of its events gets the test event. */
function createBuckets({ buckets, store }: Context, log: Log): void {
  for (const bucket of buckets.values()) {
    store.firstSeen(`bucket ${bucket.name}`);
    if (bucket.lifecycle) {
      log.info("Lifecycle rules are declared, but not run.", { bucket: bucket.name });
    }
    for (const notification of bucket.notifications.filter(takesTestEvent)) {
      const { at, fresh } = store.firstSeen(`notification ${bucket.arn} ${notification.targetArn}`);
      if (fresh) {
        store.post([testMessage(bucket, notification, at, newIds())]);
      }
    }
  }
}
