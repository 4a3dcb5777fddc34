import { setTimeout as pause } from "node:timers/promises";
import { listDeliveries } from "./facts.ts";
import type { Person } from "./people.ts";
import { isHidden, type JourneyName, journeys } from "./journeys.ts";
import type { Reserved } from "./users.ts";

interface Receiving {
  readonly admin: Person;
  readonly reserved: readonly Reserved[];
  /** Fills with the deliveries that were replayed. */
  readonly replayed: string[];
}

/** An owner replays a delivery rather than wait longer than this, in milliseconds. The third wait is half an hour. */
const tooLong = 10 * 60_000;

/** A delivery of a hidden asset cannot be replayed, so a run does not wait for an attempt that is far off. */
const isAwaited = (
  { status, nextAttemptAt }: { readonly status: string; readonly nextAttemptAt: string | null },
  { journey }: { readonly journey: JourneyName },
): boolean =>
  status === "PENDING" &&
  !(
    isHidden(journeys[journey]) &&
    nextAttemptAt !== null &&
    Date.parse(nextAttemptAt) > Date.now() + tooLong
  );

/** Resolves when every planned delivery exists and is settled. */
export async function callbacksSettled(
  { admin, reserved, replayed }: Receiving,
  signal: AbortSignal,
): Promise<void> {
  let open = reserved.filter(({ callbackUrl }) => callbackUrl !== undefined);
  while (open.length > 0) {
    signal.throwIfAborted();
    const deliveries = await listDeliveries(admin, open);
    open = open.filter(({ id, planned }) => {
      const theirs = deliveries.get(id) ?? [];
      const { callbacks } = journeys[planned.journey];
      return theirs.length < callbacks.length || theirs.some((delivery) => isAwaited(delivery, planned));
    });
    for (const { id: assetId, owner } of open) {
      for (const { id, nextAttemptAt } of deliveries.get(assetId) ?? []) {
        if (nextAttemptAt !== null && Date.parse(nextAttemptAt) > Date.now() + tooLong) {
          await owner.ask("mutation ($id: ID!) { replayDelivery(id: $id) { id } }", { id });
          replayed.push(id);
        }
      }
    }
    await (open.length > 0 ? pause(1000, undefined, { signal }) : undefined);
  }
}
