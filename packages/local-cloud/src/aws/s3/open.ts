import { mkdirSync } from "node:fs";
import type { Graph } from "../../base/graph.ts";
import { type Meter, noMeter } from "../../base/meter.ts";
import type { Clock, Log, Storage } from "../../base/service.ts";
import { transaction } from "../database.ts";
import type { Iam } from "../iam/index.ts";
import { Access } from "./access.ts";
import { Bodies } from "./bodies.ts";
import { type Bucket, readBuckets } from "./buckets.ts";
import { ConditionalWrites } from "./conditional-writes.ts";
import type { Context } from "./context.ts";
import { openMetadata } from "./database.ts";
import { newIds } from "./errors.ts";
import { testMessage } from "./events.ts";
import { takesTestEvent } from "./notifications.ts";
import { Store } from "./store.ts";
import { Uploads } from "./uploads.ts";

export interface OpenOptions {
  readonly graph: Graph;
  readonly iam: Iam;
  readonly storage: Storage;
  /** The provider's region. */
  readonly region: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter?: Meter | undefined;
}

/** Opens the data folder and creates the program's buckets in it. Throws `InvalidInput` for what is not supported. */
export function openContext(options: OpenOptions): Context {
  const { graph, iam, storage, region, clock, log, meter = noMeter } = options;
  mkdirSync(storage.folder, { recursive: true });
  const declared = readBuckets(graph, region);
  const database = openMetadata(storage);
  const store = new Store(database, clock);
  const buckets = new Map([...declared].map(([name, bucket]) => [name, withVersioning(store, bucket)]));
  const bodies = new Bodies(storage);
  bodies.sweep(store.bodies());
  transaction(database, () => createBuckets(buckets, store, log));
  return {
    buckets,
    store,
    bodies,
    clock,
    meter,
    access: new Access(iam, clock),
    uploads: new Uploads(database),
    conditionalWrites: new ConditionalWrites(store),
  };
}

/** Versioning cannot be disabled again: a bucket that has versions and no configuration is suspended. */
function withVersioning(store: Store, bucket: Bucket): Bucket {
  const suspended = bucket.versioning === "Disabled" && store.isVersioned(bucket.name);
  return suspended ? { ...bucket, versioning: "Suspended" } : bucket;
}

/** Records when each bucket was first declared, and sends the test event to each new target. */
function createBuckets(buckets: ReadonlyMap<string, Bucket>, store: Store, log: Log): void {
  for (const bucket of buckets.values()) {
    store.firstSeen(`bucket ${bucket.name}`);
    if (bucket.lifecycle) {
      log.info("Lifecycle rules are declared, and do not run here.", { bucket: bucket.name });
    }
    for (const notification of bucket.notifications.filter(takesTestEvent)) {
      const { at, fresh } = store.firstSeen(`notification ${bucket.arn} ${notification.targetArn}`);
      if (fresh) {
        store.outbox.add([testMessage(bucket, notification, at, newIds())]);
      }
    }
  }
}
