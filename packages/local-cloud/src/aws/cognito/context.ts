import type { Clock } from "../service.ts";
import type { Challenges } from "./challenges.ts";
import type { SigningKeys } from "./keys.ts";
import type { Mailbox } from "./mailbox.ts";
import type { PoolSettings } from "./settings.ts";
import type { PoolStore } from "./store.ts";
import type { VerifiedToken } from "./tokens.ts";

/** One pool: what was declared, what it keeps, what it signs with. */
export interface Pool {
  readonly settings: PoolSettings;
  readonly store: PoolStore;
  readonly keys: SigningKeys;
}

/** What every operation works with. */
export interface Context {
  readonly pools: ReadonlyMap<string, Pool>;
  readonly challenges: Challenges;
  readonly verify: (token: string) => Promise<VerifiedToken>;
  readonly clock: Clock;
  readonly mailbox: Mailbox;
}

export type Input = Readonly<Record<string, unknown>>;

/** One API operation, past its authorisation. Throws `AwsError`. */
export type Operation = (input: Input) => Promise<object> | object;
