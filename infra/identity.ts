import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { here } from "./naming.ts";
import type { Settings } from "./settings.ts";
import { SignUpCheck } from "./sign-up.ts";

/** The user pool, a public client for apps, and the group of administrators. */
export class Identity extends pulumi.ComponentResource {
  readonly userPoolId: pulumi.Output<string>;
  readonly userPoolArn: pulumi.Output<string>;
  readonly userPoolClientId: pulumi.Output<string>;

  constructor(name: string, settings: Settings, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Identity", name, {}, opts);
    const { protectData, passwordSignIn } = settings;
    const check = Array.isArray(settings.signUp)
      ? new SignUpCheck("sign-up", settings, { parent: this })
      : undefined;
    const pool = new aws.cognito.UserPool(
      `${name}-users`,
      {
        usernameConfiguration: { caseSensitive: false },
        aliasAttributes: ["email"],
        autoVerifiedAttributes: ["email"],
        // A new address counts once it is confirmed, and the old one until then.
        userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ["email"] },
        adminCreateUserConfig: { allowAdminCreateUserOnly: settings.signUp === "invited" },
        ...mfaOf(settings),
        ...mailOf(settings),
        ...(check && { lambdaConfig: { preSignUp: check.arn } }),
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
        explicitAuthFlows: [
          "ALLOW_USER_SRP_AUTH",
          "ALLOW_REFRESH_TOKEN_AUTH",
          ...(passwordSignIn ? ["ALLOW_USER_PASSWORD_AUTH"] : []),
        ],
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
    check?.allow(pool.arn);
    this.userPoolId = pool.id;
    this.userPoolArn = pool.arn;
    this.userPoolClientId = client.id;
    this.registerOutputs({ userPoolId: this.userPoolId, userPoolClientId: this.userPoolClientId });
  }
}

type PoolArgs = Partial<aws.cognito.UserPoolArgs>;

const mfaOf = ({ mfa }: Settings): PoolArgs =>
  mfa === "off"
    ? {}
    : {
        mfaConfiguration: mfa === "required" ? "ON" : "OPTIONAL",
        softwareTokenMfaConfiguration: { enabled: true },
      };

/** The identity is the domain of the address, which its owner has verified in SES. */
function mailOf({ mailFrom }: Settings): PoolArgs {
  const domain = mailFrom?.replace(/>$/, "").split("@").at(-1);
  return mailFrom === undefined || domain === undefined
    ? {}
    : {
        emailConfiguration: {
          emailSendingAccount: "DEVELOPER",
          fromEmailAddress: mailFrom,
          sourceArn: pulumi.interpolate`arn:aws:ses:${here.region}:${here.accountId}:identity/${domain}`,
        },
      };
}
