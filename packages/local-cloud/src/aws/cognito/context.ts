import type { JWTPayload } from "jose";
import type { Clock, Invoker } from "../../base/service.ts";
import type { Challenges } from "./challenges.ts";
import type { Input } from "./input.ts";
import type { SigningKeys, TokenUse } from "./keys.ts";
import type { Mailbox } from "./mailbox.ts";
import type { PoolSettings } from "./settings.ts";
import type { PoolStore } from "./store.ts";

/** One pool: its settings, its data and its signing keys. */
export interface Pool {
  readonly settings: PoolSettings;
  readonly store: PoolStore;
  readonly keys: SigningKeys;
}

/** A valid token of a user. */
export interface VerifiedToken {
  readonly use: TokenUse;
  readonly userPoolId: string;
  readonly clientId: string;
  readonly issuer: string;
  readonly sub: string;
  readonly username: string;
  readonly groups: readonly string[];
  readonly claims: Readonly<JWTPayload>;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** The dependencies of the operations. */
export interface Context {
  readonly pools: ReadonlyMap<string, Pool>;
  readonly challenges: Challenges;
  readonly verify: (token: string) => Promise<VerifiedToken>;
  readonly clock: Clock;
  readonly mailbox: Mailbox;
  readonly invoke: Invoker["invoke"];
  /** Counts a user as active, once. */
  readonly active: (sub: string) => void;
}

/** One API operation, after authorization. Throws `AwsError`. */
export type Operation = (input: Input) => Promise<object> | object;
