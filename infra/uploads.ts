import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { here } from "./naming.ts";
import { WorkQueue } from "./queue.ts";
import { policy, tlsOnly } from "./role.ts";
import type { Settings } from "./settings.ts";

/** Everything that users upload lies under this. */
export const uploadPrefix = "uploads/";

interface UploadsArgs {
  readonly settings: Settings;
  /** Seconds that the function reading the events may run. */
  readonly functionTimeout: number;
}

/** The private bucket, and the queue where S3 tells what happened to its objects. */
export class Uploads extends pulumi.ComponentResource {
  readonly bucket: pulumi.Output<string>;
  readonly bucketArn: pulumi.Output<string>;
  readonly events: WorkQueue;
  /** ARN of all objects. */
  readonly objects: pulumi.Output<string>;

  constructor(name: string, args: UploadsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Uploads", name, {}, opts);
    const { protectData } = args.settings;
    const bucket = new aws.s3.Bucket(
      name,
      { forceDestroy: !protectData },
      { parent: this, protect: protectData, retainOnDelete: protectData },
    );
    this.bucket = bucket.bucket;
    this.bucketArn = bucket.arn;
    this.objects = pulumi.interpolate`${bucket.arn}/${uploadPrefix}*`;
    this.close(name, bucket);
    this.configure(name, bucket, args.settings);
    this.events = new WorkQueue(
      `${name}-events`,
      {
        functionTimeout: args.functionTimeout,
        maxReceiveCount: 5,
        statements: (queue) => [
          {
            Sid: "S3Tells",
            Principal: { Service: "s3.amazonaws.com" },
            Action: ["sqs:SendMessage"],
            Resource: queue,
            Condition: {
              ArnLike: { "aws:SourceArn": bucket.arn },
              StringEquals: { "aws:SourceAccount": here.accountId },
            },
          },
        ],
      },
      { parent: this },
    );
    new aws.s3.BucketNotification(
      name,
      {
        bucket: bucket.id,
        queues: [
          {
            queueArn: this.events.arn,
            events: ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
            filterPrefix: uploadPrefix,
          },
        ],
      },
      { parent: this, dependsOn: this.events.policy },
    );
    this.registerOutputs({ bucket: this.bucket });
  }

  /** Nothing public, nothing without TLS, nothing overwritten, no signature older than an upload URL's life. */
  private close(name: string, bucket: aws.s3.Bucket): void {
    const block = new aws.s3.BucketPublicAccessBlock(
      name,
      {
        bucket: bucket.id,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      { parent: this },
    );
    new aws.s3.BucketOwnershipControls(
      name,
      { bucket: bucket.id, rule: { objectOwnership: "BucketOwnerEnforced" } },
      { parent: this },
    );
    new aws.s3.BucketPolicy(
      name,
      {
        bucket: bucket.id,
        policy: policy(
          tlsOnly("s3:*", [bucket.arn, pulumi.interpolate`${bucket.arn}/*`]),
          {
            Sid: "NoOverwriting",
            Effect: "Deny",
            Principal: "*",
            Action: ["s3:PutObject"],
            Resource: this.objects,
            Condition: { Null: { "s3:if-none-match": "true" } },
          },
          {
            Sid: "NoOldSignatures",
            Effect: "Deny",
            Principal: "*",
            Action: ["s3:PutObject"],
            Resource: this.objects,
            // Milliseconds; an upload URL lives for 300 seconds.
            Condition: { NumericGreaterThan: { "s3:signatureAge": "300000" } },
          },
        ),
      },
      { parent: this, dependsOn: block },
    );
  }

  private configure(name: string, bucket: aws.s3.Bucket, { allowedOrigins }: Settings): void {
    new aws.s3.BucketServerSideEncryptionConfiguration(
      name,
      {
        bucket: bucket.id,
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
      },
      { parent: this },
    );
    new aws.s3.BucketLifecycleConfiguration(
      name,
      {
        bucket: bucket.id,
        rules: [
          {
            id: "abandoned-uploads",
            status: "Enabled",
            filter: { prefix: "" },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
          },
          {
            id: "cold-pictures",
            status: "Enabled",
            filter: { prefix: uploadPrefix },
            transitions: [{ days: 30, storageClass: "INTELLIGENT_TIERING" }],
          },
        ],
      },
      { parent: this },
    );
    if (allowedOrigins.length > 0) {
      new aws.s3.BucketCorsConfiguration(
        name,
        {
          bucket: bucket.id,
          corsRules: [
            {
              allowedOrigins: [...allowedOrigins],
              allowedMethods: ["PUT", "GET", "HEAD"],
              allowedHeaders: ["content-type", "if-none-match", "x-amz-checksum-sha256"],
              exposeHeaders: ["ETag"],
              maxAgeSeconds: 3600,
            },
          ],
        },
        { parent: this },
      );
    }
  }
}
