import { describe, expect, it } from "@jest/globals";
import type { Invocation } from "../../../src/base/service.ts";
import { password, poolArn, poolId, signIn, useBenches } from "./support.ts";

const functionArn = "arn:aws:lambda:eu-west-1:000000000000:function:before";

interface PreSignUp {
  readonly userName: string;
  readonly request: object;
  readonly response: object;
}

const open = useBenches();

/** A pool whose function answers so. Its events are kept. */
async function withFunction(response: object, pool: object = {}) {
  const events: PreSignUp[] = [];
  const answer = (event: PreSignUp): Invocation => ({ payload: { ...event, response } });
  const bench = await open({
    pool: { lambdaConfig: { preSignUp: functionArn }, ...pool },
    invoke: (principal, arn, event, sourceArn) => {
      expect([principal, arn, sourceArn]).toEqual([
        { kind: "service", service: "cognito-idp.amazonaws.com" },
        functionArn,
        poolArn,
      ]);
      events.push(event as PreSignUp);
      return Promise.resolve({ requestId: "r", ...answer(event as PreSignUp) });
    },
  });
  const signUp = (Username: string, more: object = {}) =>
    bench.call("SignUp", { ClientId: "web", Username, Password: password, ...more });
  return { bench, events, signUp };
}

const email = (Value: string) => ({ UserAttributes: [{ Name: "email", Value }] });

describe("the function before a sign-up", () => {
  it("gets the attributes, and what the client sends for it alone", async () => {
    const { events, signUp } = await withFunction({});
    await signUp("alice", {
      ...email("alice@example.com"),
      ValidationData: [{ Name: "invitation", Value: "42" }],
      ClientMetadata: { campaign: "spring" },
    });
    expect(events).toEqual([
      {
        ...{ version: "1", region: "eu-west-1", userPoolId: poolId, triggerSource: "PreSignUp_SignUp" },
        userName: "alice",
        callerContext: { awsSdkVersion: expect.any(String), clientId: "web" },
        request: {
          userAttributes: { email: "alice@example.com" },
          validationData: { invitation: "42" },
          clientMetadata: { campaign: "spring" },
        },
        response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
      },
    ]);
  });

  it("gets the sub as the name, and the address as an attribute, where people sign in by address", async () => {
    const { bench, events, signUp } = await withFunction({}, { usernameAttributes: ["email"] });
    const { UserSub } = await signUp("alice@example.com");
    await bench.admin("AdminCreateUser", { UserPoolId: poolId, Username: "bob@example.com" });
    expect(events).toMatchObject([
      {
        userName: UserSub,
        request: { userAttributes: { email: "alice@example.com" }, validationData: null },
      },
      {
        userName: expect.stringMatching(/^[0-9a-f-]{36}$/),
        request: { userAttributes: { email: "bob@example.com" } },
      },
    ]);
    expect(events[0]?.request).not.toHaveProperty("clientMetadata");
  });

  it("confirms the account and verifies its address: no code is sent, and the user can sign in at once", async () => {
    const { bench, signUp } = await withFunction(
      { autoConfirmUser: true, autoVerifyEmail: true },
      { autoVerifiedAttributes: ["email"], aliasAttributes: ["email"] },
    );
    const answer = await signUp("alice", email("alice@example.com"));
    expect(answer).toEqual({ UserConfirmed: true, UserSub: expect.any(String) });
    expect(bench.mail()).toEqual([]);
    // A verified address is an alias.
    const { AccessToken } = await signIn(bench, "alice@example.com");
    const { UserAttributes } = await bench.call("GetUser", { AccessToken });
    expect(UserAttributes).toContainEqual({ Name: "email_verified", Value: "true" });
  });

  it("confirms without verifying", async () => {
    const { bench, signUp } = await withFunction({ autoConfirmUser: true });
    await signUp("alice", email("alice@example.com"));
    const { AccessToken } = await signIn(bench, "alice");
    const { UserAttributes } = await bench.call("GetUser", { AccessToken });
    expect(UserAttributes).not.toContainEqual({ Name: "email_verified", Value: "true" });
  });

  it("leaves an account that an admin creates to its temporary password", async () => {
    const { bench } = await withFunction({ autoConfirmUser: true });
    const input = { UserPoolId: poolId, Username: "bob" };
    expect(await bench.admin("AdminCreateUser", input)).toMatchObject({
      User: { UserStatus: "FORCE_CHANGE_PASSWORD" },
    });
  });

  it.each([["autoVerifyEmail"], ["autoVerifyPhone"]])(
    "creates no account if it answers %s for one without that address",
    async (flag) => {
      const { bench, signUp } = await withFunction({ [flag]: true });
      await expect(signUp("alice")).rejects.toMatchObject({ code: "InvalidLambdaResponseException" });
      expect((await bench.admin("ListUsers", { UserPoolId: poolId }))["Users"]).toEqual([]);
    },
  );
});

it("a required attribute by which people sign in is given by the name", async () => {
  const bench = await open({
    pool: {
      usernameAttributes: ["email"],
      schemas: [{ name: "email", attributeDataType: "String", required: true, mutable: true }],
    },
  });
  const input = { ClientId: "web", Username: "alice@example.com", Password: password };
  expect(await bench.call("SignUp", input)).toMatchObject({ UserConfirmed: false });
});
