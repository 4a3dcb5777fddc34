import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Where Pulumi keeps the state of the stacks, and the key that encrypts the secrets in it. */
export class State extends pulumi.ComponentResource {
  readonly bucketArn: pulumi.Output<string>;
  readonly keyArn: pulumi.Output<string>;
  /** For `pulumi login`. */
  readonly url: pulumi.Output<string>;
  /** For `pulumi stack init --secrets-provider`. */
  readonly secretsProvider: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom-deployer:index:State", name, {}, opts);
    const kept = { parent: this, protect: true };
    const bucket = new aws.s3.Bucket(name, {}, kept);
    new aws.s3.BucketVersioning(
      name,
      { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } },
      { parent: this },
    );
    new aws.s3.BucketPublicAccessBlock(
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
    new aws.s3.BucketPolicy(name, { bucket: bucket.id, policy: tlsOnly(bucket.arn) }, { parent: this });
    const key = new aws.kms.Key(
      name,
      { description: "Secrets in Pulumi's state", enableKeyRotation: true },
      kept,
    );
    const alias = new aws.kms.Alias(name, { name: `alias/${name}`, targetKeyId: key.id }, { parent: this });
    const { region } = aws.getRegionOutput();
    this.bucketArn = bucket.arn;
    this.keyArn = key.arn;
    this.url = pulumi.interpolate`s3://${bucket.id}?region=${region}`;
    this.secretsProvider = pulumi.interpolate`awskms://${alias.name}?region=${region}`;
    this.registerOutputs({});
  }
}

const tlsOnly = (bucketArn: pulumi.Output<string>) =>
  pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [bucketArn, pulumi.interpolate`${bucketArn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
