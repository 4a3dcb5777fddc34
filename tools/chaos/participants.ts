import type { Faults } from "../../packages/local-cloud/src/faults/settings.ts";
import type { Bound } from "./bounds.ts";
import type { Receivers } from "./callbacks.ts";
import type { KillableCloud } from "./cloud.ts";
import type { Evidence } from "./evidence.ts";
import type { Leaver } from "./leavers.ts";
import type { Person } from "./people.ts";
import type { Plan } from "./plan.ts";
import type { ReceivedEvents } from "./received-events.ts";
import type { Searcher } from "./searchers.ts";
import type { Subscriber } from "./subscribers.ts";
import type { Reserved } from "./users.ts";

export interface RunOptions {
  readonly plan: Plan;
  /** The faults inside the cloud; none if absent. */
  readonly faults?: Faults | undefined;
  /** Settings of the cloud that replace those of its stack. */
  readonly config?: Readonly<Record<string, string>>;
  /** Milliseconds after which the run ends, even if something is missing. */
  readonly patience: number;
  /** Number of concurrent clients. */
  readonly atOnce: number;
  /**
   * Kills the cloud once, when this many assets are reserved, before the plan's kills. No upload begins before it: then
   * no message is in flight in a queue, where it would return only after minutes. Less than `atOnce`.
   */
  readonly killWhenReserved?: number;
  /** Does not delete data and log. */
  readonly keep: boolean;
  /** Is called with the progress of the run. */
  readonly progress: (text: string) => void;
}

export interface Scenario extends RunOptions {
  readonly cloud: KillableCloud;
  readonly receivers: Receivers;
  readonly evidence: Evidence;
}

/** The users of the run, and what they have seen so far. */
export interface Participants {
  readonly owners: readonly Person[];
  readonly admin: Person;
  readonly people: ReadonlyMap<string, Person>;
  readonly received: ReceivedEvents;
  readonly subscribers: readonly Subscriber[];
  /** Fills with the users who search while the run goes on. */
  readonly searchers: Searcher[];
  /** Fills as assets are reserved. */
  readonly reserved: Reserved[];
  /** Fills with the deliveries that were replayed. */
  readonly replayed: string[];
  /** Fills with what did not happen in time, and why. */
  readonly missing: string[];
  /** Fills with the users who came and were erased. */
  readonly leavers: Leaver[];
  /** Fills with the times in which labelling was bounded. */
  readonly bounds: Bound[];
}

/** Takes note of what did not happen in time, and why. */
export type GiveUp = (what: string) => (error: unknown) => void;
