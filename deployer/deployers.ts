import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { parts } from "./permissions.ts";
import { policiesFor } from "./policies.ts";
import type { DeployerSettings } from "./settings.ts";
import type { State } from "./state.ts";

interface DeployersArgs {
  readonly settings: DeployerSettings;
  readonly state: State;
}

const issuer = "token.actions.githubusercontent.com";

/** The roles that GitHub's runners assume: one that reads for previews, and one for each stack that deploys it. */
export class Deployers extends pulumi.ComponentResource {
  readonly previewRole: pulumi.Output<string>;
  readonly deployRoles: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, { settings, state }: DeployersArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom-deployer:index:Deployers", name, {}, opts);
    const { repository, branch, stacks } = settings;
    const provider = new aws.iam.OpenIdConnectProvider(
      "github",
      { url: `https://${issuer}`, clientIdLists: ["sts.amazonaws.com"] },
      { parent: this },
    );
    const subject = (context: string) => `repo:${repository}:${context}`;
    const role = (roleName: string, conditions: Conditions) =>
      new aws.iam.Role(
        roleName,
        { name: roleName, maxSessionDuration: 3600, assumeRolePolicy: trust(provider.arn, conditions) },
        { parent: this },
      );
    const preview = role("darkroom-preview", {
      // Pull requests, and the check for drift, which runs on the branch.
      [`${issuer}:sub`]: [subject("pull_request"), subject(`ref:refs/heads/${branch}`)],
    });
    this.attach("darkroom-preview", preview, { state, stacks, writes: false });
    this.previewRole = preview.arn;
    this.deployRoles = Object.fromEntries(
      stacks.map((stack) => {
        const deploy = role(`darkroom-deploy-${stack}`, {
          [`${issuer}:sub`]: [subject(`environment:${stack}`)],
          // A job of any branch can name an environment whose rules were loosened.
          [`${issuer}:ref`]: [`refs/heads/${branch}`],
        });
        this.attach(`darkroom-deploy-${stack}`, deploy, { state, stacks: [stack], writes: true });
        return [stack, deploy.arn];
      }),
    );
    this.registerOutputs({});
  }

  private attach(name: string, role: aws.iam.Role, access: Access): void {
    const { accountId } = aws.getCallerIdentityOutput();
    const { region } = aws.getRegionOutput();
    const documents = pulumi
      .all([accountId, region, access.state.bucketArn, access.state.keyArn])
      .apply(([account, inRegion, bucketArn, keyArn]) =>
        policiesFor({ ...access, account, region: inRegion, bucketArn, keyArn }),
      );
    for (const part of parts) {
      const made = new aws.iam.Policy(
        `${name}-${part}`,
        { name: `${name}-${part}`, policy: pulumi.jsonStringify(documents.apply((all) => all[part])) },
        { parent: this },
      );
      new aws.iam.RolePolicyAttachment(
        `${name}-${part}`,
        { role: role.name, policyArn: made.arn },
        { parent: this },
      );
    }
  }
}

interface Access {
  readonly state: State;
  readonly stacks: readonly string[];
  readonly writes: boolean;
}

type Conditions = Readonly<Record<string, readonly string[]>>;

const trust = (provider: pulumi.Output<string>, conditions: Conditions): pulumi.Output<string> =>
  pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: provider },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringEquals: { [`${issuer}:aud`]: "sts.amazonaws.com", ...conditions } },
      },
    ],
  });
