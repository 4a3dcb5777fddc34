import { type AssetEvent, followAssetEvents } from "../../packages/client/src/index.ts";
import type { Person } from "./people.ts";

/** One reader of an owner's events by the client helper. */
export interface Subscriber {
  readonly name: string;
  readonly ownerId: string;
  /** In the order in which they were given. */
  readonly heard: readonly AssetEvent[];
  /** Why the helper gave up, if it did. */
  readonly failed: () => string | undefined;
  /** Settles once an event with this number was given; rejects with the signal's reason. */
  until(seq: number, signal: AbortSignal): Promise<void>;
}

interface Subscribing {
  readonly name: string;
  readonly person: Person;
  readonly ownerId: string;
  readonly signal: AbortSignal;
  readonly onEvent?: (event: AssetEvent) => void;
  /** Leaves after so many events, and comes again where it was: as an app that is closed and opened. */
  readonly leavesAfter?: number;
}

/** Follows from the very first event. */
export function subscribe(subscribing: Subscribing): Subscriber {
  const { name, ownerId, onEvent } = subscribing;
  const heard: AssetEvent[] = [];
  const waiting = new Set<() => void>();
  let failure: string | undefined;
  const hear = (event: AssetEvent) => {
    heard.push(event);
    onEvent?.(event);
    waiting.forEach((look) => look());
  };
  follow(subscribing, hear).catch((error: unknown) => (failure = String(error)));
  return {
    name,
    ownerId,
    heard,
    failed: () => failure,
    until(seq, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<undefined>();
      const look = () => {
        if ((heard.at(-1)?.seq ?? 0) >= seq) {
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
  hear: (event: AssetEvent) => void,
): Promise<void> {
  const { graphqlUrl, token } = person;
  let after = 0;
  while (!signal.aborted) {
    let left = leavesAfter;
    for await (const event of followAssetEvents({ graphqlUrl, token, ownerId, after, signal })) {
      hear(event);
      after = event.seq;
      left -= 1;
      if (left === 0) {
        break;
      }
    }
  }
}
