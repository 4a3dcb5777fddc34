import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, it } from "@jest/globals";
import type { AwsError } from "../../../src/base/service.ts";
import { type Bench, password, poolId, signIn, srpClient, startBench } from "./support.ts";

const states = [
  "UNCONFIRMED",
  "CONFIRMED",
  "FORCE_CHANGE_PASSWORD",
  "RESET_REQUIRED",
  "disabled",
  "missing",
] as const;
type State = (typeof states)[number];

/** A user in the state: `name`, what it was sent last, and tokens from before it came into the state. */
interface Subject {
  readonly name: string;
  readonly code: string;
  readonly tokens: Readonly<Record<"AccessToken" | "RefreshToken", string>>;
}

type Act = (bench: Bench, subject: Subject, ClientId: string) => Promise<unknown>;

const open =
  (operation: string, input: (subject: Subject) => object): Act =>
  (bench, subject, ClientId) =>
    bench.call(operation, { ClientId, ...input(subject) });
const ofUser = (operation: string, more: object = {}): Act =>
  open(operation, ({ name }) => ({ Username: name, ...more }));
const withCode = (operation: string, more: object = {}): Act =>
  open(operation, ({ name, code }) => ({ Username: name, ConfirmationCode: code, ...more }));
const signed =
  (operation: string, more: object = {}): Act =>
  (bench, { name }) =>
    bench.admin(operation, { UserPoolId: poolId, Username: name, ...more });
const withToken =
  (operation: string, more: object = {}): Act =>
  (bench, { tokens }) =>
    bench.call(operation, { AccessToken: tokens.AccessToken, ...more });
const byPassword = (secret: string): Act =>
  open("InitiateAuth", ({ name }) => ({
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME: name, PASSWORD: secret },
  }));
const bySrp: Act = async (bench, { name }, ClientId) => {
  const client = srpClient(name, password);
  const { ChallengeParameters, ChallengeName } = await bench.call("InitiateAuth", {
    AuthFlow: "USER_SRP_AUTH",
    ClientId,
    AuthParameters: { USERNAME: name, SRP_A: client.A },
  });
  const ChallengeResponses = client.answer(ChallengeParameters as Record<string, string>);
  return bench.call("RespondToAuthChallenge", { ClientId, ChallengeName, ChallengeResponses });
};
const refresh = (flow: string): Act =>
  open("InitiateAuth", ({ tokens }) => ({
    AuthFlow: flow,
    AuthParameters: { REFRESH_TOKEN: tokens.RefreshToken },
  }));

const exists = "UsernameExistsException: User already exists";
const disabled = "NotAuthorizedException: User is disabled.";
const wrong = "NotAuthorizedException: Incorrect username or password.";
const missing = "UserNotFoundException: User does not exist.";
const unknown = "UserNotFoundException: Username/client id combination not found.";
const unconfirmed = "UserNotConfirmedException: User is not confirmed.";
const resetRequired = "PasswordResetRequiredException: Password reset required for the user";
const expired = "ExpiredCodeException: Invalid code provided, please request a code again.";
const mismatch = "CodeMismatchException: Invalid verification code provided, please try again.";
const confirmedAlready = "InvalidParameterException: User is already confirmed.";
const notNow = "NotAuthorizedException: User password cannot be reset in the current state.";
const noAddress =
  "InvalidParameterException: Cannot reset password for the user as there is no registered/verified email or phone_number";
const revoked = "NotAuthorizedException: Access Token has been revoked";
const noRefresh = "NotAuthorizedException: Invalid Refresh Token";
const status = (is: string) => `NotAuthorizedException: User cannot be confirmed. Current status is ${is}`;

/** The answer for a client that prevents user existence errors, then for one that does not (LEGACY), where they differ. */
type Answer = string | readonly [string, string];

/** By operation: one for each state, in their order. `-`: there is no token of an unconfirmed user. */
const table: [string, Act, [Answer, Answer, Answer, Answer, Answer, Answer]][] = [
  ["SignUp", ofUser("SignUp", { Password: password }), [exists, exists, exists, exists, exists, "ok"]],
  [
    "ConfirmSignUp",
    withCode("ConfirmSignUp"),
    [
      "ok",
      status("CONFIRMED"),
      status("FORCE_CHANGE_PASSWORD"),
      status("RESET_REQUIRED"),
      [expired, disabled],
      [expired, unknown],
    ],
  ],
  [
    "ResendConfirmationCode",
    ofUser("ResendConfirmationCode"),
    ["ok", confirmedAlready, confirmedAlready, confirmedAlready, ["ok", disabled], ["ok", unknown]],
  ],
  [
    "ForgotPassword",
    ofUser("ForgotPassword"),
    [["ok", noAddress], "ok", notNow, "ok", ["ok", disabled], ["ok", unknown]],
  ],
  [
    "ConfirmForgotPassword",
    withCode("ConfirmForgotPassword", { Password: "N3w-Secret" }),
    [expired, expired, expired, "ok", [mismatch, disabled], [mismatch, unknown]],
  ],
  [
    "InitiateAuth by password",
    byPassword(password),
    [unconfirmed, "ok", "NEW_PASSWORD_REQUIRED", resetRequired, disabled, [wrong, missing]],
  ],
  [
    "InitiateAuth by a wrong password",
    byPassword("Wr0ng!!!"),
    [wrong, wrong, wrong, wrong, wrong, [wrong, missing]],
  ],
  [
    "RespondToAuthChallenge by SRP",
    bySrp,
    [unconfirmed, "ok", "NEW_PASSWORD_REQUIRED", resetRequired, disabled, [wrong, missing]],
  ],
  [
    "InitiateAuth by refresh token",
    refresh("REFRESH_TOKEN_AUTH"),
    ["-", "ok", "ok", resetRequired, noRefresh, noRefresh],
  ],
  [
    "GetTokensFromRefreshToken",
    open("GetTokensFromRefreshToken", ({ tokens: { RefreshToken } }) => ({ RefreshToken })),
    ["-", "ok", "ok", resetRequired, noRefresh, noRefresh],
  ],
  [
    "RevokeToken",
    open("RevokeToken", ({ tokens }) => ({ Token: tokens.RefreshToken })),
    ["-", "ok", "ok", "ok", "ok", "ok"],
  ],
  ["GetUser", withToken("GetUser"), ["-", "ok", "ok", resetRequired, revoked, missing]],
  ["GlobalSignOut", withToken("GlobalSignOut"), ["-", "ok", "ok", resetRequired, revoked, missing]],
  [
    "ChangePassword",
    withToken("ChangePassword", { PreviousPassword: password, ProposedPassword: "N3w-Secret" }),
    ["-", "ok", "ok", resetRequired, revoked, missing],
  ],
  ["AdminCreateUser", signed("AdminCreateUser"), [exists, exists, exists, exists, exists, "ok"]],
  ["AdminGetUser", signed("AdminGetUser"), ["ok", "ok", "ok", "ok", "ok", missing]],
  [
    "AdminConfirmSignUp",
    signed("AdminConfirmSignUp"),
    ["ok", status("CONFIRMED"), status("FORCE_CHANGE_PASSWORD"), status("RESET_REQUIRED"), disabled, missing],
  ],
  [
    "AdminSetUserPassword",
    signed("AdminSetUserPassword", { Password: password, Permanent: true }),
    ["ok", "ok", "ok", "ok", "ok", missing],
  ],
  [
    "AdminResetUserPassword",
    signed("AdminResetUserPassword"),
    [notNow, "ok", notNow, "ok", disabled, missing],
  ],
  ["AdminEnableUser", signed("AdminEnableUser"), ["ok", "ok", "ok", "ok", "ok", missing]],
  ["AdminDisableUser", signed("AdminDisableUser"), ["ok", "ok", "ok", "ok", "ok", missing]],
  [
    "AdminAddUserToGroup",
    signed("AdminAddUserToGroup", { GroupName: "staff" }),
    ["ok", "ok", "ok", "ok", "ok", missing],
  ],
  [
    "AdminRemoveUserFromGroup",
    signed("AdminRemoveUserFromGroup", { GroupName: "staff" }),
    ["ok", "ok", "ok", "ok", "ok", missing],
  ],
  ["AdminDeleteUser", signed("AdminDeleteUser"), ["ok", "ok", "ok", "ok", "ok", missing]],
];

describe("what an operation answers by the state of the user", () => {
  const benches: Bench[] = [];
  const start = async (): Promise<Bench> => {
    const bench = await startBench({
      clients: {
        legacy: {
          preventUserExistenceErrors: "LEGACY",
          explicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        },
      },
    });
    benches.push(bench);
    return bench;
  };
  afterEach(() => Promise.all(benches.splice(0).map((bench) => bench.stop())));

  it.each(table)("%s", async (_, act, expected) => {
    const bench = await start();
    for (const [index, state] of states.entries()) {
      const expectedAnswer = expected[index] ?? "";
      if (expectedAnswer === "-") {
        continue;
      }
      const [prevented, legacy] =
        typeof expectedAnswer === "string" ? [expectedAnswer, expectedAnswer] : expectedAnswer;
      for (const [client, answer] of [
        ["web", prevented],
        ["legacy", legacy],
      ] as const) {
        const subject = await bring(bench, `${state}-${client}`, state, client);
        expect([state, client, await outcome(act(bench, subject, client))]).toEqual([state, client, answer]);
      }
    }
  });

  it("ends what a disabled user had, and lets it begin anew once it is enabled", async () => {
    const bench = await start();
    const { tokens } = await bring(bench, "dave", "disabled", "web");
    const user = { UserPoolId: poolId, Username: "dave" };
    await expect(bench.admin("AdminGetUser", user)).resolves.toMatchObject({
      Enabled: false,
      UserStatus: "CONFIRMED",
    });
    await expect(
      bench.admin("ListUsers", { UserPoolId: poolId, Filter: 'status = "Disabled"' }),
    ).resolves.toMatchObject({
      Users: [{ Username: "dave", Enabled: false }],
    });
    await bench.admin("AdminEnableUser", user);
    await expect(bench.call("GetUser", { AccessToken: tokens.AccessToken })).rejects.toMatchObject({
      message: "Access Token has been revoked",
    });
    await expect(signIn(bench, "dave")).resolves.toHaveProperty("AccessToken");
  });

  it("is CONFIRMED again once a reset password has been set by its code", async () => {
    const bench = await start();
    const { code } = await bring(bench, "dave", "RESET_REQUIRED", "web");
    const reset = { ClientId: "web", Username: "dave", ConfirmationCode: code, Password: "N3w-Secret" };
    await bench.call("ConfirmForgotPassword", reset);
    await expect(signIn(bench, "dave", "N3w-Secret")).resolves.toHaveProperty("AccessToken");
  });

  it("keeps who is disabled over a restart, and takes up a data folder from before", async () => {
    const before = await startBench();
    await bring(before, "dave", "disabled", "web");
    await before.stop("keep");
    const again = await startBench({ folder: before.folder });
    await expect(signIn(again, "dave")).rejects.toMatchObject({ message: "User is disabled." });
    await again.stop("keep");
    const database = new DatabaseSync(join(before.folder, "cognito.sqlite"));
    database.exec("ALTER TABLE users DROP COLUMN enabled");
    database.close();
    const after = await startBench({ folder: before.folder });
    benches.push(after);
    await expect(signIn(after, "dave")).resolves.toHaveProperty("AccessToken");
  });
});

describe("the session of a challenge", () => {
  let bench: Bench;
  afterEach(() => bench.stop());
  const begin = async (options = {}) => {
    bench = await startBench(options);
    await bring(bench, "dave", "FORCE_CHANGE_PASSWORD", "web");
    const { Session } = await bench.call("InitiateAuth", {
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: "web",
      AuthParameters: { USERNAME: "dave", PASSWORD: password },
    });
    return (more: object = {}, client = "web") =>
      bench.call("RespondToAuthChallenge", {
        ChallengeName: "NEW_PASSWORD_REQUIRED",
        ClientId: client,
        Session,
        ChallengeResponses: { USERNAME: "dave", NEW_PASSWORD: "N3w-Secret" },
        ...more,
      });
  };
  const refused = (message: string) => ({ code: "NotAuthorizedException", message });
  const invalid = refused("Invalid session for the user.");
  const once = refused("Invalid session for the user, session can only be used once.");
  const late = refused("Invalid session for the user, session is expired.");

  it("is good once", async () => {
    const respond = await begin();
    await expect(respond()).resolves.toHaveProperty("AuthenticationResult");
    await expect(respond()).rejects.toMatchObject(once);
  });

  it.each([
    [undefined, 180],
    [15, 900],
  ])("with authSessionValidity %s is good for less than %d seconds", async (authSessionValidity, seconds) => {
    const respond = await begin({
      clients: { web: { ...(authSessionValidity && { authSessionValidity }) } },
    });
    bench.time += seconds * 1000;
    await expect(respond()).rejects.toMatchObject(late);
    bench.time -= 1;
    await expect(respond()).resolves.toHaveProperty("AuthenticationResult");
  });

  it("belongs to its user, its client and its challenge", async () => {
    const respond = await begin({ clients: { other: {} } });
    await expect(respond({}, "other")).rejects.toMatchObject(invalid);
    await expect(respond({ Session: "a".repeat(20) })).rejects.toMatchObject(invalid);
    const proof = {
      USERNAME: "dave",
      PASSWORD_CLAIM_SIGNATURE: "a",
      PASSWORD_CLAIM_SECRET_BLOCK: "a",
      TIMESTAMP: "Sat Nov 21 06:14:00 UTC 2026",
    };
    await expect(
      respond({ ChallengeName: "PASSWORD_VERIFIER", ChallengeResponses: proof }),
    ).rejects.toMatchObject(invalid);
    const others = { ChallengeResponses: { USERNAME: "erin", NEW_PASSWORD: "N3w-Secret" } };
    await expect(respond(others)).rejects.toMatchObject(invalid);
  });

  it.each([
    ["AdminDisableUser", {}, refused("User is disabled.")],
    ["AdminSetUserPassword", { Password: "0ther-Secret", Permanent: true }, invalid],
    ["AdminDeleteUser", {}, invalid],
  ])("is void after %s", async (operation, more, expectedAnswer) => {
    const respond = await begin();
    await bench.admin(operation, { UserPoolId: poolId, Username: "dave", ...more });
    await expect(respond()).rejects.toMatchObject(expectedAnswer);
  });

  it.each(["ConfirmSignUp", "InitiateAuth"])("of a sign-up is refused by name by %s", async (operation) => {
    bench = await startBench();
    const input = { ClientId: "web", Username: "dave", ConfirmationCode: "1", AuthFlow: "USER_AUTH" };
    await expect(bench.call(operation, { ...input, Session: "a".repeat(20) })).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: "Session is not supported locally",
    });
  });
});

describe("attributes along with the first password", () => {
  let bench: Bench;
  afterEach(() => bench.stop());
  const schemas = [
    { name: "email", attributeDataType: "String", required: true, mutable: true },
    { name: "family_name", attributeDataType: "String", required: false, mutable: false },
    { name: "tenant", attributeDataType: "String" },
    { name: "level", attributeDataType: "String", mutable: true },
  ];
  /** The answer to the first password of a user who was made with these attributes. */
  const complete = async (made: object, given: Readonly<Record<string, string>>) => {
    bench = await startBench({ pool: { schemas } });
    const user = { UserPoolId: poolId, Username: "dave", TemporaryPassword: password };
    const UserAttributes = Object.entries(made).map(([Name, Value]) => ({ Name, Value: String(Value) }));
    await bench.admin("AdminCreateUser", { ...user, UserAttributes });
    const AuthParameters = { USERNAME: "dave", PASSWORD: password };
    const { Session } = await bench.call("InitiateAuth", {
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: "web",
      AuthParameters,
    });
    const attributes = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [`userAttributes.${name}`, value]),
    );
    await bench.call("RespondToAuthChallenge", {
      ChallengeName: "NEW_PASSWORD_REQUIRED",
      ClientId: "web",
      Session,
      ChallengeResponses: { USERNAME: "dave", NEW_PASSWORD: "N3w-Secret", ...attributes },
    });
    const { UserAttributes: kept } = await bench.admin("AdminGetUser", {
      UserPoolId: poolId,
      Username: "dave",
    });
    return Object.fromEntries(
      (kept as { Name: string; Value: string }[]).map(({ Name, Value }) => [Name, Value]),
    );
  };
  const email = "dave@example.com";

  it.each([
    ["custom:tenant", "Cannot modify the non-mutable attribute custom:tenant", "InvalidParameterException"],
    ["family_name", "Cannot modify the non-mutable attribute family_name", "InvalidParameterException"],
    ["email", "Cannot modify an already provided email", "NotAuthorizedException"],
  ])("cannot change %s", async (name, message, code) => {
    const made = { email, [name]: email };
    await expect(complete(made, { [name]: "other@example.com" })).rejects.toMatchObject({ code, message });
    await expect(signIn(bench, "dave", "N3w-Secret")).rejects.toMatchObject({
      code: "NotAuthorizedException",
    });
  });

  it.each(["email_verified", "phone_number_verified"])("cannot say %s", async (name) => {
    await expect(complete({ email }, { [name]: "true" })).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: `Cannot modify the non-mutable attribute ${name}`,
    });
  });

  it("may change what is mutable, and give what has no value yet", async () => {
    const made = { email, "custom:level": "1" };
    const given = { "custom:level": "2", "custom:tenant": "a", family_name: "D" };
    await expect(complete(made, given)).resolves.toMatchObject({ ...given, email });
  });

  it("must hold what is required and was not given before", async () => {
    await expect(complete({}, {})).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: "Invalid attributes given, email is missing",
    });
    await bench.stop();
    await expect(complete({}, { email })).resolves.toMatchObject({ email });
  });

  it("of developers only stop the boot", async () => {
    await expect(
      startBench({
        pool: { schemas: [{ name: "a", attributeDataType: "String", developerOnlyAttribute: true }] },
      }),
    ).rejects.toThrow("schemas.developerOnlyAttribute is not supported locally");
    bench = await startBench();
  });
});

/** Makes the user and brings it into the state. */
async function bring(bench: Bench, name: string, state: State, client: string): Promise<Subject> {
  const user = { UserPoolId: poolId, Username: name };
  const lastCode = (): string => bench.mail().findLast(({ username }) => username === name)?.secret ?? "";
  const UserAttributes = [{ Name: "email", Value: `${name}@example.com` }];
  await bench.call("SignUp", { ClientId: client, Username: name, Password: password, UserAttributes });
  if (state === "UNCONFIRMED") {
    return { name, code: lastCode(), tokens: { AccessToken: "", RefreshToken: "" } };
  }
  await bench.call("ConfirmSignUp", { ClientId: client, Username: name, ConfirmationCode: lastCode() });
  const { AuthenticationResult: tokens } = await bench.call("InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    ClientId: client,
    AuthParameters: { USERNAME: name, PASSWORD: password },
  });
  if (state === "FORCE_CHANGE_PASSWORD") {
    await bench.admin("AdminSetUserPassword", { ...user, Password: password });
  }
  if (state === "RESET_REQUIRED") {
    await bench.admin("AdminResetUserPassword", user);
  }
  if (state === "disabled") {
    await bench.admin("AdminDisableUser", user);
  }
  const code = lastCode();
  if (state === "missing") {
    await bench.admin("AdminDeleteUser", user);
  }
  return { name, code, tokens: tokens as Subject["tokens"] };
}

/** `ok`, the name of the challenge, or `Code: message`. */
async function outcome(answer: Promise<unknown>): Promise<string> {
  try {
    return ((await answer) as { ChallengeName?: string }).ChallengeName ?? "ok";
  } catch (error) {
    return `${(error as AwsError).code}: ${(error as AwsError).message}`;
  }
}
