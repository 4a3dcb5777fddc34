import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./settings.ts";

/** The user pool, a public client for apps, and the group of administrators. */
export class Identity extends pulumi.ComponentResource {
  readonly userPoolId: pulumi.Output<string>;
  readonly userPoolArn: pulumi.Output<string>;
  readonly userPoolClientId: pulumi.Output<string>;

  constructor(name: string, { protectData }: Settings, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Identity", name, {}, opts);
    const pool = new aws.cognito.UserPool(
      `${name}-users`,
      {
        usernameConfiguration: { caseSensitive: false },
        aliasAttributes: ["email"],
        autoVerifiedAttributes: ["email"],
        accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
        passwordPolicy: {
          minimumLength: 12,
          requireLowercase: true,
          requireUppercase: true,
          requireNumbers: true,
          requireSymbols: false,
          temporaryPasswordValidityDays: 3,
        },
        deletionProtection: protectData ? "ACTIVE" : "INACTIVE",
      },
      { parent: this, protect: protectData },
    );
    const client = new aws.cognito.UserPoolClient(
      `${name}-app`,
      {
        userPoolId: pool.id,
        generateSecret: false,
        explicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        preventUserExistenceErrors: "ENABLED",
        enableTokenRevocation: true,
        // A token keeps its groups until it expires, also those of a former admin.
        accessTokenValidity: 15,
        idTokenValidity: 15,
        refreshTokenValidity: 30,
        tokenValidityUnits: { accessToken: "minutes", idToken: "minutes", refreshToken: "days" },
      },
      { parent: this },
    );
    new aws.cognito.UserGroup(
      `${name}-admins`,
      { userPoolId: pool.id, name: "admins", description: "See and manage what is not theirs" },
      { parent: this },
    );
    this.userPoolId = pool.id;
    this.userPoolArn = pool.arn;
    this.userPoolClientId = client.id;
    this.registerOutputs({ userPoolId: this.userPoolId, userPoolClientId: this.userPoolClientId });
  }
}
