import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { here } from "./naming.ts";

export interface Statement {
  readonly Sid?: string;
  readonly Effect?: "Allow" | "Deny";
  readonly Principal?: pulumi.Input<string | Record<string, pulumi.Input<string>>>;
  readonly Action: readonly string[];
  readonly Resource: pulumi.Input<string> | readonly pulumi.Input<string>[];
  readonly Condition?: Record<string, Record<string, pulumi.Input<string>>>;
}

export const policy = (...statements: readonly Statement[]): pulumi.Output<string> =>
  pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({ Effect: "Allow", ...statement })),
  });

/** Denies requests without TLS. */
export const tlsOnly = (action: string, resources: readonly pulumi.Input<string>[]): Statement => ({
  Sid: "TlsOnly",
  Effect: "Deny",
  Principal: "*",
  Action: [action],
  Resource: resources,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});

/** A role for people. IAM of this account decides who may assume it; no service can. */
export const roleForPeople = (name: string, opts: pulumi.ComponentResourceOptions): aws.iam.Role =>
  new aws.iam.Role(
    name,
    {
      assumeRolePolicy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { AWS: pulumi.interpolate`arn:aws:iam::${here.accountId}:root` },
            Action: "sts:AssumeRole",
          },
        ],
      }),
    },
    opts,
  );

interface ServiceRoleArgs {
  /** The service that may assume the role: `lambda.amazonaws.com`. */
  readonly service: string;
  /**
   * The only resource that the service may act for. Absent if the service does not always name it. Then only the
   * account restricts the role.
   */
  readonly sourceArn?: pulumi.Input<string>;
  readonly statements: readonly Statement[];
}

/** A role for one service in this account, with the permissions that it needs and no others. */
export class ServiceRole extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly policy: aws.iam.RolePolicy;

  constructor(name: string, args: ServiceRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:ServiceRole", name, {}, opts);
    const role = new aws.iam.Role(
      name,
      {
        assumeRolePolicy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: args.service },
              Action: "sts:AssumeRole",
              Condition: {
                StringEquals: { "aws:SourceAccount": here.accountId },
                ...(args.sourceArn !== undefined && { ArnLike: { "aws:SourceArn": args.sourceArn } }),
              },
            },
          ],
        }),
      },
      { parent: this },
    );
    this.policy = new aws.iam.RolePolicy(
      name,
      { role: role.name, policy: policy(...args.statements) },
      { parent: this },
    );
    this.arn = role.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
