import { type AssetEvent, followAssetEvents } from "../../packages/client/src/index.ts";
import type { Person } from "./people.ts";

/** A reader of an owner's events by `followAssetEvents`. */
export interface Subscriber {
  readonly name: string;
  readonly ownerId: string;
  /** In the order of arrival. */
  readonly received: readonly AssetEvent[];
  /** Why following failed, if it did. */
  readonly failed: () => string | undefined;
  /** Resolves once an event with this number was received. Rejects with the signal's reason. */
  until(seq: number, signal: AbortSignal): Promise<void>;
}

interface Subscribing {
  readonly name: string;
  readonly person: Person;
  readonly ownerId: string;
  readonly signal: AbortSignal;
  readonly onEvent?: (event: AssetEvent) => void;
  /** Stops after a number of events and continues after the last one, like an app that is closed and opened. */
  readonly leavesAfter?: number;
}

/** Follows from the very first event. */
export function subscribe(subscribing: Subscribing): Subscriber {
  const { name, ownerId, onEvent } = subscribing;
  const received: AssetEvent[] = [];
  const waiting = new Set<() => void>();
  let failure: string | undefined;
  const add = (event: AssetEvent) => {
    received.push(event);
    onEvent?.(event);
    waiting.forEach((look) => look());
  };
  follow(subscribing, add).catch((error: unknown) => (failure = String(error)));
  return {
    name,
    ownerId,
    received,
    failed: () => failure,
    until(seq, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<undefined>();
      const look = () => {
        if ((received.at(-1)?.seq ?? 0) >= seq) {
          resolve(undefined);
        }
      };
      const abort = () => reject(signal.reason as Error);
      waiting.add(look);
      signal.addEventListener("abort", abort, { once: true });
      if (signal.aborted) {
        abort();
      }
      look();
      return promise.finally(() => {
        waiting.delete(look);
        signal.removeEventListener("abort", abort);
      });
    },
  };
}

async function follow(
  { person, ownerId, signal, leavesAfter = Infinity }: Subscribing,
  add: (event: AssetEvent) => void,
): Promise<void> {
  const { graphqlUrl, token } = person;
  let after = 0;
  while (!signal.aborted) {
    let left = leavesAfter;
    for await (const event of followAssetEvents({ graphqlUrl, token, ownerId, after, signal })) {
      add(event);
      after = event.seq;
      left -= 1;
      if (left === 0) {
        break;
      }
    }
  }
}
