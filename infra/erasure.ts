import * as pulumi from "@pulumi/pulumi";
import { ServiceFunction } from "./function.ts";
import type { Identity } from "./identity.ts";
import { mayRead, readQueue, WorkQueue } from "./queue.ts";
import type { Settings } from "./settings.ts";
import type { Tables } from "./tables.ts";
import type { Uploads } from "./uploads.ts";

interface ErasureArgs {
  readonly settings: Settings;
  readonly identity: Identity;
  readonly tables: Tables;
  readonly uploads: Uploads;
}

/** Seconds that `erase` removes things in one run, and that it may run: its last request takes the rest. */
const runSeconds = 120;
const eraseTimeout = 180;

/** Erases users whose grace period is over. */
export class Erasure extends pulumi.ComponentResource {
  /** Users to erase. */
  readonly jobs: WorkQueue;

  constructor(name: string, args: ErasureArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Erasure", name, {}, opts);
    this.jobs = new WorkQueue(
      `${name}-jobs`,
      // A run that crashes is repeated after 18 minutes.
      { functionTimeout: eraseTimeout, maxAge: 60 * 60, maxReceiveCount: 5 },
      { parent: this },
    );
    readQueue(
      "erase",
      { reader: this.erase(args), queue: this.jobs.arn, maximumConcurrency: 2, batchSize: 1 },
      { parent: this },
    );
    this.registerOutputs({});
  }

  private erase({ settings, identity, tables, uploads }: ErasureArgs): ServiceFunction {
    const { users, erasures, assets, contents, labels, events, callbacks, clientTokens, usage } = tables;
    const partitions = [assets, labels, events, callbacks, clientTokens, usage];
    return new ServiceFunction(
      "erase",
      {
        settings,
        timeout: eraseTimeout,
        environment: {
          RUN_SECONDS: String(runSeconds),
          ERASE_QUEUE_URL: this.jobs.url,
          USER_POOL_ID: identity.userPoolId,
          BUCKET: uploads.bucket,
          ERASURES_TABLE: erasures.name,
          USERS_TABLE: users.name,
          ASSETS_TABLE: assets.name,
          CONTENTS_TABLE: contents.name,
          LABELS_TABLE: labels.name,
          EVENTS_TABLE: events.name,
          CALLBACKS_TABLE: callbacks.name,
          CLIENT_TOKENS_TABLE: clientTokens.name,
          USAGE_TABLE: usage.name,
        },
        statements: [
          mayRead(this.jobs.arn),
          { Sid: "GoOn", Action: ["sqs:SendMessage"], Resource: this.jobs.arn },
          {
            Sid: "RemoveSignIn",
            Action: ["cognito-idp:ListUsers", "cognito-idp:AdminDeleteUser"],
            Resource: identity.userPoolArn,
          },
          { Sid: "FindVersions", Action: ["s3:ListBucketVersions"], Resource: uploads.bucketArn },
          {
            Sid: "RemoveVersions",
            Action: ["s3:DeleteObjectVersion"],
            Resource: [uploads.objects, uploads.renditions],
          },
          {
            Sid: "RemoveProfile",
            Action: ["dynamodb:GetItem", "dynamodb:DeleteItem"],
            Resource: users.arn,
          },
          {
            Sid: "RemoveRows",
            Action: ["dynamodb:Query", "dynamodb:BatchWriteItem"],
            Resource: partitions.map(({ arn }) => arn),
          },
          {
            Sid: "ForgetContents",
            Action: ["dynamodb:DeleteItem", "dynamodb:Query"],
            Resource: contents.arn,
          },
          {
            Sid: "KeepReceipt",
            Action: ["dynamodb:GetItem", "dynamodb:UpdateItem"],
            Resource: erasures.arn,
          },
        ],
      },
      { parent: this },
    );
  }
}

/** Lets a function see whether a user is being erased. */
export const seeErasures = ({ erasures }: Tables) => ({
  Sid: "SeeErasures",
  Action: ["dynamodb:GetItem"],
  Resource: erasures.arn,
});
