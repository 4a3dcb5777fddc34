import { setTimeout as pause } from "node:timers/promises";
import type { Entry, Seen } from "./account.ts";
import { type Facts, gatherFacts } from "./facts.ts";
import { isSettled, ledgerOf } from "./ledger.ts";
import { listKeys } from "./objects.ts";
import type { GiveUp, Participants, Scenario } from "./participants.ts";
import { readDeadLetters } from "./queues.ts";
import { tracesOf } from "./traces.ts";
import { isOver } from "./users.ts";

/** Longest wait for results that are due, in milliseconds. */
const soon = 60_000;

/** Longest wait for jobs whose function was killed, twice: a queue's visibility timeout is three minutes. */
const late = 7 * 60_000;

/** Compares the results with the plan, even if something is missing. */
export async function compare(
  scenario: Scenario,
  participants: Participants,
  giveUp: GiveUp,
): Promise<{ readonly entries: readonly Entry[]; readonly missing: readonly string[] }> {
  const { plan, cloud, receivers, evidence } = scenario;
  const { reserved, replayed, subscribers, searchers, received, missing, bounds, leavers } = participants;
  const known = {
    ...{ plan, reserved, replayed, subscribers, searchers, receivers, evidence, bounds, leavers },
    killed: cloud.killed,
  };
  const facts = await settledFacts(scenario, participants, (seen) =>
    isSettled({ ...known, deadLetters: [], traces: [], ...seen }),
  );
  const signal = AbortSignal.timeout(soon);
  const complete = subscribers.map((subscriber) => {
    const last = facts.events.get(subscriber.ownerId)?.at(-1)?.seq ?? 0;
    return subscriber.until(last, signal).catch(giveUp(subscriber.name));
  });
  await Promise.all(complete);
  const deadLetters = await readDeadLetters(cloud.ready, signal);
  const traces = await tracesOf(leavers, facts.keys, cloud.ready, signal);
  for (const { id, planned } of reserved.filter(({ id, planned }) => !isOver(planned, received.of(id)))) {
    const types = received.of(id).map(({ type }) => type);
    missing.push(`${planned.journey} ${id}: received ${types.join(" ")}`);
  }
  return { entries: ledgerOf({ ...known, facts, deadLetters, traces }), missing };
}

/** Waits for functions whose work causes no event, such as a job that comes back after a visibility timeout. */
async function settledFacts(
  { cloud }: Scenario,
  { admin, owners, reserved }: Participants,
  isSettled: (seen: Pick<Seen, "facts">) => boolean,
): Promise<Facts> {
  const ids = owners.map(({ sub }) => sub);
  const end = Date.now() + late;
  for (;;) {
    const keys = await listKeys(cloud.ready, AbortSignal.timeout(soon));
    const facts = await gatherFacts(admin, ids, reserved, keys);
    if (isSettled({ facts }) || Date.now() > end) {
      return facts;
    }
    await pause(2000);
  }
}
