import { accountOperations } from "../../src/aws/cognito/operations/account.ts";
import { adminOperations } from "../../src/aws/cognito/operations/admin.ts";
import { secondFactorOperations } from "../../src/aws/cognito/operations/second-factor.ts";
import { signInOperations } from "../../src/aws/cognito/operations/sign-in.ts";
import type { Context } from "../../src/aws/cognito/context.ts";
import { backupOperations } from "../../src/aws/dynamodb/backups.ts";
import { dataOperations, describing } from "../../src/aws/dynamodb/requests.ts";
import { streamOperations } from "../../src/aws/dynamodb/streams.ts";
import { operations as events } from "../../src/aws/events/operations.ts";
import { appsyncOperations } from "../../src/appsync/reads.ts";
import { reads as lambda } from "../../src/aws/lambda/reads.ts";
import { logsOperations } from "../../src/aws/logs/index.ts";
import { operations as s3 } from "../../src/aws/s3/operations.ts";
import { schedulerOperations } from "../../src/aws/scheduler/reads.ts";
import { snsOperations } from "../../src/aws/sns/requests.ts";
import { createOperations } from "../../src/aws/sqs/operations.ts";
import { operationsOnUrls } from "../../src/aws/sqs/requests.ts";

/** Only the names are read: nothing of it runs. */
const nothing = {} as never;
const cognito = [accountOperations, adminOperations, secondFactorOperations, signInOperations];

/** The operations of each service that AWS's SDKs call. */
export const operations: Readonly<Record<string, Iterable<string>>> = {
  AppSync: appsyncOperations,
  Cognito: cognito.flatMap((make) => Object.keys(make(nothing as Context))),
  DynamoDB: [...dataOperations, ...describing, ...backupOperations, "ListTables"],
  "DynamoDB Streams": streamOperations,
  EventBridge: ["PutEvents", ...events.keys()],
  "CloudWatch Logs": logsOperations,
  Lambda: ["Invoke", ...Object.keys(lambda)],
  Rekognition: ["DetectLabels"],
  S3: [...s3.keys(), "ListBuckets"],
  SNS: snsOperations,
  SQS: [
    ...Object.keys(createOperations(nothing, nothing, Date.now)),
    ...operationsOnUrls,
    ...["ListQueues", "StartMessageMoveTask", "ListMessageMoveTasks", "CancelMessageMoveTask"],
  ],
  Scheduler: schedulerOperations,
  STS: ["GetCallerIdentity"],
};
