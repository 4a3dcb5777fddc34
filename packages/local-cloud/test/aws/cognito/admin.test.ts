import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type Bench, password, poolArn, poolId, signIn, startBench } from "./support.ts";

describe("the administration of a pool", () => {
  let bench: Bench;
  const admin = (operation: string, input: object = {}) =>
    bench.admin(operation, { UserPoolId: poolId, ...input });

  beforeEach(async () => {
    bench = await startBench({ pool: { schemas: [{ name: "level", attributeDataType: "String" }] } });
  });
  afterEach(() => bench.stop());

  it("makes a user, whose temporary password is in the mailbox", async () => {
    const UserAttributes = [{ Name: "custom:level", Value: "9" }];
    const { User } = await admin("AdminCreateUser", { Username: "fay", UserAttributes });
    expect(User).toMatchObject({ Username: "fay", Enabled: true, UserStatus: "FORCE_CHANGE_PASSWORD" });
    const secret = bench.mail().at(-1)?.secret;
    const parameters = { USERNAME: "fay", PASSWORD: secret };
    await expect(
      bench.call("InitiateAuth", {
        AuthFlow: "USER_PASSWORD_AUTH",
        ClientId: "web",
        AuthParameters: parameters,
      }),
    ).resolves.toMatchObject({ ChallengeName: "NEW_PASSWORD_REQUIRED" });
    await expect(admin("AdminCreateUser", { Username: "fay" })).rejects.toMatchObject({
      code: "UsernameExistsException",
    });
    await expect(admin("AdminGetUser", { Username: "fay" })).resolves.toMatchObject({
      UserAttributes: [{ Name: "sub" }, { Name: "custom:level", Value: "9" }],
    });
  });

  it("sets passwords, and puts users into groups and out again", async () => {
    await admin("AdminCreateUser", { Username: "gus", MessageAction: "SUPPRESS" });
    await admin("AdminSetUserPassword", { Username: "gus", Password: password, Permanent: true });
    const group = { Username: "gus", GroupName: "staff" };
    const groups = async () => (await bench.cognito.verify((await signIn(bench, "gus")).AccessToken)).groups;
    await admin("AdminAddUserToGroup", group);
    expect(await groups()).toEqual(["staff"]);
    await admin("AdminRemoveUserFromGroup", group);
    expect(await groups()).toEqual([]);
    await expect(admin("AdminAddUserToGroup", { ...group, GroupName: "none" })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
      message: "Group not found.",
    });
  });

  it("confirms and deletes", async () => {
    await bench.call("SignUp", { ClientId: "web", Username: "hal", Password: password });
    await admin("AdminConfirmSignUp", { Username: "hal" });
    await signIn(bench, "hal");
    await admin("AdminDeleteUser", { Username: "hal" });
    await expect(admin("AdminGetUser", { Username: "hal" })).rejects.toMatchObject({
      code: "UserNotFoundException",
    });
  });

  it("removes the messages to a user with the user", async () => {
    await admin("AdminCreateUser", { Username: "fay" });
    await admin("AdminCreateUser", { Username: "gus" });
    await admin("AdminDeleteUser", { Username: "fay" });
    expect(bench.mail().map(({ username }) => username)).toEqual(["gus"]);
  });

  it("lists users by page and by filter", async () => {
    for (const Username of ["fay", "gus", "ida", "ivo", "ivy"]) {
      await admin("AdminCreateUser", { Username });
    }
    type Page = { Users: { Username: string }[]; PaginationToken?: string };
    const names: string[] = [];
    let token: string | undefined;
    do {
      const page = (await admin("ListUsers", { Limit: 2, PaginationToken: token })) as Page;
      names.push(...page.Users.map(({ Username }) => Username));
      token = page.PaginationToken;
    } while (token);
    expect(names.sort()).toEqual(["fay", "gus", "ida", "ivo", "ivy"]);
    const found = (await admin("ListUsers", { Filter: 'username ^= "iv"' })) as Page;
    expect(found.Users.map(({ Username }) => Username).sort()).toEqual(["ivo", "ivy"]);
    await expect(admin("ListUsers", { Filter: "username ~ iv" })).rejects.toMatchObject({
      code: "InvalidParameterException",
    });
    await expect(admin("ListUsers", { Limit: 61 })).rejects.toMatchObject({
      code: "InvalidParameterException",
    });
  });

  it("lists groups", async () => {
    await expect(admin("ListGroups", { Limit: 1 })).resolves.toMatchObject({
      Groups: [{ GroupName: "admin", Precedence: 1 }],
      NextToken: expect.any(String),
    });
  });

  it("asks IAM for each operation, on the pool", async () => {
    await admin("ListGroups");
    expect(bench.asked.at(-1)).toMatchObject({ action: "cognito-idp:ListGroups", resource: poolArn });
    await admin("AdminCreateUser", { Username: "gus" });
    bench.deny = true;
    await expect(admin("AdminDeleteUser", { Username: "gus" })).rejects.toMatchObject({
      code: "AccessDeniedException",
    });
    bench.deny = false;
    await admin("AdminGetUser", { Username: "gus" });
  });

  it("is closed to calls without a signature", async () => {
    const input = { UserPoolId: poolId, Username: "gus" };
    await expect(bench.call("AdminDeleteUser", input)).rejects.toMatchObject({
      code: "MissingAuthenticationTokenException",
    });
  });

  it("names the pool that does not exist, and the operation that it does not know", async () => {
    await expect(bench.admin("ListUsers", { UserPoolId: "eu-west-1_None" })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
      message: "User pool eu-west-1_None does not exist.",
    });
    for (const name of ["DescribeUserPool", "constructor", "toString"]) {
      await expect(admin(name)).rejects.toMatchObject({
        code: "UnknownOperationException",
        message: `Cognito operation ${name} is not supported`,
      });
    }
  });

  it("lets pages of any origin read its answers, errors too", async () => {
    const failed = await fetch(bench.url, {
      method: "POST",
      headers: { "x-amz-target": "AWSCognitoIdentityProviderService.GetUser" },
      body: "meow",
    });
    expect(failed.status).toBe(400);
    expect(await failed.json()).toMatchObject({ __type: "SerializationException" });
    expect(failed.headers.get("access-control-allow-origin")).toBe("*");
  });
});

describe("a pool that cannot be honoured", () => {
  it.each([
    ["lambdaConfig", { postConfirmation: "arn:aws:lambda:eu-west-1:000000000000:function:f" }],
    ["mfaConfiguration", "ON"],
  ])("fails at boot, naming %s", async (name, value) => {
    await expect(startBench({ pool: { [name]: value } })).rejects.toThrow(name);
  });

  it("seeds no user into a group that is not declared", async () => {
    const bench = await startBench();
    const users = [{ username: "alice", password, groups: ["root"] }];
    expect(() => bench.cognito.seed(users)).toThrow("has no group root");
    await bench.stop();
  });
});
