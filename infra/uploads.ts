import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PrivateBucket, mayBeSentBy } from "./bucket.ts";
import { WorkQueue } from "./queue.ts";
import { policy, roleForPeople, type Statement } from "./role.ts";
import type { Settings } from "./settings.ts";

/** The prefix of all objects that users upload. */
export const uploadPrefix = "uploads/";

/** The smaller copies of pictures lie under this. They cause no events. */
const renditionPrefix = "renditions/";

interface UploadsArgs {
  readonly settings: Settings;
  /** Seconds that the function reading the events may run. */
  readonly functionTimeout: number;
}

/** The bucket of uploads, and the queue of its S3 events. */
export class Uploads extends pulumi.ComponentResource {
  readonly bucket: pulumi.Output<string>;
  readonly bucketArn: pulumi.Output<string>;
  /** The host of the bucket in its region. */
  readonly domainName: pulumi.Output<string>;
  readonly events: WorkQueue;
  /** ARN of all objects that users uploaded. */
  readonly objects: pulumi.Output<string>;
  /** ARN of all smaller copies. */
  readonly renditions: pulumi.Output<string>;
  /** ARN of the only role that may overwrite objects: see docs/restore.md. */
  readonly restoreRole: pulumi.Output<string>;

  constructor(name: string, args: UploadsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Uploads", name, {}, opts);
    const { settings, functionTimeout } = args;
    const { protectData } = settings;
    const restorer = roleForPeople("restore", { parent: this });
    this.restoreRole = restorer.arn;
    const bucket = new PrivateBucket(
      name,
      {
        settings,
        rules,
        statements: (arn) => writing(objectsOf(arn), restorer.arn),
        versioned: protectData,
      },
      { parent: this },
    );
    this.bucket = bucket.name;
    this.bucketArn = bucket.arn;
    this.domainName = bucket.domainName;
    this.objects = objectsOf(bucket.arn);
    this.renditions = pulumi.interpolate`${bucket.arn}/${renditionPrefix}*`;
    this.allowRestore(restorer);
    this.events = new WorkQueue(
      `${name}-events`,
      { functionTimeout, maxAge: 10 * 60, maxReceiveCount: 5, statements: mayBeSentBy(bucket.arn) },
      { parent: this },
    );
    new aws.s3.BucketNotification(
      name,
      {
        bucket: bucket.name,
        queues: [
          {
            queueArn: this.events.arn,
            // In a versioned bucket, `Delete` reports the end of an old version, not of the object.
            events: [
              "s3:ObjectCreated:*",
              protectData ? "s3:ObjectRemoved:DeleteMarkerCreated" : "s3:ObjectRemoved:*",
            ],
            filterPrefix: uploadPrefix,
          },
        ],
      },
      { parent: this, dependsOn: this.events.policy },
    );
    this.registerOutputs({ bucket: this.bucket });
  }

  private allowRestore(role: aws.iam.Role): void {
    new aws.iam.RolePolicy(
      "restore",
      {
        role: role.name,
        policy: policy(
          { Sid: "Find", Action: ["s3:ListBucket", "s3:ListBucketVersions"], Resource: this.bucketArn },
          {
            Sid: "PutBack",
            Action: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
            Resource: [this.objects, this.renditions],
          },
        ),
      },
      { parent: this },
    );
  }

  /** Lets pages of these origins upload and download. Call it once: S3 keeps one configuration. */
  allowPages(origins: readonly pulumi.Input<string>[]): void {
    new aws.s3.BucketCorsConfiguration(
      "uploads",
      {
        bucket: this.bucket,
        corsRules: [
          {
            allowedOrigins: [...origins],
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

const objectsOf = (bucket: pulumi.Input<string>): pulumi.Output<string> =>
  pulumi.interpolate`${bucket}/${uploadPrefix}*`;

const rules = [
  {
    id: "abandoned-uploads",
    status: "Enabled",
    filter: { prefix: "" },
    abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
  },
  {
    id: "cold-pictures",
    status: "Enabled",
    // Renditions stay: most are smaller than what S3 moves to another class.
    filter: { prefix: uploadPrefix },
    transitions: [{ days: 30, storageClass: "INTELLIGENT_TIERING" }],
  },
];

/** Denies overwriting except to the role for restores, and signatures that are older than an upload URL may be. */
const writing = (objects: pulumi.Input<string>, restorer: pulumi.Input<string>): readonly Statement[] => [
  {
    Sid: "NoOverwriting",
    Effect: "Deny",
    Principal: "*",
    Action: ["s3:PutObject"],
    Resource: objects,
    Condition: {
      Null: { "s3:if-none-match": "true" },
      // Restoring copies an old version over its key, without a condition.
      ArnNotEquals: { "aws:PrincipalArn": restorer },
    },
  },
  {
    Sid: "NoOldSignatures",
    Effect: "Deny",
    Principal: "*",
    Action: ["s3:PutObject"],
    Resource: objects,
    // Milliseconds. An upload URL is valid for 300 seconds.
    Condition: { NumericGreaterThan: { "s3:signatureAge": "300000" } },
  },
];
