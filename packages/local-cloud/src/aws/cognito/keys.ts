import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
} from "node:crypto";
import { promisify } from "node:util";
import { calculateJwkThumbprint } from "jose";
import type { PoolStore } from "./store.ts";

/** Like Cognito, a pool signs its ID tokens and its access tokens with two different keys. */
export type TokenUse = "id" | "access";

export interface SigningKey {
  readonly kid: string;
  readonly use: TokenUse;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export type SigningKeys = Readonly<Record<TokenUse, SigningKey>>;

/** Reads the pool's keys from its store; the first time, makes them. */
export async function loadSigningKeys(store: PoolStore): Promise<SigningKeys> {
  const [id, access] = await Promise.all([loadSigningKey(store, "id"), loadSigningKey(store, "access")]);
  return { id, access };
}

/** What `/<pool>/.well-known/jwks.json` serves. */
export function jwks(keys: SigningKeys): { readonly keys: readonly JsonWebKey[] } {
  return {
    keys: [keys.id, keys.access].map(({ kid, publicKey }) => ({
      alg: "RS256",
      ...publicKey.export({ format: "jwk" }),
      kid,
      use: "sig",
    })),
  };
}

async function loadSigningKey(store: PoolStore, use: TokenUse): Promise<SigningKey> {
  const saved = store.signingKey(use);
  const privateKey = saved
    ? createPrivateKey({ key: JSON.parse(saved) as JsonWebKey, format: "jwk" })
    : (await promisify(generateKeyPair)("rsa", { modulusLength: 2048 })).privateKey;
  if (!saved) {
    store.saveSigningKey(use, JSON.stringify(privateKey.export({ format: "jwk" })));
  }
  const publicKey = createPublicKey(privateKey);
  return { kid: await calculateJwkThumbprint(publicKey), use, privateKey, publicKey };
}
