import { beforeAll, describe, expect, it } from "@jest/globals";
import { SignJWT, generateKeyPair } from "jose";
import type { Pool } from "../../../src/aws/cognito/context.ts";
import { createVerifier } from "../../../src/aws/cognito/tokens.ts";

const issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_One";
const now = Date.UTC(2026, 0, 1);
const seconds = now / 1000;

type Keys = Record<"access" | "id" | "other", Awaited<ReturnType<typeof generateKeyPair>>>;

/** Tokens that bear a true signature of the pool's own keys, and are wrong in one thing each. */
describe("a token signed by the pool itself", () => {
  let keys: Keys;
  let verify: ReturnType<typeof createVerifier>;

  beforeAll(async () => {
    const [access, id, other] = await Promise.all([1, 2, 3].map(() => generateKeyPair("RS256")));
    if (!access || !id || !other) {
      throw new Error("no keys");
    }
    keys = { access, id, other };
    const pool = (name: string, clients: string[]) => ({
      settings: {
        id: name,
        issuer: issuer.replace("One", name.slice(-3)),
        clients: new Map(clients.map((one) => [one, {}])),
      },
      keys: {
        access: { kid: `access of ${name}`, use: "access", ...(name.endsWith("One") ? access : other) },
        id: { kid: `id of ${name}`, use: "id", ...(name.endsWith("One") ? id : other) },
      },
    });
    const pools = [pool("eu-west-1_One", ["web"]), pool("eu-west-1_Two", ["app"])];
    verify = createVerifier(
      new Map(pools.map((one) => [one.settings.id, one as unknown as Pool])),
      () => now,
    );
  });

  const token = (claims: object = {}, header: object = {}, use: keyof Keys = "access") =>
    new SignJWT({
      sub: "s",
      iss: issuer,
      client_id: "web",
      aud: "web",
      token_use: "access",
      exp: seconds + 60,
      ...claims,
    })
      .setProtectedHeader({ alg: "RS256", kid: "access of eu-west-1_One", ...header })
      .sign(keys[use].privateKey);
  const refused = { code: "TokenNotAuthorized" };

  it("is taken if everything is right: an access token and an ID token", async () => {
    await expect(verify(await token())).resolves.toMatchObject({ use: "access", clientId: "web" });
    const id = await token({ token_use: "id" }, { kid: "id of eu-west-1_One" }, "id");
    await expect(verify(id)).resolves.toMatchObject({ use: "id", clientId: "web" });
  });

  it("is taken from each of several pools", async () => {
    const claims = { iss: issuer.replace("One", "Two"), client_id: "app" };
    const second = await token(claims, { kid: "access of eu-west-1_Two" }, "other");
    await expect(verify(second)).resolves.toMatchObject({ userPoolId: "eu-west-1_Two", clientId: "app" });
  });

  it.each<[string, object, object, keyof Keys]>([
    ["for a client that the pool does not have", { client_id: "gone" }, {}, "access"],
    ["for a client of another pool", { client_id: "app" }, {}, "access"],
    ["with an ID token's use under the access key", { token_use: "id" }, {}, "access"],
    ["with an access token's use under the ID key", {}, { kid: "id of eu-west-1_One" }, "id"],
    ["under the kid of the other key", {}, { kid: "id of eu-west-1_One" }, "access"],
    ["without a use", { token_use: undefined }, {}, "access"],
    ["of another pool's issuer", { iss: issuer.replace("One", "Two") }, {}, "access"],
    ["without an expiry", { exp: undefined }, {}, "access"],
    ["that is not valid yet", { nbf: seconds + 60 }, {}, "access"],
  ])("is refused %s", async (_, claims, header, use) => {
    await expect(verify(await token(claims, header, use))).rejects.toMatchObject(refused);
  });

  it("is refused with another algorithm than RS256, however true its signature", async () => {
    const { privateKey, publicKey } = await generateKeyPair("RS512");
    const pool = {
      settings: { id: "p", issuer, clients: new Map([["web", {}]]) },
      keys: {
        access: { kid: "a", use: "access", privateKey, publicKey },
        id: { kid: "i", use: "id", privateKey, publicKey },
      },
    };
    const verifier = createVerifier(new Map([["p", pool as unknown as Pool]]), () => now);
    const signed = await new SignJWT({
      sub: "s",
      iss: issuer,
      client_id: "web",
      token_use: "access",
      exp: seconds + 60,
    })
      .setProtectedHeader({ alg: "RS512", kid: "a" })
      .sign(privateKey);
    await expect(verifier(signed)).rejects.toMatchObject(refused);
  });

  it("is expired from the second of its expiry on", async () => {
    const expired = { code: "TokenExpired" };
    await expect(verify(await token({ exp: seconds + 1 }))).resolves.toBeDefined();
    await expect(verify(await token({ exp: seconds }))).rejects.toMatchObject(expired);
  });
});
