import * as pulumi from "@pulumi/pulumi";
import { purgedAssets } from "../domain/purged.ts";
import { seeErasures } from "./erasure.ts";
import { ServiceFunction } from "./function.ts";
import { mayRead, readQueue, WorkQueue } from "./queue.ts";
import type { Settings } from "./settings.ts";
import type { Tables } from "./tables.ts";
import type { Uploads } from "./uploads.ts";

interface PurgeArgs {
  readonly settings: Settings;
  readonly tables: Tables;
  readonly uploads: Uploads;
}

/** Timeout of `purge` in seconds: ten assets at the same time. */
const purgeTimeout = 30;

/** Removes everything that belongs to assets whose purge was requested. */
export class Purge extends pulumi.ComponentResource {
  /** Assets to purge. */
  readonly jobs: WorkQueue;

  constructor(name: string, args: PurgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Purge", name, {}, opts);
    this.jobs = new WorkQueue(
      `${name}-jobs`,
      { functionTimeout: purgeTimeout, maxAge: 10 * 60, maxReceiveCount: 5 },
      { parent: this },
    );
    const purge = this.purge(args);
    readQueue(
      "purge",
      { reader: purge, queue: this.jobs.arn, maximumConcurrency: args.settings.ingestConcurrency },
      { parent: this },
    );
    this.registerOutputs({});
  }

  private purge({ settings, tables, uploads }: PurgeArgs): ServiceFunction {
    return new ServiceFunction(
      "purge",
      {
        settings,
        timeout: purgeTimeout,
        environment: {
          BUCKET: uploads.bucket,
          ASSETS_TABLE: tables.assets.name,
          CONTENTS_TABLE: tables.contents.name,
          LABELS_TABLE: tables.labels.name,
          CALLBACKS_TABLE: tables.callbacks.name,
          ERASURES_TABLE: tables.erasures.name,
          CLIENT_TOKENS_TABLE: tables.clientTokens.name,
          USAGE_TABLE: tables.usage.name,
        },
        statements: [
          mayRead(this.jobs.arn),
          seeErasures(tables),
          { Sid: "FindVersions", Action: ["s3:ListBucketVersions"], Resource: uploads.bucketArn },
          {
            Sid: "RemoveVersions",
            Action: ["s3:DeleteObjectVersion"],
            Resource: [uploads.objects, uploads.renditions],
          },
          {
            Sid: "RemoveAssets",
            Action: ["dynamodb:GetItem", "dynamodb:DeleteItem"],
            Resource: tables.assets.arn,
          },
          {
            Sid: "ForgetContents",
            Action: ["dynamodb:DeleteItem", "dynamodb:Query"],
            Resource: tables.contents.arn,
          },
          { Sid: "GiveBack", Action: ["dynamodb:UpdateItem"], Resource: tables.usage.arn },
          {
            Sid: "RemoveDeliveries",
            Action: ["dynamodb:Query", "dynamodb:BatchWriteItem"],
            Resource: tables.callbacks.arn,
          },
          {
            Sid: "KeepIndex",
            Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
            Resource: tables.labels.arn,
          },
          {
            Sid: "RememberPurged",
            Action: ["dynamodb:GetItem", "dynamodb:PutItem"],
            Resource: tables.clientTokens.arn,
            Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": purgedAssets } },
          },
        ],
      },
      { parent: this },
    );
  }
}
