import { describe, expect, it } from "@jest/globals";
import { type Bench, password, poolId, signIn, useBenches } from "./support.ts";

const email = "dave@example.com";

describe("a user's own account", () => {
  const start = useBenches();

  const signUp = (bench: Bench, more: object = {}) =>
    bench.call("SignUp", {
      ClientId: "web",
      Username: "dave",
      Password: password,
      UserAttributes: [{ Name: "email", Value: email }],
      ...more,
    });
  const lastCode = (bench: Bench): string => bench.mail().at(-1)?.secret ?? "";
  const confirm = (bench: Bench, ConfirmationCode: string, Username = "dave") =>
    bench.call("ConfirmSignUp", { ClientId: "web", Username, ConfirmationCode });

  it("is made by sign-up and the code that the mailbox holds", async () => {
    const bench = await start();
    await expect(signUp(bench)).resolves.toMatchObject({
      UserConfirmed: false,
      CodeDeliveryDetails: { AttributeName: "email", DeliveryMedium: "EMAIL", Destination: "d***@e***" },
    });
    await expect(signIn(bench, "dave")).rejects.toMatchObject({ code: "UserNotConfirmedException" });
    await expect(confirm(bench, "wrong")).rejects.toMatchObject({ code: "CodeMismatchException" });
    await confirm(bench, lastCode(bench));
    const { AccessToken } = await signIn(bench, "dave");
    const user = (await bench.call("GetUser", { AccessToken })) as { UserAttributes: object[] };
    expect(user).toMatchObject({ Username: "dave" });
    expect(user.UserAttributes).toContainEqual({ Name: "email_verified", Value: "true" });
    await expect(confirm(bench, lastCode(bench))).rejects.toMatchObject({
      message: "User cannot be confirmed. Current status is CONFIRMED",
    });
  });

  it("is on the bill once from its sign-up on, and a refused one is not", async () => {
    const bench = await start();
    await expect(signUp(bench, { Password: "short" })).rejects.toThrow();
    expect(bench.active()).toBe(0);
    await signUp(bench);
    expect(bench.active()).toBe(1);
    await confirm(bench, lastCode(bench));
    await signIn(bench, "dave");
    expect(bench.active()).toBe(1);
  });

  it("takes no sixth guess at a code, and no old code", async () => {
    const bench = await start();
    await signUp(bench);
    const first = lastCode(bench);
    const resend = () => bench.call("ResendConfirmationCode", { ClientId: "web", Username: "dave" });
    do {
      await resend();
    } while (lastCode(bench) === first);
    for (let count = 0; count < 5; count++) {
      await expect(confirm(bench, first)).rejects.toMatchObject({ code: "CodeMismatchException" });
    }
    await expect(confirm(bench, lastCode(bench))).rejects.toMatchObject({ code: "LimitExceededException" });
    await resend();
    bench.time += 86_400_000;
    await expect(confirm(bench, lastCode(bench))).rejects.toMatchObject({ code: "ExpiredCodeException" });
    await resend();
    await expect(confirm(bench, lastCode(bench))).resolves.toEqual({});
  });

  it.each([
    ["Aa1!x", "Password not long enough"],
    ["passw0rd!", "Password must have uppercase characters"],
    ["PASSW0RD!", "Password must have lowercase characters"],
    ["Password!", "Password must have numeric characters"],
    ["Passw0rdx", "Password must have symbol characters"],
  ])("needs a password of the policy: %s is refused", async (weak, why) => {
    const bench = await start();
    await expect(signUp(bench, { Password: weak })).rejects.toMatchObject({
      code: "InvalidPasswordException",
      message: `Password did not conform with policy: ${why}`,
    });
  });

  it("asks only for what a declared policy asks for", async () => {
    const bench = await start({ pool: { passwordPolicy: { minimumLength: 12 } } });
    await expect(signUp(bench, { Password: "short" })).rejects.toMatchObject({
      code: "InvalidPasswordException",
    });
    await expect(signUp(bench, { Password: "all lower case" })).resolves.toHaveProperty("UserSub");
  });

  it("cannot be made twice, nor with attributes that the pool does not have", async () => {
    const bench = await start();
    await signUp(bench);
    await expect(signUp(bench)).rejects.toMatchObject({ code: "UsernameExistsException" });
    const other = { Username: "erin", UserAttributes: [{ Name: "custom:level", Value: "9" }] };
    await expect(signUp(bench, other)).rejects.toMatchObject({ code: "InvalidParameterException" });
  });

  it("cannot call its own address verified, and so sign in as another", async () => {
    const bench = await start({ pool: { aliasAttributes: ["email"] } });
    const UserAttributes = [
      { Name: "email", Value: email },
      { Name: "email_verified", Value: "true" },
    ];
    await expect(signUp(bench, { UserAttributes })).rejects.toMatchObject({ code: "NotAuthorizedException" });
  });

  it("cannot take over a verified address of another", async () => {
    const bench = await start({ pool: { aliasAttributes: ["email"] } });
    const attributes = { email, email_verified: "true" };
    bench.cognito.seed([{ username: "owner", password, groups: [], attributes }]);
    await signUp(bench);
    await expect(confirm(bench, lastCode(bench))).rejects.toMatchObject({ code: "AliasExistsException" });
    await expect(signIn(bench, email)).resolves.toHaveProperty("AccessToken");
  });

  it("is refused where only administrators make users", async () => {
    const bench = await start({ pool: { adminCreateUserConfig: { allowAdminCreateUserOnly: true } } });
    await expect(signUp(bench)).rejects.toMatchObject({
      code: "NotAuthorizedException",
      message: "SignUp is not permitted for this user pool",
    });
  });

  it("goes by its e-mail address where the pool says so, in any case of letters", async () => {
    const pool = { usernameAttributes: ["email"], usernameConfiguration: { caseSensitive: false } };
    const bench = await start({ pool });
    await expect(signUp(bench)).rejects.toMatchObject({ message: "Username should be an email." });
    const { UserSub } = await signUp(bench, { Username: email, UserAttributes: [] });
    await confirm(bench, lastCode(bench), "Dave@Example.com");
    const { AccessToken } = await signIn(bench, "DAVE@example.com");
    await expect(bench.cognito.verify(AccessToken)).resolves.toMatchObject({ username: UserSub });
    await expect(signUp(bench, { Username: "DAVE@EXAMPLE.COM", UserAttributes: [] })).rejects.toMatchObject({
      code: "UsernameExistsException",
    });
  });

  it("gets a new password for a forgotten one", async () => {
    const bench = await start();
    await signUp(bench);
    const forgot = () => bench.call("ForgotPassword", { ClientId: "web", Username: "dave" });
    const confirmation = lastCode(bench);
    await expect(forgot()).resolves.toMatchObject({ CodeDeliveryDetails: { AttributeName: "email" } });
    expect(lastCode(bench)).toBe(confirmation);
    await confirm(bench, confirmation);
    await expect(forgot()).resolves.toMatchObject({ CodeDeliveryDetails: { Destination: "d***@e***" } });
    const input = { ClientId: "web", Username: "dave", Password: "N3w-Secret" };
    const reset = { ...input, ConfirmationCode: lastCode(bench) };
    await expect(bench.call("ConfirmForgotPassword", { ...reset, Password: "weak" })).rejects.toMatchObject({
      code: "InvalidPasswordException",
    });
    await bench.call("ConfirmForgotPassword", reset);
    await expect(
      bench.call("ConfirmForgotPassword", { ...reset, Password: "0ther-Secret" }),
    ).rejects.toMatchObject({ code: "ExpiredCodeException" });
    await expect(signIn(bench, "dave", "N3w-Secret")).resolves.toHaveProperty("AccessToken");
    await expect(signIn(bench, "dave")).rejects.toMatchObject({ code: "NotAuthorizedException" });
  });

  it("has the same answers as one that does not exist", async () => {
    const bench = await start();
    const nobody = { ClientId: "web", Username: "nobody" };
    const pretended = { CodeDeliveryDetails: { Destination: "n***@e***" } };
    await expect(bench.call("ForgotPassword", nobody)).resolves.toMatchObject(pretended);
    await expect(bench.call("ResendConfirmationCode", nobody)).resolves.toMatchObject(pretended);
    expect(bench.mail()).toEqual([]);
    await expect(confirm(bench, "123456", "nobody")).rejects.toMatchObject({ code: "ExpiredCodeException" });
    await expect(
      bench.call("ConfirmForgotPassword", { ...nobody, ConfirmationCode: "123456", Password: password }),
    ).rejects.toMatchObject({ code: "CodeMismatchException" });
  });

  it("changes its password by the old one", async () => {
    const bench = await start();
    bench.cognito.seed([{ username: "dave", password, groups: [] }]);
    const { AccessToken, IdToken } = await signIn(bench, "dave");
    const change = (PreviousPassword: string, token = AccessToken) =>
      bench.call("ChangePassword", { AccessToken: token, PreviousPassword, ProposedPassword: "N3w-Secret" });
    await expect(change("guess")).rejects.toMatchObject({ code: "NotAuthorizedException" });
    await expect(change(password, IdToken)).rejects.toMatchObject({ message: "Invalid Access Token" });
    await change(password);
    await expect(signIn(bench, "dave", "N3w-Secret")).resolves.toHaveProperty("AccessToken");
  });

  it("signs out everywhere: no refresh token works any more", async () => {
    const bench = await start();
    bench.cognito.seed([{ username: "dave", password, groups: [] }]);
    const [one, other] = [await signIn(bench, "dave"), await signIn(bench, "dave")];
    await bench.call("GlobalSignOut", { AccessToken: one.AccessToken });
    const refused = { code: "NotAuthorizedException" };
    for (const { RefreshToken } of [one, other]) {
      await expect(
        bench.call("GetTokensFromRefreshToken", { ClientId: "web", RefreshToken }),
      ).rejects.toMatchObject(refused);
    }
    await expect(bench.call("GetUser", other)).rejects.toMatchObject(refused);
    await expect(bench.call("GetUser", { AccessToken: "meow" })).rejects.toMatchObject(refused);
    bench.time += 3_600_000;
    await expect(bench.call("GetUser", one)).rejects.toMatchObject({ message: "Access Token has expired" });
    await bench.admin("AdminDeleteUser", { UserPoolId: poolId, Username: "dave" });
    await expect(signIn(bench, "dave")).rejects.toMatchObject(refused);
  });
});
