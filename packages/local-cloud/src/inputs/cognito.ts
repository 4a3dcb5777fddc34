import { type Check, type EffectsOf, choice, each, notHere, oneOf, refined, within } from "./effect.ts";

const units = oneOf(["seconds", "minutes", "hours", "days"]);
const contact = ["phone_number", "email"];

const usernames: Check = (value, resource) =>
  resource.inputs["aliasAttributes"] === undefined
    ? each(oneOf(contact))(value, resource)
    : { refused: "excludes aliasAttributes: AWS takes only one of the two" };

/** Codes of an app run here. Codes by text message and by mail are not sent. */
const secondFactor = refined(oneOf(["OFF", "OPTIONAL", "ON"]), (value, { inputs }) => {
  const { enabled } = (inputs["softwareTokenMfaConfiguration"] ?? {}) as { readonly enabled?: unknown };
  if (value === "OFF" || enabled === true) {
    return "runs";
  }
  return value === "OPTIONAL"
    ? "idle"
    : { refused: "ON is not supported locally without softwareTokenMfaConfiguration" };
});

const schemas = {
  attributeDataType: choice({
    String: "runs",
    Number: "runs",
    Boolean: "runs",
    DateTime: "DateTime is not supported locally",
  }),
  developerOnlyAttribute: notHere,
  mutable: "runs",
  name: "runs",
  numberAttributeConstraints: { maxValue: "runs", minValue: "runs" },
  required: "runs",
  stringAttributeConstraints: { maxLength: "runs", minLength: "runs" },
} as const;

/** Ranges: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html */
export const cognito: EffectsOf<"cognito"> = {
  "aws:cognito/userGroup:UserGroup": {
    description: "runs",
    name: "runs",
    precedence: within(0, 2 ** 31 - 1),
    region: "idle",
    roleArn: "runs",
    userPoolId: "runs",
  },
  "aws:cognito/userPool:UserPool": {
    accountRecoverySetting: {
      recoveryMechanisms: {
        name: oneOf(["verified_email", "verified_phone_number", "admin_only"]),
        priority: within(1, 2),
      },
    },
    adminCreateUserConfig: { allowAdminCreateUserOnly: "runs", inviteMessageTemplate: "idle" },
    aliasAttributes: each(oneOf([...contact, "preferred_username"])),
    autoVerifiedAttributes: each(oneOf(contact)),
    deletionProtection: oneOf(["ACTIVE", "INACTIVE"], "idle"),
    deviceConfiguration: notHere,
    emailConfiguration: "idle",
    emailMfaConfiguration: notHere,
    emailVerificationMessage: "idle",
    emailVerificationSubject: "idle",
    lambdaConfig: {
      createAuthChallenge: notHere,
      customEmailSender: notHere,
      customMessage: notHere,
      customSmsSender: notHere,
      defineAuthChallenge: notHere,
      kmsKeyId: notHere,
      postAuthentication: notHere,
      postConfirmation: notHere,
      preAuthentication: notHere,
      preSignUp: "runs",
      preTokenGeneration: notHere,
      preTokenGenerationConfig: notHere,
      userMigration: notHere,
      verifyAuthChallengeResponse: notHere,
    },
    mfaConfiguration: secondFactor,
    name: "runs",
    passwordPolicy: {
      minimumLength: within(6, 99),
      passwordHistorySize: notHere,
      requireLowercase: "runs",
      requireNumbers: "runs",
      requireSymbols: "runs",
      requireUppercase: "runs",
      temporaryPasswordValidityDays: within(0, 365),
    },
    region: "runs",
    schemas,
    signInPolicy: {
      allowedFirstAuthFactors: each(
        choice({
          PASSWORD: "runs",
          EMAIL_OTP: "EMAIL_OTP is not supported locally",
          SMS_OTP: "SMS_OTP is not supported locally",
          WEB_AUTHN: "WEB_AUTHN is not supported locally",
        }),
      ),
    },
    smsAuthenticationMessage: "idle",
    smsConfiguration: "idle",
    smsVerificationMessage: "idle",
    softwareTokenMfaConfiguration: { enabled: "runs" },
    tags: "idle",
    // Of UpdateUserAttributes, which is not an operation here.
    userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: "idle" },
    userPoolAddOns: {
      advancedSecurityAdditionalFlows: notHere,
      advancedSecurityMode: choice({
        OFF: "runs",
        AUDIT: "AUDIT is not supported locally",
        ENFORCED: "ENFORCED is not supported locally",
      }),
    },
    userPoolTier: oneOf(["LITE", "ESSENTIALS", "PLUS"], "idle"),
    usernameAttributes: usernames,
    usernameConfiguration: { caseSensitive: "runs" },
    verificationMessageTemplate: {
      defaultEmailOption: choice({
        CONFIRM_WITH_CODE: "runs",
        CONFIRM_WITH_LINK: "CONFIRM_WITH_LINK is not supported locally",
      }),
      emailMessage: "idle",
      emailMessageByLink: "idle",
      emailSubject: "idle",
      emailSubjectByLink: "idle",
      smsMessage: "idle",
    },
    webAuthnConfiguration: "idle",
  },
  "aws:cognito/userPoolClient:UserPoolClient": {
    // The unit is in tokenValidityUnits: the service checks the range of the two together.
    accessTokenValidity: "runs",
    allowedOauthFlows: "idle",
    allowedOauthFlowsUserPoolClient: "idle",
    allowedOauthScopes: "idle",
    analyticsConfiguration: "idle",
    authSessionValidity: within(3, 15),
    callbackUrls: "idle",
    defaultRedirectUri: "idle",
    enablePropagateAdditionalUserContextData: notHere,
    enableTokenRevocation: "runs",
    // A flow that does not run here is refused by name when a client starts it.
    explicitAuthFlows: each(
      choice({
        ALLOW_ADMIN_USER_PASSWORD_AUTH: "runs",
        ALLOW_CUSTOM_AUTH: "runs",
        ALLOW_REFRESH_TOKEN_AUTH: "runs",
        ALLOW_USER_AUTH: "runs",
        ALLOW_USER_PASSWORD_AUTH: "runs",
        ALLOW_USER_SRP_AUTH: "runs",
        ADMIN_NO_SRP_AUTH: "ADMIN_NO_SRP_AUTH is not supported locally",
        CUSTOM_AUTH_FLOW_ONLY: "CUSTOM_AUTH_FLOW_ONLY is not supported locally",
        USER_PASSWORD_AUTH: "USER_PASSWORD_AUTH is not supported locally",
      }),
    ),
    generateSecret: "runs",
    idTokenValidity: "runs",
    logoutUrls: "idle",
    name: "runs",
    preventUserExistenceErrors: oneOf(["ENABLED", "LEGACY"]),
    readAttributes: notHere,
    refreshTokenRotation: {
      feature: oneOf(["ENABLED", "DISABLED"]),
      retryGracePeriodSeconds: within(0, 60),
    },
    refreshTokenValidity: "runs",
    region: "idle",
    supportedIdentityProviders: (providers) =>
      providers.every((provider) => provider === "COGNITO")
        ? "runs"
        : { refused: "is not supported locally except for COGNITO" },
    tokenValidityUnits: { accessToken: units, idToken: units, refreshToken: units },
    userPoolId: "runs",
    writeAttributes: notHere,
  },
};
