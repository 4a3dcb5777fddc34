import { createHmac } from "node:crypto";
import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import { prime } from "../../../src/aws/cognito/srp.ts";
import {
  type Bench,
  type Options,
  password,
  poolId,
  secretOf,
  signIn,
  srpClient,
  startBench,
} from "./support.ts";

const notAuthorized = (message: string) => ({ code: "NotAuthorizedException", message });
const wrong = notAuthorized("Incorrect username or password.");

describe("signing in", () => {
  const benches: Bench[] = [];
  const start = async (options: Options = {}): Promise<Bench> => {
    const bench = await startBench(options);
    benches.push(bench);
    bench.cognito.seed([{ username: "alice", password, groups: [] }]);
    return bench;
  };
  afterEach(() => Promise.all(benches.splice(0).map((bench) => bench.stop())));

  const initiate = (bench: Bench, AuthFlow: string, AuthParameters: object, ClientId = "web") =>
    bench.call("InitiateAuth", { AuthFlow, ClientId, AuthParameters });
  const challenge = async (bench: Bench, username: string, A: string) =>
    (await initiate(bench, "USER_SRP_AUTH", { USERNAME: username, SRP_A: A }))[
      "ChallengeParameters"
    ] as Record<string, string>;
  const answer = (bench: Bench, ChallengeResponses: object, ClientId = "web") =>
    bench.call("RespondToAuthChallenge", {
      ChallengeName: "PASSWORD_VERIFIER",
      ClientId,
      ChallengeResponses,
    });

  it("by SRP needs the password", async () => {
    const bench = await start();
    const good = srpClient("alice", password);
    await expect(answer(bench, good.answer(await challenge(bench, "alice", good.A)))).resolves.toMatchObject({
      AuthenticationResult: { TokenType: "Bearer", ExpiresIn: 3600 },
    });
    const bad = srpClient("alice", "Passw0rd!y");
    await expect(answer(bench, bad.answer(await challenge(bench, "alice", bad.A)))).rejects.toMatchObject(
      wrong,
    );
  });

  it.each([
    ["0", 0n],
    ["N", prime],
    ["2N", 2n * prime],
  ])("by SRP with A = %s is refused before any challenge", async (_, value) => {
    const bench = await start();
    const parameters = { USERNAME: "alice", SRP_A: value.toString(16) };
    await expect(initiate(bench, "USER_SRP_AUTH", parameters)).rejects.toMatchObject({
      code: "InvalidParameterException",
    });
  });

  it("cannot replay an answer, nor use it for another client", async () => {
    const bench = await start({ clients: { other: {} } });
    const client = srpClient("alice", password);
    const response = client.answer(await challenge(bench, "alice", client.A));
    await answer(bench, response);
    const invalid = notAuthorized("Invalid session for the user.");
    await expect(answer(bench, response)).rejects.toMatchObject(
      notAuthorized("Invalid session for the user, session can only be used once."),
    );
    const again = client.answer(await challenge(bench, "alice", client.A));
    await expect(answer(bench, again, "other")).rejects.toMatchObject(invalid);
  });

  it("must answer the challenge in three minutes, in the format of its time stamp", async () => {
    const bench = await start();
    const client = srpClient("alice", password);
    const response = client.answer(await challenge(bench, "alice", client.A));
    await expect(answer(bench, { ...response, TIMESTAMP: "now" })).rejects.toMatchObject({
      code: "InvalidParameterException",
    });
    bench.time += 180_000;
    await expect(answer(bench, response)).rejects.toMatchObject(
      notAuthorized("Invalid session for the user, session is expired."),
    );
  });

  it("does not reveal who exists: an unknown user gets a constant challenge of the same form", async () => {
    const bench = await start();
    const client = srpClient("nobody", password);
    const first = await challenge(bench, "nobody", client.A);
    const second = await challenge(bench, "nobody", client.A);
    const real = await challenge(bench, "alice", client.A);
    expect(second["SALT"]).toBe(first["SALT"]);
    expect(second["SRP_B"]).not.toBe(first["SRP_B"]);
    expect(Object.keys(first)).toEqual(Object.keys(real));
    expect(first["SALT"]).toHaveLength(real["SALT"]?.length ?? 0);
    expect(first["USER_ID_FOR_SRP"]).toBe("nobody");
    await expect(answer(bench, client.answer(first))).rejects.toMatchObject(wrong);
    await expect(signIn(bench, "nobody")).rejects.toMatchObject(wrong);
  });

  it("says so where the client does not prevent it", async () => {
    const bench = await start({ clients: { web: { preventUserExistenceErrors: "LEGACY" } } });
    await expect(signIn(bench, "nobody")).rejects.toMatchObject({
      code: "UserNotFoundException",
      message: "User does not exist.",
    });
  });

  it("locks out after five failures, for a second, then for two", async () => {
    const bench = await start();
    for (let count = 0; count < 5; count++) {
      await expect(signIn(bench, "alice", "no")).rejects.toMatchObject(wrong);
    }
    const locked = notAuthorized("Password attempts exceeded");
    await expect(signIn(bench, "alice")).rejects.toMatchObject(locked);
    bench.time += 1_000;
    await expect(signIn(bench, "alice", "no")).rejects.toMatchObject(wrong);
    bench.time += 1_000;
    await expect(signIn(bench, "alice")).rejects.toMatchObject(locked);
    bench.time += 1_000;
    await expect(signIn(bench, "alice")).resolves.toHaveProperty("AccessToken");
  });

  it("uses only the flows of the client, and names those that are not supported", async () => {
    const bench = await start({ clients: { web: { explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"] } } });
    const invalid = (message: string) => ({ code: "InvalidParameterException", message });
    await expect(initiate(bench, "USER_PASSWORD_AUTH", {})).rejects.toMatchObject(
      invalid("USER_PASSWORD_AUTH flow not enabled for this client"),
    );
    await expect(initiate(bench, "USER_SRP_AUTH", {})).rejects.toMatchObject(
      invalid("USER_SRP_AUTH is not enabled for the client."),
    );
    await expect(initiate(bench, "CUSTOM_AUTH", {})).rejects.toMatchObject(
      invalid("AuthFlow CUSTOM_AUTH is not supported locally"),
    );
    await expect(
      bench.call("RespondToAuthChallenge", { ChallengeName: "SMS_MFA", ClientId: "web" }),
    ).rejects.toMatchObject(invalid("ChallengeName SMS_MFA is not supported locally"));
  });

  it("names what is missing", async () => {
    const bench = await start();
    const attempts: [object, string][] = [
      [{}, "InvalidParameterException"],
      [{ AuthFlow: 1 }, "SerializationException"],
      [{ AuthFlow: "USER_PASSWORD_AUTH", ClientId: "none" }, "ResourceNotFoundException"],
      [{ AuthFlow: "USER_PASSWORD_AUTH", ClientId: "web" }, "InvalidParameterException"],
    ];
    for (const [input, code] of attempts) {
      await expect(bench.call("InitiateAuth", input)).rejects.toMatchObject({ code });
    }
    await expect(initiate(bench, "USER_PASSWORD_AUTH", { USERNAME: "alice" })).rejects.toMatchObject({
      message: "Missing required parameter PASSWORD",
    });
  });

  it("with a client secret needs its hash", async () => {
    const bench = await start({
      clients: { server: { generateSecret: true, explicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"] } },
    });
    const hash = (key: string): string => createHmac("sha256", key).update("aliceserver").digest("base64");
    const attempt = (SECRET_HASH?: string) =>
      initiate(bench, "USER_PASSWORD_AUTH", { USERNAME: "alice", PASSWORD: password, SECRET_HASH }, "server");
    await expect(attempt()).rejects.toMatchObject(
      notAuthorized("Client server is configured with secret but SECRET_HASH was not received"),
    );
    await expect(attempt(hash("guess"))).rejects.toMatchObject(
      notAuthorized("Unable to verify secret hash for client server"),
    );
    await expect(attempt(hash(secretOf("server")))).resolves.toHaveProperty("AuthenticationResult");
  });

  it("by a temporary password leads to a new one, which may not smuggle in a verified address", async () => {
    const bench = await start({ pool: { aliasAttributes: ["email"] } });
    const attributes = { email: "alice@example.com", email_verified: "true" };
    bench.cognito.seed([{ username: "carol", password, groups: [], attributes }]);
    await bench.admin("AdminCreateUser", {
      UserPoolId: poolId,
      Username: "bob",
      TemporaryPassword: "Tempor4ry!",
    });
    const respond = async (more: object) => {
      const parameters = { USERNAME: "bob", PASSWORD: "Tempor4ry!" };
      const { Session } = await initiate(bench, "USER_PASSWORD_AUTH", parameters);
      const ChallengeResponses = { USERNAME: "bob", NEW_PASSWORD: "Chang3d!!", ...more };
      const input = { ChallengeName: "NEW_PASSWORD_REQUIRED", ClientId: "web", Session, ChallengeResponses };
      return bench.call("RespondToAuthChallenge", input);
    };
    await expect(respond({ NEW_PASSWORD: "weak" })).rejects.toMatchObject({
      code: "InvalidPasswordException",
    });
    await expect(
      respond({ "userAttributes.email": "alice@example.com", "userAttributes.email_verified": "true" }),
    ).rejects.toMatchObject({ message: "Cannot modify the non-mutable attribute email_verified" });
    await expect(respond({ "userAttributes.name": "Bob" })).resolves.toHaveProperty("AuthenticationResult");
    await expect(signIn(bench, "bob", "Chang3d!!")).resolves.toHaveProperty("AccessToken");
    await expect(signIn(bench, "alice@example.com")).resolves.toHaveProperty("AccessToken");
  });

  it("by a temporary password ends after seven days", async () => {
    const bench = await start();
    await bench.admin("AdminCreateUser", {
      UserPoolId: poolId,
      Username: "bob",
      TemporaryPassword: "Tempor4ry!",
    });
    bench.time += 7 * 86_400_000;
    await expect(signIn(bench, "bob", "Tempor4ry!")).rejects.toMatchObject(
      notAuthorized("Temporary password has expired and must be reset by an administrator."),
    );
  });

  it("is kept up by a refresh token, until that is revoked", async () => {
    const bench = await start();
    const { RefreshToken, AccessToken } = await signIn(bench, "alice");
    const refresh = (flow: string) => initiate(bench, flow, { REFRESH_TOKEN: RefreshToken });
    bench.time += 60_000;
    for (const flow of ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"]) {
      const { AuthenticationResult: renewed } = await refresh(flow);
      const { AccessToken: token } = renewed as { AccessToken: string };
      expect(renewed).not.toHaveProperty("RefreshToken");
      const claims = ({ auth_time, origin_jti }: Record<string, unknown>) => ({ auth_time, origin_jti });
      expect(claims(decodeJwt(token))).toEqual(claims(decodeJwt(AccessToken)));
    }
    await bench.call("RevokeToken", { ClientId: "web", Token: RefreshToken });
    await expect(refresh("REFRESH_TOKEN_AUTH")).rejects.toMatchObject(notAuthorized("Invalid Refresh Token"));
    await expect(bench.call("GetUser", { AccessToken })).rejects.toMatchObject(
      notAuthorized("Access Token has been revoked"),
    );
    await expect(bench.cognito.verify(AccessToken)).resolves.toMatchObject({ username: "alice" });
    await expect(bench.call("RevokeToken", { ClientId: "web", Token: "unknown" })).resolves.toEqual({});
  });

  it("rotates refresh tokens where the client asks for it", async () => {
    const refreshTokenRotation = { feature: "ENABLED", retryGracePeriodSeconds: 10 };
    const bench = await start({ clients: { web: { refreshTokenRotation }, other: {} } });
    const { RefreshToken: first } = await signIn(bench, "alice");
    const refresh = (RefreshToken: string, ClientId = "web") =>
      bench.call("GetTokensFromRefreshToken", { ClientId, RefreshToken });
    const { AuthenticationResult: renewed } = await refresh(first);
    const { RefreshToken: second } = renewed as { RefreshToken: string };
    expect(second).not.toBe(first);
    bench.time += 10_000;
    await expect(refresh(first)).rejects.toMatchObject(notAuthorized("Refresh Token has been revoked"));
    await expect(refresh(second, "other")).rejects.toMatchObject(notAuthorized("Invalid Refresh Token"));
    await expect(refresh(second)).resolves.toHaveProperty("AuthenticationResult");
    await expect(initiate(bench, "REFRESH_TOKEN_AUTH", { REFRESH_TOKEN: second })).rejects.toMatchObject({
      code: "NotAuthorizedException",
    });
  });

  it("outlives a restart: users, keys and sessions stay, in files for their owner only", async () => {
    const before = await startBench();
    const users = before.cognito.seed([{ username: "alice", password, groups: ["admin"] }]);
    const { AccessToken, RefreshToken } = await signIn(before, "alice");
    for (const file of await readdir(before.folder)) {
      const path = join(before.folder, file);
      expect((await stat(path)).mode & 0o077).toBe(0);
      expect((await readFile(path)).includes(password)).toBe(false);
    }
    await before.stop("keep");
    const after = await startBench({ folder: before.folder });
    benches.push(after);
    await expect(after.cognito.verify(AccessToken)).resolves.toMatchObject({ sub: users.get("alice")?.sub });
    await expect(
      after.call("GetTokensFromRefreshToken", { ClientId: "web", RefreshToken }),
    ).resolves.toHaveProperty("AuthenticationResult");
    expect(after.cognito.seed([{ username: "alice", password, groups: ["admin"] }])).toEqual(users);
    await signIn(after, "alice");
  });

  it("has keys of its own in each data folder", async () => {
    const [one, other] = [await start(), await start()];
    const { AccessToken } = await signIn(one, "alice");
    await expect(other.cognito.verify(AccessToken)).rejects.toMatchObject({ code: "TokenNotAuthorized" });
  });
});
