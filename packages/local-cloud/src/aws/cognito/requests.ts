import { brokenConstraints, type Members, type Shape } from "../shapes.ts";
import { type Input, invalid } from "./input.ts";

/** Throws for an input that the API reference does not allow, and for an option that is not supported here. */
export function checkRequest(operation: string, input: Input): void {
  const members = Object.hasOwn(requests, operation) ? requests[operation] : undefined;
  const broken = members && brokenConstraints(members, input);
  if (broken !== undefined) {
    throw invalid(broken);
  }
  const option = unsupported.find((name) => (input[name] ?? false) !== false);
  if (option !== undefined) {
    throw invalid(`${option} is not supported locally`);
  }
  if (withoutSession.includes(operation) && (input["Session"] ?? undefined) !== undefined) {
    throw invalid("Session is not supported locally");
  }
  for (const name of ["AuthParameters", "ChallengeResponses"]) {
    const parameters = input[name] as Input | undefined;
    if ((parameters?.["DEVICE_KEY"] ?? undefined) !== undefined) {
      throw invalid("DEVICE_KEY is not supported locally");
    }
  }
}

/**
 * Options that are not supported. Four others have no effect and are accepted: ClientMetadata and ValidationData are for
 * triggers, which are refused at boot, and UserContextData and AnalyticsMetadata are for features that do not run here.
 */
const unsupported = ["ForceAliasCreation", "DeviceKey"];

/** Their `Session` continues a sign-up by the flow USER_AUTH, which is not supported. */
const withoutSession = ["ConfirmSignUp", "InitiateAuth"];

const name = "[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+";
const token = { type: "string", pattern: "[A-Za-z0-9-_=.]+", sensitive: true } as const;
const text = (min: number, max: number, pattern: string) => ({ type: "string", min, max, pattern }) as const;
const secret = (min: number, max: number, pattern: string) =>
  ({ ...text(min, max, pattern), sensitive: true }) as const;
const required = <Of extends Shape>(shape: Of): Of & { readonly required: true } => ({
  ...shape,
  required: true,
});
const metadata = { type: "map" } as const;
const attributes = {
  type: "list",
  of: {
    type: "structure",
    members: {
      Name: required(text(1, 32, "[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\t\\n\\r ]+")),
      Value: { type: "string", max: 2048, sensitive: true },
    },
  },
} as const;
const contextData = {
  type: "structure",
  members: { IpAddress: { type: "string" }, EncodedData: { type: "string" } },
} as const;
const analytics = { type: "structure", members: { AnalyticsEndpointId: { type: "string" } } } as const;

/** AWS's model has `[\S]+`, but the service and its guide on passwords allow spaces inside. */
const password = { type: "string", max: 256, pattern: "[\\S]+.*[\\S]+", sensitive: true } as const;
const code = required(text(1, 2048, "[\\S]+"));
const session = { type: "string", min: 20, max: 2048, sensitive: true } as const;
const clientId = required(secret(1, 128, "[\\w+]+"));
const clientSecret = secret(24, 64, "[\\w+]+");
const username = required(secret(1, 128, name));
const accessToken = { AccessToken: required(token) };
const pool = { UserPoolId: required(text(1, 55, "[\\w-]+_[0-9a-zA-Z]+")) };
const userOfPool = { ...pool, Username: username };
const member = { ...userOfPool, GroupName: required(text(1, 128, name)) };
const userOfClient = {
  ClientId: clientId,
  SecretHash: secret(1, 128, "[\\w+=/]+"),
  Username: username,
  AnalyticsMetadata: analytics,
  UserContextData: contextData,
  ClientMetadata: metadata,
};

const flag = { type: "boolean" } as const;
const preference = { type: "structure", members: { Enabled: flag, PreferredMfa: flag } } as const;
const preferences = {
  SMSMfaSettings: preference,
  SoftwareTokenMfaSettings: preference,
  EmailMfaSettings: preference,
  WebAuthnMfaSettings: { type: "structure", members: { Enabled: flag } },
} as const;

const authFlows =
  `USER_SRP_AUTH REFRESH_TOKEN_AUTH REFRESH_TOKEN CUSTOM_AUTH ADMIN_NO_SRP_AUTH USER_PASSWORD_AUTH
  ADMIN_USER_PASSWORD_AUTH USER_AUTH`.split(/\s+/);
const challenges =
  `SMS_MFA EMAIL_OTP SOFTWARE_TOKEN_MFA SELECT_MFA_TYPE MFA_SETUP PASSWORD_VERIFIER CUSTOM_CHALLENGE
  SELECT_CHALLENGE DEVICE_SRP_AUTH DEVICE_PASSWORD_VERIFIER ADMIN_NO_SRP_AUTH NEW_PASSWORD_REQUIRED SMS_OTP PASSWORD
  WEB_AUTHN PASSWORD_SRP`.split(/\s+/);

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_Operations.html */
const requests: Readonly<Record<string, Members>> = {
  SignUp: {
    ...userOfClient,
    Password: required(password),
    UserAttributes: attributes,
    ValidationData: attributes,
  },
  ConfirmSignUp: {
    ...userOfClient,
    ConfirmationCode: code,
    ForceAliasCreation: { type: "boolean" },
    Session: session,
  },
  ResendConfirmationCode: userOfClient,
  ForgotPassword: userOfClient,
  ConfirmForgotPassword: { ...userOfClient, ConfirmationCode: code, Password: required(password) },
  ChangePassword: {
    ...accessToken,
    PreviousPassword: required(password),
    ProposedPassword: required(password),
  },
  AssociateSoftwareToken: { AccessToken: token, Session: session },
  VerifySoftwareToken: {
    AccessToken: token,
    Session: session,
    UserCode: required(secret(6, 6, "[0-9]+")),
    FriendlyDeviceName: text(1, 131_072, ".*"),
  },
  SetUserMFAPreference: { ...accessToken, ...preferences },
  GetUser: accessToken,
  GlobalSignOut: accessToken,
  RevokeToken: { ClientId: clientId, ClientSecret: clientSecret, Token: required(token) },
  InitiateAuth: {
    ClientId: clientId,
    AuthFlow: required({ type: "string", values: authFlows }),
    AuthParameters: metadata,
    ClientMetadata: metadata,
    AnalyticsMetadata: analytics,
    UserContextData: contextData,
    Session: session,
  },
  RespondToAuthChallenge: {
    ClientId: clientId,
    ChallengeName: required({ type: "string", values: challenges }),
    ChallengeResponses: metadata,
    ClientMetadata: metadata,
    AnalyticsMetadata: analytics,
    UserContextData: contextData,
    Session: session,
  },
  GetTokensFromRefreshToken: {
    ClientId: clientId,
    ClientSecret: clientSecret,
    RefreshToken: required(token),
    DeviceKey: text(1, 55, "[\\w-]+_[0-9a-f-]+"),
    ClientMetadata: metadata,
  },
  AdminCreateUser: {
    ...userOfPool,
    UserAttributes: attributes,
    ValidationData: attributes,
    TemporaryPassword: password,
    ForceAliasCreation: { type: "boolean" },
    MessageAction: { type: "string", values: ["RESEND", "SUPPRESS"] },
    DesiredDeliveryMediums: { type: "list", of: { type: "string", values: ["SMS", "EMAIL"] } },
    ClientMetadata: metadata,
  },
  AdminGetUser: userOfPool,
  AdminSetUserMFAPreference: { ...userOfPool, ...preferences },
  AdminDeleteUser: userOfPool,
  AdminEnableUser: userOfPool,
  AdminDisableUser: userOfPool,
  AdminResetUserPassword: { ...userOfPool, ClientMetadata: metadata },
  AdminConfirmSignUp: { ...userOfPool, ClientMetadata: metadata },
  AdminSetUserPassword: { ...userOfPool, Password: required(password), Permanent: { type: "boolean" } },
  AdminAddUserToGroup: member,
  AdminRemoveUserFromGroup: member,
  ListUsers: {
    ...pool,
    AttributesToGet: { type: "list", of: text(1, 32, name) },
    Limit: { type: "integer", min: 0, max: 60 },
    PaginationToken: { type: "string", min: 1, pattern: "[\\S]+" },
    Filter: { type: "string", max: 256 },
  },
  ListGroups: {
    ...pool,
    Limit: { type: "integer", min: 0, max: 60 },
    NextToken: { type: "string", min: 1, pattern: "[\\S]+" },
  },
};
