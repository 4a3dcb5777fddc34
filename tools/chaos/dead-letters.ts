import { type Account, type Check, nameOf, type Seen } from "./account.ts";
import { plannedEventsOf } from "./edits.ts";
import { isHidden } from "./journeys.ts";
import type { DeadLetter } from "./queues.ts";

/**
 * None is planned. One is explained if it concerns one asset of the run whose journey is complete: then another message
 * did the work. A failed change of the stream is never explained: no other message publishes it.
 */
export function deadLetters(
  { deadLetters, evidence, facts }: Seen,
  accounts: readonly Account[],
): ReturnType<Check> {
  const differences: string[] = [];
  const explained: string[] = [];
  for (const letter of deadLetters) {
    const account = accounts.find(({ asset }) => letter.body.includes(asset.id));
    const failures = evidence.failedMessages.get(letter.messageId) ?? 0;
    const description = [
      `${letter.queue}: ${subjectOf(letter)}, received ${letter.received} times`,
      `${failures} of them failed by the log, the others ended with their function or the cloud`,
    ].join("; ");
    if (!account || letter.queue.includes("failed-changes")) {
      differences.push(`${description}: ${letter.body.slice(0, 500)}`);
    } else if (!hasEnded(account, facts)) {
      differences.push(`${description}; ${nameOf(account.asset)} is not complete`);
    } else {
      explained.push(`${description}; ${nameOf(account.asset)} is complete`);
    }
  }
  return { planned: 0, found: deadLetters.length, differences, explained };
}

/** All events of the journey are in the log, and every callback is settled. */
function hasEnded({ asset, journey, events }: Account, { deliveries }: Seen["facts"]): boolean {
  const types = new Set(plannedEventsOf(events));
  return (
    journey.events.every((type) => types.has(type)) &&
    (deliveries.get(asset.id) ?? []).every(
      ({ status }) => status === "DELIVERED" || status === "DISABLED" || isHidden(journey),
    )
  );
}

function subjectOf({ body }: DeadLetter): string {
  const message = JSON.parse(body) as Readonly<Record<string, unknown>>;
  if ("Records" in message) {
    return "S3's event";
  }
  if ("check" in message) {
    return "the sweep's request for a check";
  }
  return "run" in message ? "a label job" : "a delivery";
}
