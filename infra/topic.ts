import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { here } from "./naming.ts";
import { policy, tlsOnly } from "./role.ts";

interface AlarmTopicArgs {
  /** The address that alarms are mailed to. It must confirm once. If absent, only other subscribers get them. */
  readonly email?: string | undefined;
  readonly key: AlarmKey;
}

/** The topic of the alarms. Only alarms of this account may publish to it. */
export class AlarmTopic extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, { email, key }: AlarmTopicArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:AlarmTopic", name, {}, opts);
    const topic = new aws.sns.Topic(name, { kmsMasterKeyId: key.arn }, { parent: this });
    this.arn = topic.arn;
    new aws.sns.TopicPolicy(
      name,
      {
        arn: topic.arn,
        policy: policy(
          {
            Sid: "AlarmsOfThisAccount",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: ["sns:Publish"],
            Resource: topic.arn,
            Condition: {
              StringEquals: { "aws:SourceAccount": here.accountId },
              ArnLike: {
                "aws:SourceArn": pulumi.interpolate`arn:aws:cloudwatch:${here.region}:${here.accountId}:alarm:*`,
              },
            },
          },
          tlsOnly("sns:Publish", [topic.arn]),
        ),
      },
      { parent: this },
    );
    if (email !== undefined) {
      new aws.sns.TopicSubscription(
        name,
        { topic: topic.arn, protocol: "email", endpoint: email },
        { parent: this },
      );
    }
    this.registerOutputs({ arn: this.arn });
  }
}

/** AWS's own key for SNS (alias/aws/sns) does not let alarms publish, and its policy cannot be changed. */
export class AlarmKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:AlarmKey", name, {}, opts);
    const key = new aws.kms.Key(
      name,
      {
        description: "Alarms on their way",
        enableKeyRotation: true,
        policy: policy(
          {
            Sid: "TheAccountDecides",
            Principal: { AWS: pulumi.interpolate`arn:aws:iam::${here.accountId}:root` },
            Action: ["kms:*"],
            Resource: "*",
          },
          {
            Sid: "AlarmsOfThisAccount",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
            Resource: "*",
            Condition: { StringEquals: { "aws:SourceAccount": here.accountId } },
          },
        ),
      },
      { parent: this },
    );
    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
