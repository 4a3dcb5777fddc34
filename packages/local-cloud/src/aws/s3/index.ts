import type { IncomingMessage } from "node:http";
import type { Graph } from "../../base/graph.ts";
import type { AnonymousCall, Call, Principal, Service } from "../../base/service.ts";
import type { Bucket } from "./buckets.ts";
import type { Context } from "./context.ts";
import { addCorsHeaders, answerPreflight, isPreflight } from "./cors.ts";
import { storeDeclared } from "./declared.ts";
import { Deliverer, type DeliveryPlan, type Notify } from "./delivery.ts";
import { identify, notImplemented, writeError } from "./errors.ts";
import { openInProcess, type OpenObject, readInProcess, writeInProcess } from "./in-process.ts";
import { checkTargets } from "./notifications.ts";
import type { ListedVersion, VersionPlace } from "./objects.ts";
import { openContext, type OpenOptions } from "./open.ts";
import { run } from "./operations.ts";
import { readRequest } from "./request.ts";

export interface S3Options extends OpenOptions {
  readonly notify: Notify;
  /** The plans by which an event is delivered. By default one: in order and without delay. */
  readonly deliveryPlans?: (() => readonly DeliveryPlan[]) | undefined;
}

/** S3 for the program's buckets. */
export interface S3 extends Service {
  /** An object's bytes, for a service that acts as its caller. Throws `AccessDenied`, `NoSuchBucket`, `NoSuchKey`. */
  read(principal: Principal, bucket: string, key: string): Promise<Buffer>;
  /**
   * An object for a service that acts for the resource `sourceArn`: its answer's headers, and its bytes when they are
   * asked for. Throws `AccessDenied`, `NoSuchBucket`, `NoSuchKey` as GetObject does.
   */
  open(principal: Principal, bucket: string, key: string, sourceArn: string): OpenObject;
  /** Stores what the program declares. Returns the URNs of the objects that are new or have changed. */
  declare(graph: Graph, program: string): Promise<ReadonlySet<string>>;
  /** Stores an object for a service that acts as its caller. Throws `AccessDenied`, `NoSuchBucket`. */
  write(principal: Principal, bucket: string, key: string, body: string): Promise<void>;
  /**
   * Calls `check` for each target of a notification. Throws `InvalidInput` if it throws an `AwsError`.
   * Must be called before `start`.
   */
  requireTargets(check: (bucketArn: string, targetArn: string) => void): void;
  /** Begins to deliver events: first the events of the previous run, then each event as it occurs. */
  start(): void;
  /** Keys with all their versions, in order, after one of them. For those who only look. */
  keys(
    bucket: string,
    prefix: string,
    after: VersionPlace | undefined,
    max: number,
  ): readonly ListedVersion[];
  /** Resolves when no event waits for delivery. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** Throws `InvalidInput`, naming the resource, for what the program declares and is not supported here. */
export function createS3(options: S3Options): S3 {
  const context = openContext(options);
  const { buckets, store } = context;
  const deliverer = new Deliverer(store.outbox, options.notify, options.log, options.deliveryPlans);
  return {
    scopes: ["s3"],
    handle: (call) => handle(context, deliverer, call),
    fail(response, error, url) {
      addCorsHeaders(response, buckets);
      writeError(response, error, url);
    },
    anonymous: {
      accepts: (request, url) => isPreflight(request, url) || isFormUpload(request),
      handle: (call) => Promise.resolve().then(() => handleAnonymous(buckets, call)),
    },
    read: (principal, bucket, key) => readInProcess(context, principal, bucket, key),
    open: (principal, bucket, key, sourceArn) => openInProcess(context, principal, bucket, key, sourceArn),
    declare: (graph, program) => storeDeclared(context, graph, program),
    async write(principal, bucket, key, body) {
      await writeInProcess(context, principal, bucket, key, body);
      deliverer.deliverNew();
    },
    requireTargets(check) {
      for (const { arn, notifications } of buckets.values()) {
        checkTargets(arn, notifications, check);
      }
    },
    keys: (bucket, prefix, after, max) => store.listVersions(bucket, prefix, after, max),
    start: () => deliverer.deliverNew(),
    idle: () => deliverer.idle(),
    async stop() {
      await deliverer.close();
      store.close();
    },
  };
}

async function handle(context: Context, deliverer: Deliverer, call: Call): Promise<void> {
  const { response } = call;
  const ids = identify(response);
  addCorsHeaders(response, context.buckets);
  try {
    await run(context, readRequest(call, ids));
  } catch (error) {
    // The answer has begun, so an error document cannot be sent. The client sees the closed connection.
    if (!response.headersSent) {
      throw error;
    }
    response.destroy();
  } finally {
    deliverer.deliverNew();
  }
}

function handleAnonymous(buckets: ReadonlyMap<string, Bucket>, { request, response }: AnonymousCall): void {
  if (!isFormUpload(request)) {
    answerPreflight(request, response, buckets);
    return;
  }
  request.resume();
  addCorsHeaders(response, buckets);
  throw notImplemented("An upload by form (presigned POST; use a presigned PUT instead)");
}

/** A browser's form upload carries its signature in the form, not in the headers or the query. */
function isFormUpload({ method, headers }: IncomingMessage): boolean {
  return method === "POST" && /^multipart\/form-data\b/i.test(headers["content-type"] ?? "");
}
