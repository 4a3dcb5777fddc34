import { statSync } from "node:fs";
import { join } from "node:path";
import {
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  AdminSetUserMFAPreferenceCommand,
  AdminSetUserPasswordCommand,
  AssociateSoftwareTokenCommand,
  CognitoIdentityProviderClient,
  GetUserCommand,
  type GetUserCommandOutput,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  SetUserMFAPreferenceCommand,
  VerifySoftwareTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterEach, describe, expect, it } from "@jest/globals";
import { Secret, TOTP } from "otpauth";
import { type Bench, password, poolId, srpClient, startBench, useBenches } from "./support.ts";

const tokens = { enabled: true };
const required = { pool: { mfaConfiguration: "ON", softwareTokenMfaConfiguration: tokens } };
const optional = { pool: { mfaConfiguration: "OPTIONAL", softwareTokenMfaConfiguration: tokens } };

const error = (name: string, message: string) => ({ name, message });
const wrongSession = error("NotAuthorizedException", "Invalid session for the user.");
const spent = error("NotAuthorizedException", "Invalid session for the user, session can only be used once.");

const start = useBenches();
const clients: CognitoIdentityProviderClient[] = [];
afterEach(() => clients.splice(0).forEach((client) => client.destroy()));

/** A pool with the user alice, by AWS's SDK. A folder of an earlier pool has her already. */
async function open(options: object, begin = start) {
  const bench = await begin(options);
  if (!("folder" in options)) {
    await bench.admin("AdminCreateUser", { ...of(), MessageAction: "SUPPRESS" });
    await bench.admin("AdminSetUserPassword", { ...of(), Password: password, Permanent: true });
  }
  const credentials = { accessKeyId: "a", secretAccessKey: "s" };
  const sdk = new CognitoIdentityProviderClient({ endpoint: bench.url, region: "eu-west-1", credentials });
  clients.push(sdk);
  const signIn = (secret = password) =>
    sdk.send(
      new InitiateAuthCommand({
        AuthFlow: "USER_PASSWORD_AUTH",
        ClientId: "web",
        AuthParameters: { USERNAME: "alice", PASSWORD: secret },
      }),
    );
  const respond = (ChallengeName: "SOFTWARE_TOKEN_MFA" | "MFA_SETUP", Session?: string, code?: string) =>
    sdk.send(
      new RespondToAuthChallengeCommand({
        ...{ ChallengeName, ClientId: "web", Session },
        ChallengeResponses: {
          USERNAME: "alice",
          ...(code !== undefined && { SOFTWARE_TOKEN_MFA_CODE: code }),
        },
      }),
    );
  const associate = (input: { AccessToken?: string | undefined; Session?: string | undefined }) =>
    sdk.send(new AssociateSoftwareTokenCommand(input));
  const verify = (
    UserCode: string,
    input: { AccessToken?: string | undefined; Session?: string | undefined },
  ) => sdk.send(new VerifySoftwareTokenCommand({ ...input, UserCode, FriendlyDeviceName: "phone" }));
  return { bench, sdk, signIn, respond, associate, verify };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** What the user's app shows, `steps` half minutes from now. */
const shown = (bench: Bench, secret = "", steps = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: bench.time + steps * 30_000 });

/** A code that is right neither now nor in the half minutes beside. */
function wrongCode(bench: Bench, secret = ""): string {
  const right = [-1, 0, 1].map((steps) => shown(bench, secret, steps));
  return ["000000", "111111", "222222", "333333"].find((code) => !right.includes(code)) ?? "";
}

/** Signs in for the first time in a pool that requires a code. Returns the secret. */
async function setUp({ bench, signIn, respond, associate, verify }: Opened): Promise<string> {
  const { Session } = await signIn();
  const { SecretCode = "", Session: next } = await associate({ Session });
  const { Session: verified } = await verify(shown(bench, SecretCode), { Session: next });
  await respond("MFA_SETUP", verified);
  bench.time += 30_000;
  return SecretCode;
}

const factors = ({ UserMFASettingList, PreferredMfaSetting }: Partial<GetUserCommandOutput>) => [
  UserMFASettingList,
  PreferredMfaSetting,
];

describe("a pool that requires a code", () => {
  it("leads a user through the set-up, then asks for a code at each sign-in, by SRP too", async () => {
    const opened = await open(required);
    const { bench, sdk, signIn, respond, associate, verify } = opened;
    const first = await signIn();
    expect(first).toMatchObject({
      ChallengeName: "MFA_SETUP",
      ChallengeParameters: { MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]', USER_ID_FOR_SRP: "alice" },
    });
    expect(first.AuthenticationResult).toBeUndefined();
    const { SecretCode, Session } = await associate({ Session: first.Session });
    const { Status, Session: verified } = await verify(shown(bench, SecretCode), { Session });
    expect(Status).toBe("SUCCESS");
    const { AuthenticationResult } = await respond("MFA_SETUP", verified);
    const user = await sdk.send(new GetUserCommand({ AccessToken: AuthenticationResult?.AccessToken }));
    expect(factors(user)).toEqual([["SOFTWARE_TOKEN_MFA"], "SOFTWARE_TOKEN_MFA"]);

    bench.time += 30_000;
    const client = srpClient("alice", password);
    const { ChallengeParameters = {} } = await sdk.send(
      new InitiateAuthCommand({
        AuthFlow: "USER_SRP_AUTH",
        ClientId: "web",
        AuthParameters: { USERNAME: "alice", SRP_A: client.A },
      }),
    );
    const proven = await sdk.send(
      new RespondToAuthChallengeCommand({
        ChallengeName: "PASSWORD_VERIFIER",
        ClientId: "web",
        ChallengeResponses: client.answer(ChallengeParameters),
      }),
    );
    expect(proven).toMatchObject({
      ChallengeName: "SOFTWARE_TOKEN_MFA",
      ChallengeParameters: { USER_ID_FOR_SRP: "alice", FRIENDLY_DEVICE_NAME: "phone" },
    });
    const entered = await respond("SOFTWARE_TOKEN_MFA", proven.Session, shown(bench, SecretCode));
    expect(entered.AuthenticationResult).toMatchObject({ TokenType: "Bearer" });
    await expect(
      respond("SOFTWARE_TOKEN_MFA", proven.Session, shown(bench, SecretCode)),
    ).rejects.toMatchObject(spent);
  });

  it("leads an invited user from the new password to the set-up", async () => {
    const { bench, sdk } = await open(required);
    const invited = { UserPoolId: poolId, Username: "bob", TemporaryPassword: "Tempor4ry!" };
    await bench.admin("AdminCreateUser", invited);
    const { Session } = await sdk.send(
      new InitiateAuthCommand({
        AuthFlow: "USER_PASSWORD_AUTH",
        ClientId: "web",
        AuthParameters: { USERNAME: "bob", PASSWORD: "Tempor4ry!" },
      }),
    );
    const changed = await sdk.send(
      new RespondToAuthChallengeCommand({
        ChallengeName: "NEW_PASSWORD_REQUIRED",
        ClientId: "web",
        Session,
        ChallengeResponses: { USERNAME: "bob", NEW_PASSWORD: "Chang3d!!" },
      }),
    );
    expect(changed.ChallengeName).toBe("MFA_SETUP");
    expect(changed.AuthenticationResult).toBeUndefined();
  });

  it("takes a code once: not one that the set-up or another sign-in has used, nor an earlier one", async () => {
    const opened = await open(required);
    const { bench, signIn, respond } = opened;
    const secret = await setUp(opened);
    const used = error("ExpiredCodeException", "Your software token has already been used once.");
    const { Session } = await signIn();
    await expect(respond("SOFTWARE_TOKEN_MFA", Session, shown(bench, secret, -1))).rejects.toMatchObject(
      used,
    );
    await respond("SOFTWARE_TOKEN_MFA", Session, shown(bench, secret));
    const next = await signIn();
    await expect(respond("SOFTWARE_TOKEN_MFA", next.Session, shown(bench, secret))).rejects.toMatchObject(
      used,
    );
    await respond("SOFTWARE_TOKEN_MFA", next.Session, shown(bench, secret, 1));
  });

  it("keeps the challenge open after a wrong code, and locks after five", async () => {
    const opened = await open(required);
    const { bench, signIn, respond } = opened;
    const secret = await setUp(opened);
    const { Session } = await signIn();
    const mismatch = error("CodeMismatchException", "Invalid code received for user");
    for (let count = 0; count < 5; count++) {
      await expect(respond("SOFTWARE_TOKEN_MFA", Session, wrongCode(bench, secret))).rejects.toMatchObject(
        mismatch,
      );
      // A right password does not end the count.
      await signIn();
    }
    const locked = error("NotAuthorizedException", "Password attempts exceeded");
    await expect(respond("SOFTWARE_TOKEN_MFA", Session, shown(bench, secret))).rejects.toMatchObject(locked);
    bench.time += 1_000;
    await respond("SOFTWARE_TOKEN_MFA", Session, shown(bench, secret));
  });

  it("does not let the password alone replace the app", async () => {
    const opened = await open(required);
    const { bench, signIn, respond, associate, verify } = opened;
    const secret = await setUp(opened);
    const { Session } = await signIn();
    await expect(associate({ Session })).rejects.toMatchObject(wrongSession);
    await expect(verify(shown(bench, secret), { Session })).rejects.toMatchObject(wrongSession);
    await expect(respond("MFA_SETUP", Session)).rejects.toMatchObject(wrongSession);
    await expect(respond("SOFTWARE_TOKEN_MFA", Session)).rejects.toMatchObject(
      error("InvalidParameterException", "Missing required parameter SOFTWARE_TOKEN_MFA_CODE"),
    );
    for (const code of ["", "１２３４５６", "12345", "1234567", "-00001"]) {
      await expect(respond("SOFTWARE_TOKEN_MFA", Session, code)).rejects.toMatchObject({ $fault: "client" });
    }
  });

  it("gives no tokens for a set-up without its code", async () => {
    const { bench, signIn, respond, associate, verify } = await open(required);
    const { Session: first } = await signIn();
    await expect(respond("MFA_SETUP", first)).rejects.toMatchObject({ name: "InvalidParameterException" });
    const { SecretCode, Session } = await associate({ Session: first });
    await expect(associate({ Session: first })).rejects.toMatchObject(spent);
    await expect(verify(wrongCode(bench, SecretCode), { Session })).rejects.toMatchObject(
      error("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA"),
    );
    await expect(respond("MFA_SETUP", Session)).rejects.toMatchObject({ name: "InvalidParameterException" });
    await expect(respond("SOFTWARE_TOKEN_MFA", Session, shown(bench, SecretCode))).rejects.toMatchObject(
      wrongSession,
    );
    bench.time += 180_000;
    await expect(verify(shown(bench, SecretCode), { Session })).rejects.toMatchObject(
      error("NotAuthorizedException", "Invalid session for the user, session is expired."),
    );
  });

  it.each([
    [
      "another password",
      new AdminSetUserPasswordCommand({ ...of(), Password: "An0ther!!", Permanent: true }),
    ],
    ["a deletion", new AdminDeleteUserCommand(of())],
  ])("ends a sign-in that waits for a code by %s", async (_, command) => {
    const opened = await open(required);
    const { bench, sdk, signIn, respond } = opened;
    const secret = await setUp(opened);
    const { Session } = await signIn();
    await sdk.send(command as AdminDeleteUserCommand);
    await expect(respond("SOFTWARE_TOKEN_MFA", Session, shown(bench, secret))).rejects.toMatchObject(
      wrongSession,
    );
  });

  it("sets an app up for a user who is made at the start", async () => {
    const { bench, sdk, respond } = await open(required);
    const seed = () => bench.cognito.seed([{ username: "carol", password, groups: [] }]).get("carol");
    const secret = seed()?.totpSecret;
    expect(seed()?.totpSecret).toBe(secret);
    const parameters = { USERNAME: "carol", PASSWORD: password };
    const { Session } = await sdk.send(
      new InitiateAuthCommand({
        AuthFlow: "USER_PASSWORD_AUTH",
        ClientId: "web",
        AuthParameters: parameters,
      }),
    );
    const code = shown(bench, secret);
    await expect(respond("SOFTWARE_TOKEN_MFA", Session, code)).rejects.toMatchObject(wrongSession);
    const answer = new RespondToAuthChallengeCommand({
      ...{ ChallengeName: "SOFTWARE_TOKEN_MFA", ClientId: "web", Session },
      ChallengeResponses: { USERNAME: "carol", SOFTWARE_TOKEN_MFA_CODE: code },
    });
    await expect(sdk.send(answer)).resolves.toHaveProperty("AuthenticationResult.AccessToken");
  });

  it("ignores the preference of a user", async () => {
    const opened = await open(required);
    const { sdk, signIn } = opened;
    await setUp(opened);
    await sdk.send(new AdminSetUserMFAPreferenceCommand({ ...of(), SoftwareTokenMfaSettings: {} }));
    expect((await signIn()).ChallengeName).toBe("SOFTWARE_TOKEN_MFA");
    expect(factors(await sdk.send(new AdminGetUserCommand(of())))[0]).toEqual(["SOFTWARE_TOKEN_MFA"]);
  });

  it("keeps the app over a restart, in a file that only its owner can read", async () => {
    const opened = await open(required, startBench);
    await setUp(opened);
    const { folder } = opened.bench;
    expect(statSync(join(folder, "cognito.sqlite")).mode & 0o777).toBe(0o600);
    await opened.bench.stop("keep");
    const again = await open({ ...required, folder });
    expect((await again.signIn()).ChallengeName).toBe("SOFTWARE_TOKEN_MFA");
  });
});

describe("a pool in which a code is optional", () => {
  it("asks for it once the user has set up an app and prefers it, until an administrator turns it off", async () => {
    const { bench, sdk, signIn, respond, associate, verify } = await open(optional);
    const { AuthenticationResult: { AccessToken } = {} } = await signIn();
    const preference = { SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true } };
    const enable = () => sdk.send(new SetUserMFAPreferenceCommand({ AccessToken, ...preference }));
    await expect(verify("123456", { AccessToken })).rejects.toMatchObject({
      message: "User has not set up software token mfa",
    });
    await expect(enable()).rejects.toMatchObject({ message: "User has not set up software token mfa" });
    const { SecretCode } = await associate({ AccessToken });
    await expect(enable()).rejects.toMatchObject({ message: "User has not verified software token mfa" });
    await verify(shown(bench, SecretCode), { AccessToken });
    expect((await signIn()).AuthenticationResult).toBeDefined();
    await enable();
    expect(factors(await sdk.send(new GetUserCommand({ AccessToken })))).toEqual([
      ["SOFTWARE_TOKEN_MFA"],
      "SOFTWARE_TOKEN_MFA",
    ]);

    const { ChallengeName, Session } = await signIn();
    expect(ChallengeName).toBe("SOFTWARE_TOKEN_MFA");
    await respond("SOFTWARE_TOKEN_MFA", Session, shown(bench, SecretCode, 1));

    const off = { SoftwareTokenMfaSettings: { Enabled: false, PreferredMfa: false } };
    await sdk.send(new AdminSetUserMFAPreferenceCommand({ ...of(), ...off }));
    expect(factors(await sdk.send(new AdminGetUserCommand(of())))).toEqual([undefined, undefined]);
    expect((await signIn()).AuthenticationResult).toBeDefined();
  });

  it("keeps the former app until the new one is verified", async () => {
    const opened = await open(optional);
    const { bench, sdk, signIn, respond, associate, verify } = opened;
    const { AuthenticationResult: { AccessToken } = {} } = await signIn();
    const { SecretCode: former } = await associate({ AccessToken });
    await verify(shown(bench, former), { AccessToken });
    const preference = { SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true } };
    await sdk.send(new SetUserMFAPreferenceCommand({ AccessToken, ...preference }));
    const { SecretCode: next } = await associate({ AccessToken });
    const { Session } = await signIn();
    await respond("SOFTWARE_TOKEN_MFA", Session, shown(bench, former, 1));
    bench.time += 60_000;
    await verify(shown(bench, next), { AccessToken });
    const after = await signIn();
    await expect(respond("SOFTWARE_TOKEN_MFA", after.Session, shown(bench, former, 1))).rejects.toMatchObject(
      { name: "CodeMismatchException" },
    );
    await respond("SOFTWARE_TOKEN_MFA", after.Session, shown(bench, next, 1));
  });

  it("refuses codes by text message and by mail by name", async () => {
    const { sdk, signIn } = await open(optional);
    const { AuthenticationResult: { AccessToken } = {} } = await signIn();
    for (const name of ["SMSMfaSettings", "EmailMfaSettings"] as const) {
      const input = { AccessToken, [name]: { Enabled: true } };
      await expect(sdk.send(new SetUserMFAPreferenceCommand(input))).rejects.toMatchObject(
        error("InvalidParameterException", `${name} is not supported locally`),
      );
    }
  });
});

describe("a pool without a second factor", () => {
  it("makes no secrets", async () => {
    const { signIn, associate } = await open({});
    const { AuthenticationResult: { AccessToken } = {} } = await signIn();
    await expect(associate({ AccessToken })).rejects.toMatchObject(
      error("SoftwareTokenMFANotFoundException", "Software Token MFA has not been enabled by the userPool"),
    );
  });
});

function of() {
  return { UserPoolId: poolId, Username: "alice" };
}
