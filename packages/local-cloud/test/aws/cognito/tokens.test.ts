import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import {
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  jwtVerify,
  SignJWT,
} from "jose";
import { type Bench, password, poolId, signIn, startBench } from "./support.ts";

const issuer = `https://cognito-idp.eu-west-1.amazonaws.com/${poolId}`;
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("tokens", () => {
  let bench: Bench;
  let sub: string | undefined;
  let issued: number;
  let tokens: Record<"AccessToken" | "IdToken" | "RefreshToken", string>;

  beforeAll(async () => {
    bench = await startBench();
    const attributes = { email: "alice@example.com", email_verified: "true" };
    const users = bench.cognito.seed([
      { username: "alice", password, groups: ["staff", "admin"], attributes },
    ]);
    sub = users.get("alice")?.sub;
    tokens = await signIn(bench, "alice");
    issued = bench.time;
  });
  afterEach(() => {
    bench.time = issued;
  });
  afterAll(() => bench.stop());

  it("carry Cognito's claims in an access token", () => {
    const claims = decodeJwt(tokens.AccessToken);
    expect(Object.keys(claims).sort()).toEqual(
      [
        ..."sub iss client_id origin_jti event_id token_use scope auth_time exp iat jti username".split(" "),
        "cognito:groups",
      ].sort(),
    );
    expect(claims).toMatchObject({
      sub,
      iss: issuer,
      client_id: "web",
      token_use: "access",
      scope: "aws.cognito.signin.user.admin",
      username: "alice",
      "cognito:groups": ["admin", "staff"],
      exp: (claims.iat ?? 0) + 3600,
    });
  });

  it("carry Cognito's claims in an ID token", () => {
    expect(decodeJwt(tokens.IdToken)).toMatchObject({
      sub,
      iss: issuer,
      aud: "web",
      token_use: "id",
      "cognito:username": "alice",
      email: "alice@example.com",
      email_verified: true,
      origin_jti: decodeJwt(tokens.AccessToken)["origin_jti"],
    });
  });

  it("verify against the published keys, as any library does it", async () => {
    const discovery = await fetch(`${bench.url}/${poolId}/.well-known/openid-configuration`);
    const { jwks_uri: uri, issuer: named } = (await discovery.json()) as Record<string, string>;
    expect(named).toBe(issuer);
    const keys = createRemoteJWKSet(new URL(uri ?? ""));
    for (const token of [tokens.AccessToken, tokens.IdToken]) {
      await expect(jwtVerify(token, keys, { issuer })).resolves.toBeDefined();
    }
    expect(JSON.stringify(await (await fetch(uri ?? "")).json())).not.toContain('"d"');
  });

  it("are distinguished by their claims", async () => {
    await expect(bench.cognito.verify(tokens.AccessToken)).resolves.toMatchObject({
      use: "access",
      userPoolId: poolId,
      clientId: "web",
      issuer,
      sub,
      username: "alice",
      groups: ["admin", "staff"],
    });
    await expect(bench.cognito.verify(tokens.IdToken)).resolves.toMatchObject({
      use: "id",
      username: "alice",
    });
  });

  describe("that are forged", () => {
    const refused = { code: "TokenNotAuthorized", message: "You are not authorized to make this call." };
    const unparseable = { code: "TokenUnparseable", message: "Unable to parse JWT token." };
    const verify = (token: string) => expect(bench.cognito.verify(token)).rejects;
    const parts = (): string[] => tokens.AccessToken.split(".");
    const header = () => decodeProtectedHeader(tokens.AccessToken);

    it("with other claims under the old signature are refused", async () => {
      const [head, , signature] = parts();
      const claims = { ...decodeJwt(tokens.AccessToken), "cognito:groups": ["admin", "root"] };
      await verify(`${head}.${encode(claims)}.${signature}`).toMatchObject(refused);
    });

    it("with alg none are refused", async () => {
      const [, claims] = parts();
      for (const alg of ["none", "None"]) {
        await verify(`${encode({ ...header(), alg })}.${claims}.`).toMatchObject(refused);
      }
    });

    it("with HS256 keyed by the public key are refused", async () => {
      const { keys } = (await (await fetch(`${bench.url}/${poolId}/.well-known/jwks.json`)).json()) as {
        keys: { kid: string; n: string }[];
      };
      const head = encode({ ...header(), alg: "HS256" });
      for (const key of keys) {
        const signed = `${head}.${parts()[1]}`;
        const signature = createHmac("sha256", key.n).update(signed).digest("base64url");
        await verify(`${signed}.${signature}`).toMatchObject(refused);
      }
    });

    it("with a key of their own, in the header or under our kid, are refused", async () => {
      const { publicKey, privateKey } = await generateKeyPair("RS256");
      const sign = (head: object) =>
        new SignJWT(decodeJwt(tokens.AccessToken))
          .setProtectedHeader({ alg: "RS256", ...head })
          .sign(privateKey);
      await verify(await sign({ kid: header().kid })).toMatchObject(refused);
      await verify(await sign({ jwk: await exportJWK(publicKey) })).toMatchObject(refused);
      await verify(await sign({ kid: "other" })).toMatchObject(refused);
    });

    it("by another issuer are refused", async () => {
      const claims = encode({ ...decodeJwt(tokens.AccessToken), iss: "https://example.com" });
      await verify(`${parts()[0]}.${claims}.${parts()[2]}`).toMatchObject(refused);
    });

    it("and are no JWT at all cannot be parsed", async () => {
      for (const token of ["", "meow", "a.b.c", "....", "é.é.é"]) {
        await verify(token).toMatchObject(unparseable);
      }
    });
  });

  it("expire, also those seen before", async () => {
    const { AccessToken: fresh } = await signIn(bench, "alice");
    await bench.cognito.verify(fresh);
    bench.time += 3_601_000;
    const expired = { code: "TokenExpired", message: "Token has expired." };
    await expect(bench.cognito.verify(fresh)).rejects.toMatchObject(expired);
    await expect(bench.cognito.verify(fresh)).rejects.toMatchObject(expired);
  });

  it("with a wrong signature are not said to have expired", async () => {
    const [head, claims] = tokens.AccessToken.split(".");
    await expect(bench.cognito.verify(`${head}.${claims}.AAAA`)).rejects.toMatchObject({
      code: "TokenNotAuthorized",
    });
  });
});

describe("token validity", () => {
  let bench: Bench;
  afterEach(() => bench.stop());

  it("is the client's", async () => {
    const units = { accessToken: "minutes", idToken: "hours", refreshToken: "hours" };
    const validity = {
      accessTokenValidity: 5,
      idTokenValidity: 2,
      refreshTokenValidity: 1,
      tokenValidityUnits: units,
    };
    bench = await startBench({ clients: { web: { ...validity, enableTokenRevocation: false } } });
    bench.cognito.seed([{ username: "alice", password, groups: [] }]);
    const { AccessToken, IdToken, RefreshToken } = await signIn(bench, "alice");
    const lifetime = ({ exp = 0, iat = 0 }): number => exp - iat;
    expect(lifetime(decodeJwt(AccessToken))).toBe(300);
    expect(lifetime(decodeJwt(IdToken))).toBe(7200);
    expect(decodeJwt(AccessToken)).not.toHaveProperty("origin_jti");
    expect(decodeJwt(AccessToken)).not.toHaveProperty("cognito:groups");
    bench.time += 3_600_000;
    const refresh = { ClientId: "web", RefreshToken };
    await expect(bench.call("GetTokensFromRefreshToken", refresh)).rejects.toMatchObject({
      code: "NotAuthorizedException",
      message: "Refresh Token has expired",
    });
  });
});
