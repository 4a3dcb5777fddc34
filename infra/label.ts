import * as pulumi from "@pulumi/pulumi";
import { ServiceFunction } from "./function.ts";
import { mayRead, readQueue, type WorkQueue } from "./queue.ts";
import type { Settings } from "./settings.ts";
import type { Tables } from "./tables.ts";
import type { Uploads } from "./uploads.ts";

interface LabelArgs {
  readonly settings: Settings;
  readonly tables: Tables;
  readonly uploads: Uploads;
}

/** Seconds that the function may run. */
export const labelTimeout = 30;

/** MB. The function waits for Rekognition most of its time, and holds no picture. */
const labelMemory = 256;

/** Attempts to label a picture before its status is FAILED. */
export const labelTries = 5;

/** Labels pictures, and sets those to FAILED that cannot be labelled. */
export function labelPictures(
  { settings, tables, uploads }: LabelArgs,
  jobs: WorkQueue,
  opts: pulumi.ComponentResourceOptions,
): void {
  const label = new ServiceFunction(
    "label",
    {
      settings,
      timeout: labelTimeout,
      memory: labelMemory,
      environment: {
        BUCKET: uploads.bucket,
        ASSETS_TABLE: tables.assets.name,
        CONTENTS_TABLE: tables.contents.name,
        USAGE_TABLE: tables.usage.name,
        LIMITS: JSON.stringify(settings.limits),
        LABEL_QUEUE_URL: jobs.url,
        LABEL_DEAD_LETTER_QUEUE_ARN: jobs.deadLetters.arn,
        MAX_LABELS: "50",
        MIN_CONFIDENCE: "55",
        LABEL_TRIES: String(labelTries),
        LEASE_SECONDS: String(2 * labelTimeout),
      },
      statements: [
        mayRead(jobs.arn, jobs.deadLetters.arn),
        { Sid: "RetrySoon", Action: ["sqs:ChangeMessageVisibility"], Resource: jobs.arn },
        // Rekognition reads the object as this role. DetectLabels has no resource.
        {
          Sid: "ReadPictures",
          Action: ["s3:GetObject"],
          Resource: [uploads.objects, pulumi.interpolate`${uploads.renditions}/label.jpg`],
        },
        {
          Sid: "CountLabels",
          Action: ["dynamodb:GetItem", "dynamodb:UpdateItem"],
          Resource: tables.usage.arn,
        },
        { Sid: "DetectLabels", Action: ["rekognition:DetectLabels"], Resource: "*" },
        {
          Sid: "MoveLabels",
          Action: ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem"],
          Resource: tables.assets.arn,
        },
        {
          Sid: "LabelOnce",
          Action: [
            "dynamodb:GetItem",
            "dynamodb:BatchGetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "dynamodb:DeleteItem",
            "dynamodb:ConditionCheckItem",
          ],
          Resource: tables.contents.arn,
        },
      ],
    },
    opts,
  );
  readQueue(
    "label",
    { reader: label, queue: jobs.arn, maximumConcurrency: settings.labelConcurrency, batchSize: 1 },
    opts,
  );
  readQueue("label-dead", { reader: label, queue: jobs.deadLetters.arn, maximumConcurrency: 2 }, opts);
}
