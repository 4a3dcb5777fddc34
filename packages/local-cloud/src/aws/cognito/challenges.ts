import { randomBytes } from "node:crypto";
import { AwsError, type Clock } from "../../base/service.ts";
import { refused } from "./input.ts";
import type { Ephemeral } from "./srp.ts";

/** The user who signs in. `sub` is undefined for an invented subject, which hides that the user does not exist. */
export interface Subject {
  readonly sub: string | undefined;
  readonly userId: string;
  readonly salt: string;
  readonly verifier: bigint;
}

/** A challenge without an answer yet. */
export type Challenge = { readonly client: string; readonly subject: Subject } & (
  | { readonly name: "PASSWORD_VERIFIER"; readonly clientValue: bigint; readonly server: Ephemeral }
  | { readonly name: "NEW_PASSWORD_REQUIRED" | "SOFTWARE_TOKEN_MFA" }
  | { readonly name: "MFA_SETUP"; readonly verified: boolean }
);

/** Unfinished sign-ins. They are in memory, so a restart ends them. */
export class Challenges {
  readonly #clock: Clock;
  readonly #pending = new Map<
    string,
    { readonly challenge: Challenge; readonly expires: number; readonly used: boolean }
  >();
  readonly #failures = new Map<string, { readonly count: number; readonly lockedUntil: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Returns the handle for the answer: base64 of random bytes. */
  open(challenge: Challenge, seconds: number): string {
    const handle = randomBytes(512).toString("base64");
    this.#pending.set(handle, { challenge, expires: this.#clock() + seconds * 1000, used: false });
    trim(this.#pending);
    return handle;
  }

  /** The challenge of a handle that has no answer yet. Two operations have no client: the handle is enough. */
  find<Name extends Challenge["name"]>(
    handle: string,
    name: Name,
    client?: string,
  ): Challenge & { readonly name: Name } {
    const pending = this.#pending.get(handle);
    if (
      pending?.challenge.name !== name ||
      pending.challenge.client !== (client ?? pending.challenge.client)
    ) {
      throw refused("Invalid session for the user.");
    }
    if (pending.expires <= this.#clock()) {
      throw refused("Invalid session for the user, session is expired.");
    }
    if (pending.used) {
      throw refused("Invalid session for the user, session can only be used once.");
    }
    return pending.challenge as Challenge & { readonly name: Name };
  }

  /** The client of a handle, whether it is valid or not. */
  clientOf(handle: string): string | undefined {
    return this.#pending.get(handle)?.challenge.client;
  }

  /** Ends a challenge that was answered. */
  spend(handle: string): void {
    const pending = this.#pending.get(handle);
    if (pending) {
      this.#pending.set(handle, { ...pending, used: true });
    }
  }

  /** Throws while `who` is locked out. */
  admit(who: string): void {
    if ((this.#failures.get(who)?.lockedUntil ?? 0) > this.#clock()) {
      throw new AwsError("NotAuthorizedException", "Password attempts exceeded");
    }
  }

  /** After five failures each further one locks for twice as long, from a second to about 15 minutes. */
  failed(who: string): void {
    const count = (this.#failures.get(who)?.count ?? 0) + 1;
    const seconds = count < 5 ? 0 : Math.min(2 ** (count - 5), 900);
    this.#failures.delete(who);
    this.#failures.set(who, { count, lockedUntil: this.#clock() + seconds * 1000 });
    trim(this.#failures);
  }

  succeeded(who: string): void {
    this.#failures.delete(who);
  }
}

/** Anybody can open challenges, so their number is limited: the oldest are removed. */
function trim(entries: Map<string, unknown>): void {
  if (entries.size > 10_000) {
    entries.delete(entries.keys().next().value ?? "");
  }
}
