import type { AssetEvent } from "../../packages/client/src/index.ts";
import type { Bound } from "./bounds.ts";
import type { Receivers } from "./callbacks.ts";
import type { Evidence } from "./evidence.ts";
import type { Facts } from "./facts.ts";
import type { Journey } from "./journeys.ts";
import type { Leaver } from "./leavers.ts";
import type { Plan } from "./plan.ts";
import type { DeadLetter } from "./queues.ts";
import type { Searcher } from "./searchers.ts";
import type { Subscriber } from "./subscribers.ts";
import type { Trace } from "./traces.ts";
import type { Reserved } from "./users.ts";

/** All results of a run, as seen from outside, and its log. */
export interface Seen {
  readonly plan: Plan;
  readonly reserved: readonly Reserved[];
  readonly facts: Facts;
  readonly subscribers: readonly Subscriber[];
  readonly searchers: readonly Searcher[];
  readonly receivers: Pick<Receivers, "calls" | "faults">;
  /** Deliveries that their owners replayed. */
  readonly replayed: readonly string[];
  readonly deadLetters: readonly DeadLetter[];
  readonly evidence: Evidence;
  /** Epoch milliseconds. */
  readonly killed: readonly number[];
  readonly bounds: readonly Bound[];
  readonly leavers: readonly Leaver[];
  /** What is left of the leavers. */
  readonly traces: readonly Trace[];
}

/** One line of the ledger: what was planned, what was found, and each difference in words. */
export interface Entry {
  readonly check: string;
  readonly planned: number;
  readonly found: number;
  readonly differences: readonly string[];
  /** Results beyond the plan that are allowed. */
  readonly explained: readonly string[];
}

/** An asset with its events. */
export interface Account {
  readonly asset: Reserved;
  readonly journey: Journey;
  readonly events: readonly AssetEvent[];
}

export type Check = (
  seen: Seen,
  accounts: readonly Account[],
) => Omit<Entry, "check" | "explained"> & Partial<Entry>;

export const labellingsOf = (events: readonly { readonly type: string }[]) =>
  events.filter(({ type }) => type === "LABELLED" || type === "LABEL_FAILED");

export const nameOf = ({ id, planned: { index, journey, owner } }: Reserved): string =>
  `${owner}'s asset ${index}, ${journey}, ${id}`;

export const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
