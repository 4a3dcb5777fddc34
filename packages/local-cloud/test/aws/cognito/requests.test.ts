import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { checkRequest } from "../../../src/aws/cognito/requests.ts";
import { type Bench, password, poolId, signIn, startBench, useBenches } from "./support.ts";

const user = { ClientId: "web", Username: "dave" };
const ofPool = { UserPoolId: poolId, Username: "dave" };
const attribute = (Name: string, Value = "x") => ({ UserAttributes: [{ Name, Value }] });

/** Operation, the rest of its input, a member, values that are taken, values that are not. */
const cases: [string, object, string, unknown[], unknown[]][] = [
  [
    "SignUp",
    { ...user, Password: password },
    "Username",
    ["a", "é".repeat(128)],
    ["", "a b", "a".repeat(129)],
  ],
  [
    "SignUp",
    { ...user, Password: password },
    "ClientId",
    ["a", "a".repeat(128)],
    ["", "a-b", "a".repeat(129)],
  ],
  ["SignUp", user, "Password", ["ab", "a b", "a".repeat(256)], ["a", " ab", "ab ", "a".repeat(257), null]],
  [
    "SignUp",
    { ...user, Password: password },
    "SecretHash",
    ["a=", "a".repeat(128)],
    ["a-b", "a".repeat(129)],
  ],
  ["ConfirmSignUp", user, "ConfirmationCode", ["1", "1".repeat(2048)], ["", "1 2", "1".repeat(2049), null]],
  ["ConfirmSignUp", { ...user, ConfirmationCode: "1" }, "ForceAliasCreation", [false], [true]],
  ["ResendConfirmationCode", { ClientId: "web" }, "Username", ["a"], ["", null]],
  ["ForgotPassword", { ClientId: "web" }, "Username", ["a"], ["\u0000", null]],
  ["ConfirmForgotPassword", { ...user, ConfirmationCode: "1" }, "Password", ["ab"], ["a", null]],
  ["ChangePassword", { AccessToken: "a", ProposedPassword: "ab" }, "PreviousPassword", ["ab"], [" ab", null]],
  ["GetUser", {}, "AccessToken", ["a.b-c_d="], ["", "a b", null]],
  ["GlobalSignOut", {}, "AccessToken", ["a"], ["a+b", null]],
  [
    "RevokeToken",
    { ClientId: "web", Token: "a" },
    "ClientSecret",
    ["a".repeat(24), "a".repeat(64)],
    ["a".repeat(23), "a".repeat(65)],
  ],
  ["GetTokensFromRefreshToken", { ClientId: "web" }, "RefreshToken", ["a"], ["a/b", null]],
  [
    "GetTokensFromRefreshToken",
    { ClientId: "web", RefreshToken: "a" },
    "DeviceKey",
    [null],
    ["eu-west-1_0a-1"],
  ],
  ["InitiateAuth", { ClientId: "web" }, "AuthFlow", ["USER_SRP_AUTH", "USER_AUTH"], ["SRP", null]],
  [
    "InitiateAuth",
    { ClientId: "web", AuthFlow: "USER_SRP_AUTH" },
    "AuthParameters",
    [{ USERNAME: "a" }, { DEVICE_KEY: null }],
    [{ DEVICE_KEY: "eu-west-1_0a-1" }],
  ],
  [
    "RespondToAuthChallenge",
    { ClientId: "web", ChallengeName: "PASSWORD_VERIFIER" },
    "ChallengeResponses",
    [{ USERNAME: "a" }],
    [{ DEVICE_KEY: "eu-west-1_0a-1" }],
  ],
  [
    "RespondToAuthChallenge",
    { ClientId: "web", ChallengeName: "NEW_PASSWORD_REQUIRED" },
    "Session",
    ["a".repeat(20), "a".repeat(2048)],
    ["a".repeat(19), "a".repeat(2049)],
  ],
  [
    "RespondToAuthChallenge",
    { ClientId: "web" },
    "ChallengeName",
    ["PASSWORD_VERIFIER"],
    ["PASSWORDS", null],
  ],
  ["AdminCreateUser", ofPool, "MessageAction", ["RESEND", "SUPPRESS"], ["SEND"]],
  ["AdminCreateUser", ofPool, "DesiredDeliveryMediums", [[], ["SMS", "EMAIL"]], [["FAX"]]],
  ["AdminCreateUser", ofPool, "TemporaryPassword", ["ab"], ["a"]],
  ["AdminCreateUser", ofPool, "ForceAliasCreation", [false], [true]],
  [
    "AdminGetUser",
    { Username: "a" },
    "UserPoolId",
    ["eu-west-1_a", `${"a".repeat(53)}_1`],
    ["pool", "a_b_", `${"a".repeat(54)}_1`, null],
  ],
  ["AdminDeleteUser", { UserPoolId: poolId }, "Username", ["a"], ["", null]],
  ["AdminConfirmSignUp", { UserPoolId: poolId }, "Username", ["a"], ["a b", null]],
  ["AdminEnableUser", { UserPoolId: poolId }, "Username", ["a"], ["", null]],
  ["AdminDisableUser", { UserPoolId: poolId }, "Username", ["a"], ["", null]],
  ["AdminResetUserPassword", { UserPoolId: poolId }, "Username", ["a"], ["", null]],
  ["AdminSetUserPassword", ofPool, "Password", ["ab"], ["a", null]],
  ["AdminAddUserToGroup", ofPool, "GroupName", ["g", "g".repeat(128)], ["", "g".repeat(129), null]],
  ["AdminRemoveUserFromGroup", ofPool, "GroupName", ["g"], ["g h", null]],
  ["ListUsers", { UserPoolId: poolId }, "Limit", [0, 60], [-1, 61]],
  ["ListUsers", { UserPoolId: poolId }, "Filter", ["", "a".repeat(256)], ["a".repeat(257)]],
  ["ListUsers", { UserPoolId: poolId }, "AttributesToGet", [[], ["a".repeat(32)]], [[""], ["a".repeat(33)]]],
  ["ListUsers", { UserPoolId: poolId }, "PaginationToken", ["a"], ["", "a b"]],
  ["ListGroups", { UserPoolId: poolId }, "Limit", [0, 60], [-1, 61]],
  ["ListGroups", { UserPoolId: poolId }, "NextToken", ["a"], [""]],
];

describe("the parameters of an operation", () => {
  it.each(cases)("%s %j: %s", (operation, rest, member, taken, refused) => {
    for (const value of taken) {
      expect(() => checkRequest(operation, { ...rest, [member]: value })).not.toThrow();
    }
    for (const value of refused) {
      expect(() => checkRequest(operation, { ...rest, [member]: value })).toThrow(
        expect.objectContaining({ code: "InvalidParameterException" }),
      );
    }
  });

  it.each([
    ["SignUp", { ...user, Password: 1 }],
    ["SignUp", { ...user, Password: password, UserAttributes: "email" }],
    ["SignUp", { ...user, Password: password, UserAttributes: ["email"] }],
    ["InitiateAuth", { ClientId: "web", AuthFlow: "USER_AUTH", AuthParameters: [] }],
    ["InitiateAuth", { ClientId: "web", AuthFlow: "USER_AUTH", AuthParameters: { USERNAME: {} } }],
    ["AdminSetUserPassword", { ...ofPool, Password: password, Permanent: "true" }],
    ["ListUsers", { UserPoolId: poolId, Limit: "1" }],
    ["ListUsers", { UserPoolId: poolId, Limit: 1.5 }],
  ])("of the wrong type are a SerializationException: %s %j", (operation, input) => {
    expect(() => checkRequest(operation, input)).toThrow(
      expect.objectContaining({ code: "SerializationException" }),
    );
  });

  it("are refused all at once, and a secret one is not repeated", () => {
    expect(() => checkRequest("SignUp", { ClientId: "-", Username: "a b" })).toThrow(
      "3 validation errors detected: Value at 'clientId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+]+; Value at 'username'",
    );
  });
});

describe("a pool", () => {
  const start = useBenches();
  const signUp = (bench: Bench, more: object = {}) =>
    bench.call("SignUp", { ...user, Password: password, ...attribute("email", "d@example.com"), ...more });

  it("with e-mail aliases takes no name of e-mail format, by sign-up or by an administrator", async () => {
    const bench = await start({ pool: { aliasAttributes: ["email"] } });
    const refused = {
      code: "InvalidParameterException",
      message: "Username cannot be of email format, since user pool is configured for email alias.",
    };
    await expect(signUp(bench, { Username: "d@example.com" })).rejects.toMatchObject(refused);
    const input = { UserPoolId: poolId, Username: "d@example.com" };
    await expect(bench.admin("AdminCreateUser", input)).rejects.toMatchObject(refused);
    await signUp(bench, { Username: "+491234" });
  });

  it("without such aliases takes it, and with phone aliases refuses a phone number", async () => {
    await signUp(await start(), { Username: "d@example.com" });
    const phones = await start({ pool: { aliasAttributes: ["phone_number"] } });
    await expect(signUp(phones, { Username: "+491234" })).rejects.toThrow("phone number format");
  });

  it.each([
    ["email", "no address", "Invalid email address format."],
    ["phone_number", "0123", "Invalid phone number format."],
    ["custom:level", "1234", "String must be no longer than 3 characters"],
  ])("refuses a value of %s that is none: %s", async (name, value, message) => {
    const level = {
      name: "level",
      attributeDataType: "String",
      stringAttributeConstraints: { maxLength: "3" },
    };
    const bench = await start({ pool: { schemas: [level] } });
    await expect(signUp(bench, attribute(name, value))).rejects.toThrow(message);
    await signUp(bench, attribute("custom:level", "123"));
  });

  it("confirms only who is unconfirmed, and resets no temporary password", async () => {
    const bench = await start();
    await bench.admin("AdminCreateUser", ofPool);
    const state = { code: "NotAuthorizedException" };
    await expect(bench.admin("AdminConfirmSignUp", ofPool)).rejects.toMatchObject(state);
    await expect(bench.call("ForgotPassword", user)).rejects.toMatchObject({
      message: "User password cannot be reset in the current state.",
    });
  });

  it("resets forgotten passwords only as it declares: not at all with admin_only", async () => {
    const recoveryMechanisms = [{ name: "admin_only", priority: 1 }];
    const bench = await start({ pool: { accountRecoverySetting: { recoveryMechanisms } } });
    const attributes = { email: "d@example.com", email_verified: "true" };
    bench.cognito.seed([{ username: "dave", password, groups: [], attributes }]);
    await expect(bench.call("ForgotPassword", user)).rejects.toThrow("Contact administrator");
    expect(bench.mail()).toEqual([]);
  });

  it("takes a page token only for the operation that gave it", async () => {
    const bench = await start();
    const { NextToken } = await bench.admin("ListGroups", { UserPoolId: poolId, Limit: 1 });
    await bench.admin("ListGroups", { UserPoolId: poolId, NextToken });
    for (const PaginationToken of [NextToken, "made-up"]) {
      await expect(bench.admin("ListUsers", { UserPoolId: poolId, PaginationToken })).rejects.toMatchObject({
        code: "InvalidParameterException",
      });
    }
  });

  it("revokes refresh tokens only, and only those of the client", async () => {
    const bench = await start({ clients: { other: {} } });
    bench.cognito.seed([{ username: "dave", password, groups: [] }]);
    const { AccessToken, IdToken, RefreshToken } = await signIn(bench, "dave");
    const revoke = (Token: string, ClientId = "web") => bench.call("RevokeToken", { ClientId, Token });
    for (const token of [AccessToken, IdToken]) {
      await expect(revoke(token)).rejects.toMatchObject({ code: "UnsupportedTokenTypeException" });
    }
    await expect(revoke(RefreshToken, "other")).rejects.toMatchObject({ code: "UnauthorizedException" });
    await expect(bench.call("GetUser", { AccessToken })).resolves.toMatchObject({ Username: "dave" });
    await expect(revoke(RefreshToken)).resolves.toEqual({});
    await expect(bench.call("GetUser", { AccessToken })).rejects.toMatchObject({
      message: "Access Token has been revoked",
    });
  });

  it("posts codes with their address to a file that only its owner can read", async () => {
    const bench = await start();
    await signUp(bench);
    const file = join(bench.folder, "mail.jsonl");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(bench.mail()).toMatchObject([
      { userPoolId: poolId, username: "dave", to: "d@example.com", subject: "sign-up" },
    ]);
    expect(readFileSync(file, "utf8")).not.toContain(password);
  });

  it.each([
    ["deviceConfiguration", { pool: { deviceConfiguration: {} } }],
    ["advancedSecurityMode", { pool: { userPoolAddOns: { advancedSecurityMode: "ENFORCED" } } }],
    ["passwordHistorySize", { pool: { passwordPolicy: { passwordHistorySize: 1 } } }],
    ["minimumLength", { pool: { passwordPolicy: { minimumLength: 5 } } }],
    ["writeAttributes", { clients: { web: { writeAttributes: ["email"] } } }],
    ["authSessionValidity", { clients: { web: { authSessionValidity: 16 } } }],
    ["accessTokenValidity", { clients: { web: { accessTokenValidity: 25 } } }],
  ])("that asks for what is not run or not taken fails at boot: %s", async (name, options) => {
    await expect(startBench(options)).rejects.toThrow(name);
  });
});
