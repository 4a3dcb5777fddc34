import { type Account, type Check, nameOf, type Seen } from "./account.ts";
import { isHidden } from "./plan.ts";
import type { DeadLetter } from "./queues.ts";

/**
 * None is planned. One is explained if it is about one asset of the run whose journey was told to its end all the
 * same: then something else made up for the message. A change of the stream that nobody was told of is never: no
 * other message tells of it.
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
    const story = [
      `${letter.queue}: ${subjectOf(letter)}, received ${letter.received} times`,
      `${failures} of them failed by the log, the others ended with their function or the cloud`,
    ].join("; ");
    if (!account || letter.queue.includes("failed-changes")) {
      differences.push(`${story}: ${letter.body.slice(0, 500)}`);
    } else if (!hasEnded(account, facts)) {
      differences.push(`${story}; ${nameOf(account.asset)} did not come to its end`);
    } else {
      explained.push(`${story}; ${nameOf(account.asset)} came to its end all the same`);
    }
  }
  return { planned: 0, found: deadLetters.length, differences, explained };
}

/** All events of the journey were told, and every callback is settled. */
function hasEnded({ asset, journey, events }: Account, { deliveries }: Seen["facts"]): boolean {
  const told = new Set(events.map(({ type }) => type));
  return (
    journey.events.every((type) => told.has(type)) &&
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
    return "the sweep's request to look";
  }
  return "run" in message ? "a label job" : "a delivery";
}
