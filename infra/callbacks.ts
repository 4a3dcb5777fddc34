import * as pulumi from "@pulumi/pulumi";
import { seeErasures } from "./erasure.ts";
import { ServiceFunction } from "./function.ts";
import { here } from "./naming.ts";
import { mayRead, readQueue, WorkQueue } from "./queue.ts";
import type { Statement } from "./role.ts";
import { loopbackCallbacks, type Settings } from "./settings.ts";
import type { Tables } from "./tables.ts";

interface CallbacksArgs {
  readonly settings: Settings;
  readonly tables: Tables;
}

/** Timeout of `deliver` in seconds. It calls ten receivers at the same time, each for at most half of this time. */
const deliverTimeout = 40;

/** Calls the receivers that assets name. Keeps the owners' secrets and the delivery log. */
export class Callbacks extends pulumi.ComponentResource {
  /** Deliveries to make. */
  readonly queue: WorkQueue;
  /** ARN of the function that checks receivers, rotates secrets and replays deliveries. */
  readonly webhooks: pulumi.Output<string>;
  private readonly environment: Record<string, pulumi.Input<string>>;

  constructor(name: string, args: CallbacksArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Callbacks", name, {}, opts);
    this.queue = new WorkQueue(
      `${name}-deliveries`,
      // A postponed delivery waits up to 15 minutes in the queue.
      { functionTimeout: deliverTimeout, maxAge: 25 * 60, maxReceiveCount: 5 },
      { parent: this },
    );
    this.environment = {
      CALLBACKS_TABLE: args.tables.callbacks.name,
      ASSETS_TABLE: args.tables.assets.name,
      DELIVERY_QUEUE_URL: this.queue.url,
      // Threads resolve host names, four by default. A few names that never resolve would delay all deliveries.
      UV_THREADPOOL_SIZE: "64",
      LOOPBACK_CALLBACKS: here.accountId.apply((account) => loopbackCallbacks(args.settings, account)),
    };
    this.webhooks = this.manage(args).arn;
    this.deliver(args);
    this.registerOutputs({});
  }

  /** The function behind the mutations and queries of callbacks. */
  private manage({ settings, tables }: CallbacksArgs): ServiceFunction {
    return new ServiceFunction(
      "webhooks",
      {
        settings,
        timeout: 10,
        environment: this.environment,
        statements: [
          {
            Sid: "ManageCallbacks",
            Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
            Resource: tables.callbacks.arn,
          },
          seeWhatIsHidden(tables),
          { Sid: "Replay", Action: ["sqs:SendMessage"], Resource: this.queue.arn },
        ],
      },
      { parent: this },
    );
  }

  /** The only function that calls foreign hosts. Its role reaches only its table, its queues and the rows to look at. */
  private deliver({ settings, tables }: CallbacksArgs): void {
    const deliver = new ServiceFunction(
      "deliver",
      {
        settings,
        timeout: deliverTimeout,
        environment: {
          ...this.environment,
          ERASURES_TABLE: tables.erasures.name,
          USAGE_TABLE: tables.usage.name,
          LIMITS: JSON.stringify(settings.limits),
        },
        statements: [
          mayRead(this.queue.arn),
          {
            Sid: "MoveDeliveries",
            Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
            Resource: tables.callbacks.arn,
          },
          seeWhatIsHidden(tables),
          seeErasures(tables),
          {
            Sid: "CountCalls",
            Action: ["dynamodb:GetItem", "dynamodb:UpdateItem"],
            Resource: tables.usage.arn,
          },
          { Sid: "TryLater", Action: ["sqs:SendMessage"], Resource: this.queue.arn },
        ],
      },
      { parent: this },
    );
    readQueue(
      "deliver",
      { reader: deliver, queue: this.queue.arn, maximumConcurrency: settings.deliverConcurrency },
      { parent: this },
    );
  }
}

/** Deleted assets get no callbacks. */
const seeWhatIsHidden = ({ assets }: Tables): Statement => ({
  Sid: "SeeWhatIsHidden",
  Action: ["dynamodb:GetItem"],
  Resource: assets.arn,
});
