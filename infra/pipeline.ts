import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Api } from "./api.ts";
import type { Callbacks } from "./callbacks.ts";
import { seeErasures } from "./erasure.ts";
import { ServiceFunction } from "./function.ts";
import { type FailedChanges, keepFailedChanges } from "./failed-changes.ts";
import { labelPictures, labelTimeout, labelTries } from "./label.ts";
import { here } from "./naming.ts";
import { Purge } from "./purge.ts";
import { mayRead, readQueue, WorkQueue } from "./queue.ts";
import type { Search } from "./search.ts";
import type { Settings } from "./settings.ts";
import type { Tables } from "./tables.ts";
import type { Thumbnails } from "./thumbnails.ts";
import type { Uploads } from "./uploads.ts";

interface PipelineArgs {
  readonly settings: Settings;
  readonly tables: Tables;
  readonly uploads: Uploads;
  readonly api: Api;
  readonly callbacks: Callbacks;
  readonly search: Search;
  readonly thumbnails: Thumbnails;
}

/** Seconds that each function may run. */
export const timeouts = { ingest: 30, relay: 60, label: labelTimeout };

/** Asynchronous processing: S3 events change rows, row changes become events and jobs, jobs make labels. */
export class Pipeline extends pulumi.ComponentResource {
  /** Assets to label. */
  readonly labelJobs: WorkQueue;
  private readonly failedChanges: FailedChanges;
  private readonly purge: Purge;

  constructor(name: string, args: PipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Pipeline", name, {}, opts);
    this.labelJobs = new WorkQueue(
      `${name}-labels`,
      // At Rekognition's default quota, 2,000 pictures take seven minutes.
      { functionTimeout: labelTimeout, maxAge: 15 * 60, maxReceiveCount: labelTries },
      { parent: this },
    );
    this.failedChanges = keepFailedChanges(
      `${name}-failed-changes`,
      { settings: args.settings, functionTimeout: timeouts.relay },
      { parent: this },
    );
    this.purge = new Purge("purge", args, { parent: this });
    this.ingest(args);
    this.readChanges(this.relay(args), args.tables);
    labelPictures(args, this.labelJobs, { parent: this });
    this.registerOutputs({});
  }

  /** Verifies uploaded objects, and changes the state of their assets. */
  private ingest({ settings, tables, uploads }: PipelineArgs): void {
    const ingest = new ServiceFunction(
      "ingest",
      {
        settings,
        timeout: timeouts.ingest,
        environment: {
          BUCKET: uploads.bucket,
          ASSETS_TABLE: tables.assets.name,
          CONTENTS_TABLE: tables.contents.name,
          CURSORS_TABLE: tables.cursors.name,
          USAGE_TABLE: tables.usage.name,
          AUDIT_REMOVES: String(settings.auditRemoves),
          KEEP_DELETED_DAYS: String(settings.keepDeletedDays),
          KEEP_FAILED_DAYS: String(settings.keepFailedDays),
          PURGE_QUEUE_URL: this.purge.jobs.url,
        },
        statements: [
          mayRead(uploads.events.arn),
          {
            Sid: "VerifyObjects",
            Action: ["s3:GetObject", "s3:DeleteObject"],
            Resource: uploads.objects,
          },
          { Sid: "RemoveRenditions", Action: ["s3:DeleteObject"], Resource: uploads.renditions },
          {
            // For the audit. Without it, S3 also answers 403 instead of 404 for a missing object.
            Sid: "ListObjects",
            Action: ["s3:ListBucket"],
            Resource: uploads.bucketArn,
          },
          {
            Sid: "MoveAssets",
            Action: [
              "dynamodb:GetItem",
              "dynamodb:BatchGetItem",
              "dynamodb:UpdateItem",
              "dynamodb:DeleteItem",
              "dynamodb:ConditionCheckItem",
            ],
            Resource: tables.assets.arn,
          },
          {
            Sid: "RegisterContents",
            Action: ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:Query"],
            Resource: tables.contents.arn,
          },
          { Sid: "GiveBack", Action: ["dynamodb:UpdateItem"], Resource: tables.usage.arn },
          {
            Sid: "RememberPlace",
            Action: ["dynamodb:GetItem", "dynamodb:UpdateItem"],
            Resource: tables.cursors.arn,
          },
          { Sid: "AskForPurge", Action: ["sqs:SendMessage"], Resource: this.purge.jobs.arn },
        ],
      },
      { parent: this },
    );
    readQueue(
      "ingest",
      { reader: ingest, queue: uploads.events.arn, maximumConcurrency: settings.ingestConcurrency },
      { parent: this },
    );
  }

  /** Publishes changes in order, and queues label jobs. */
  private relay({ settings, tables, api, callbacks, search, thumbnails }: PipelineArgs): ServiceFunction {
    const { bucket, queue } = this.failedChanges;
    return new ServiceFunction(
      "relay",
      {
        settings,
        timeout: timeouts.relay,
        environment: {
          ERASURES_TABLE: tables.erasures.name,
          KEEP_EVENTS_DAYS: String(settings.keepEventsDays),
          EVENTS_TABLE: tables.events.name,
          GRAPHQL_URL: api.graphqlUrl,
          PUBLISH_TOGETHER: String(settings.publishTogether),
          LABEL_QUEUE_URL: this.labelJobs.url,
          INDEX_QUEUE_URL: search.jobs.url,
          PURGE_QUEUE_URL: this.purge.jobs.url,
          THUMBNAIL_QUEUE_URL: thumbnails.jobs.url,
          CALLBACKS_TABLE: tables.callbacks.name,
          DELIVERY_QUEUE_URL: callbacks.queue.url,
        },
        statements: [
          {
            Sid: "ReadStream",
            Action: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
            Resource: tables.assets.streamArn,
          },
          // ListStreams has no resource.
          { Sid: "FindStream", Action: ["dynamodb:ListStreams"], Resource: "*" },
          {
            Sid: "NumberEvents",
            Action: ["dynamodb:GetItem", "dynamodb:PutItem"],
            Resource: tables.events.arn,
          },
          {
            Sid: "Publish",
            Action: ["appsync:GraphQL"],
            Resource: pulumi.interpolate`${api.arn}/types/Mutation/fields/publishAssetEvent`,
          },
          {
            Sid: "AskForWork",
            Action: ["sqs:SendMessage"],
            Resource: [
              this.labelJobs.arn,
              callbacks.queue.arn,
              search.jobs.arn,
              this.purge.jobs.arn,
              thumbnails.jobs.arn,
            ],
          },
          mayRead(queue.arn),
          seeErasures(tables),
          {
            Sid: "KeepFailedChanges",
            Action: ["s3:PutObject", "s3:GetObject"],
            Resource: pulumi.interpolate`${bucket.arn}/aws/lambda/*`,
            // If this bucket is removed, another account can create one with its name.
            Condition: { StringEquals: { "s3:ResourceAccount": here.accountId } },
          },
          { Sid: "FindFailedChanges", Action: ["s3:ListBucket"], Resource: bucket.arn },
          { Sid: "LogDeliveries", Action: ["dynamodb:PutItem"], Resource: tables.callbacks.arn },
        ],
      },
      { parent: this },
    );
  }

  /** Calls `relay` for the changes of assets in order, and again for those that have failed. */
  private readChanges(relay: ServiceFunction, tables: Tables): void {
    const { bucket, queue } = this.failedChanges;
    new aws.lambda.EventSourceMapping(
      "relay",
      {
        functionName: relay.arn,
        eventSourceArn: tables.assets.streamArn,
        startingPosition: "TRIM_HORIZON",
        batchSize: 100,
        // No parallelizationFactor: Lambda then keeps the order of each item, but not that of an owner's items.
        bisectBatchOnFunctionError: true,
        maximumRetryAttempts: 20,
        functionResponseTypes: ["ReportBatchItemFailures"],
        destinationConfig: { onFailure: { destinationArn: bucket.arn } },
      },
      { parent: this, dependsOn: [relay.rolePolicy, bucket.policy] },
    );
    readQueue(
      "relay-failed-changes",
      { reader: relay, queue: queue.arn, maximumConcurrency: 2, batchSize: 1 },
      { parent: this },
    );
  }
}
