import * as pulumi from "@pulumi/pulumi";
import type { AuditRequest } from "../domain/messages.ts";
import { ServiceFunction } from "./function.ts";
import type { WorkQueue } from "./queue.ts";
import { Schedule } from "./schedule.ts";
import type { Settings } from "./settings.ts";
import type { Tables } from "./tables.ts";

interface RepairArgs {
  readonly settings: Settings;
  readonly tables: Tables;
  /** Assets to label. */
  readonly labels: WorkQueue;
  /** S3 events. Their reader makes rows and objects agree. */
  readonly objects: WorkQueue;
  /** Deliveries to make. */
  readonly deliveries: WorkQueue;
  /** Users to erase. */
  readonly erasures: WorkQueue;
  /** Assets to compare with the label index. */
  readonly index: WorkQueue;
  /** Pictures to make smaller copies of. */
  readonly thumbnails: WorkQueue;
}

/** Timeout of a sweep in seconds. Two sweeps may overlap. */
const sweepTimeout = 30;

/** Looks at rows that are due and at objects without a row, so that nothing waits forever for a lost message. */
export class Repair extends pulumi.ComponentResource {
  constructor(name: string, args: RepairArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Repair", name, {}, opts);
    const sweep = this.sweep(args);
    new Schedule(
      "sweep-schedule",
      { rate: "rate(1 minute)", target: { function: sweep.arn } },
      { parent: this },
    );
    new Schedule(
      "audit-schedule",
      {
        rate: "rate(5 minutes)",
        target: { queue: args.objects.arn },
        input: { audit: "objects" } satisfies AuditRequest,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }

  /** Finds rows that are due, and sends them to the queue of the function that handles them. */
  private sweep({
    settings,
    tables,
    labels,
    objects,
    deliveries,
    erasures,
    index,
    thumbnails,
  }: RepairArgs): ServiceFunction {
    const swept = [tables.assets, tables.callbacks, tables.erasures];
    return new ServiceFunction(
      "sweep",
      {
        settings,
        timeout: sweepTimeout,
        environment: {
          ASSETS_TABLE: tables.assets.name,
          CALLBACKS_TABLE: tables.callbacks.name,
          ERASURES_TABLE: tables.erasures.name,
          ERASE_QUEUE_URL: erasures.url,
          LABEL_QUEUE_URL: labels.url,
          OBJECT_QUEUE_URL: objects.url,
          DELIVERY_QUEUE_URL: deliveries.url,
          INDEX_QUEUE_URL: index.url,
          THUMBNAIL_QUEUE_URL: thumbnails.url,
        },
        statements: [
          {
            Sid: "FindDue",
            Action: ["dynamodb:Query"],
            Resource: swept.map(({ arn }) => pulumi.interpolate`${arn}/index/due`),
          },
          { Sid: "TakeDue", Action: ["dynamodb:UpdateItem"], Resource: swept.map(({ arn }) => arn) },
          {
            Sid: "AskToLook",
            Action: ["sqs:SendMessage"],
            Resource: [labels, objects, deliveries, erasures, index, thumbnails].map(({ arn }) => arn),
          },
        ],
      },
      { parent: this },
    );
  }
}
