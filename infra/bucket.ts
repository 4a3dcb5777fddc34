import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { here } from "./naming.ts";
import { policy, type Statement, tlsOnly } from "./role.ts";
import type { Settings } from "./settings.ts";

type Rule = aws.types.input.s3.BucketLifecycleConfigurationRule;

interface PrivateBucketArgs {
  readonly settings: Settings;
  /** Lifecycle rules. */
  readonly rules: readonly Rule[];
  /** Statements of the bucket's policy, besides those of every bucket. */
  readonly statements?: (arn: pulumi.Output<string>) => readonly Statement[];
  /** Whether overwritten and deleted objects are kept for `oldVersionDays`. */
  readonly versioned?: boolean;
}

/** Days for which an overwritten or deleted object can be restored. */
const oldVersionDays = 30;

/** A private bucket: no public access, TLS only, encrypted, no ACLs. */
export class PrivateBucket extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** Its host in its region. */
  readonly domainName: pulumi.Output<string>;
  /** Resources that write to the bucket depend on it. */
  readonly policy: aws.s3.BucketPolicy;

  constructor(name: string, args: PrivateBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:PrivateBucket", name, {}, opts);
    const { protectData } = args.settings;
    const bucket = new aws.s3.Bucket(
      name,
      { forceDestroy: !protectData },
      { parent: this, protect: protectData, retainOnDelete: protectData },
    );
    this.name = bucket.bucket;
    this.arn = bucket.arn;
    this.domainName = bucket.bucketRegionalDomainName;
    this.policy = this.close(name, bucket, args.statements?.(bucket.arn) ?? []);
    this.keep(name, bucket, args);
    if (args.settings.accessLogs && name !== logsName) {
      new aws.s3.BucketLogging(
        name,
        { bucket: bucket.id, targetBucket: logsOf(args.settings).name, targetPrefix: `${name}/` },
        { parent: this },
      );
    }
    this.registerOutputs({ name: this.name });
  }

  private close(name: string, bucket: aws.s3.Bucket, statements: readonly Statement[]): aws.s3.BucketPolicy {
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
    new aws.s3.BucketServerSideEncryptionConfiguration(
      name,
      {
        bucket: bucket.id,
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
      },
      { parent: this },
    );
    return new aws.s3.BucketPolicy(
      name,
      {
        bucket: bucket.id,
        policy: policy(tlsOnly("s3:*", [bucket.arn, pulumi.interpolate`${bucket.arn}/*`]), ...statements),
      },
      { parent: this, dependsOn: block },
    );
  }

  private keep(name: string, bucket: aws.s3.Bucket, { rules, versioned = false }: PrivateBucketArgs): void {
    const versioning = versioned
      ? [
          new aws.s3.BucketVersioning(
            name,
            { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } },
            { parent: this },
          ),
        ]
      : [];
    new aws.s3.BucketLifecycleConfiguration(
      name,
      { bucket: bucket.id, rules: versioned ? [...rules, oldVersions] : [...rules] },
      { parent: this, dependsOn: versioning },
    );
  }
}

const logsName = "access-logs";

let logs: PrivateBucket | undefined;

/** The bucket that keeps who has asked for which object of the others. */
function logsOf(settings: Settings): PrivateBucket {
  logs ??= new PrivateBucket(logsName, {
    settings,
    rules: [
      {
        id: "old-logs",
        status: "Enabled",
        filter: { prefix: "" },
        expiration: { days: settings.logRetentionDays },
      },
    ],
    statements: (arn) => [
      {
        Sid: "S3Logs",
        Principal: { Service: "logging.s3.amazonaws.com" },
        Action: ["s3:PutObject"],
        Resource: pulumi.interpolate`${arn}/*`,
        Condition: { StringEquals: { "aws:SourceAccount": here.accountId } },
      },
    ],
  });
  return logs;
}

/** Removes a delete marker without older versions. */
const oldVersions: Rule = {
  id: "old-versions",
  status: "Enabled",
  filter: { prefix: "" },
  noncurrentVersionExpiration: { noncurrentDays: oldVersionDays },
  expiration: { expiredObjectDeleteMarker: true },
};

/** Allows a bucket of this account to send its events to a queue. */
export const mayBeSentBy =
  (bucket: pulumi.Input<string>) =>
  (queue: pulumi.Output<string>): readonly Statement[] => [
    {
      Sid: "S3Tells",
      Principal: { Service: "s3.amazonaws.com" },
      Action: ["sqs:SendMessage"],
      Resource: queue,
      Condition: {
        ArnLike: { "aws:SourceArn": bucket },
        StringEquals: { "aws:SourceAccount": here.accountId },
      },
    },
  ];
