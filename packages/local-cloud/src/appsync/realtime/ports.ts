import type { ErrorEntry, ServerMessage, Start } from "./protocol.ts";

/** What a connection uses in place of a socket, timers and GraphQL itself. */
export interface Ports {
  readonly send: (message: ServerMessage) => void;
  readonly close: (code: number, reason: string) => void;
  /** Runs `task` once, after this many milliseconds. Returns what cancels it. */
  readonly schedule: (milliseconds: number, task: () => void) => () => void;
  /** Checks the headers of the handshake. Rejects with a `Refusal`. */
  readonly authorize: () => Promise<void>;
  /** Rejects with a `Refusal`, or with a `StartFailure` that has the errors of the operation. */
  readonly register: (start: Start, deliver: Deliver) => Promise<Registered>;
  readonly clock: () => number;
  /** Milliseconds after start_ack during which a subscription gets no events. */
  readonly subscriptionDelay: () => number;
  readonly fault: (error: unknown) => void;
}

export interface Deliver {
  data(payload: unknown): void;
  /** The subscription has been invalidated. */
  end(): void;
}

export interface Registered {
  /** When the token of the subscription expires, in milliseconds since the epoch. */
  readonly expiresAt: number | undefined;
  cancel(): void;
}

export class StartFailure extends Error {
  readonly errors: readonly ErrorEntry[];

  constructor(errors: readonly ErrorEntry[]) {
    super(errors[0]?.message);
    this.errors = errors;
  }
}
