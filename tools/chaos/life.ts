import { setTimeout as pause } from "node:timers/promises";
import type { Faults } from "../../packages/local-cloud/src/faults/settings.ts";
import type { Entry } from "./account.ts";
import type { Receivers } from "./callbacks.ts";
import type { DoomedCloud } from "./cloud.ts";
import type { Evidence } from "./evidence.ts";
import { gatherFacts, listDeliveries } from "./facts.ts";
import { ledgerOf } from "./ledger.ts";
import { type Person, personOf } from "./people.ts";
import { gate } from "./persist.ts";
import { drawPictures } from "./pictures.ts";
import { isHidden, type JourneyName, journeys, type Plan } from "./plan.ts";
import { readDeadLetters } from "./queues.ts";
import { subscribe, type Subscriber } from "./subscribers.ts";
import { Told } from "./told.ts";
import { isOver, type Reserved, travel } from "./users.ts";

export interface RunOptions {
  readonly plan: Plan;
  /** What goes wrong inside the cloud; nothing if absent. */
  readonly faults?: Faults | undefined;
  /** Settings of the cloud in place of its stack's. */
  readonly config?: Readonly<Record<string, string>>;
  /** Milliseconds after which what is missing is missing. */
  readonly patience: number;
  /** Clients that load the cloud at once. */
  readonly atOnce: number;
  /**
   * Kills once before the plan's kills, when so many assets are reserved, and lets no upload begin before: then no
   * message of a queue is in flight, which would come back after minutes only. Fewer than `atOnce`.
   */
  readonly killWhenReserved?: number;
  /** Leaves data and log where they are. */
  readonly keep: boolean;
  /** Hears how far the run has come. */
  readonly progress: (text: string) => void;
}

interface Living extends RunOptions {
  readonly cloud: DoomedCloud;
  readonly receivers: Receivers;
  readonly evidence: Evidence;
}

/** Who takes part, and what they know. */
interface Cast {
  readonly owners: readonly Person[];
  readonly admin: Person;
  readonly people: ReadonlyMap<string, Person>;
  readonly told: Told;
  readonly subscribers: readonly Subscriber[];
  /** Fills as assets are reserved. */
  readonly reserved: Reserved[];
  /** Fills with the deliveries that were sent anew. */
  readonly replayed: string[];
  /** Fills with what was given up, and why. */
  readonly missing: string[];
}

/** How long what must be there by now is waited for, in milliseconds. */
const soon = 60_000;

/** The users' day, from signing in to the ledger. */
export async function live(
  living: Living,
): Promise<{ readonly entries: readonly Entry[]; readonly missing: readonly string[] }> {
  const end = new AbortController();
  const signal = AbortSignal.any([end.signal, AbortSignal.timeout(living.patience)]);
  try {
    const cast = await assemble(living, end.signal);
    const giveUp = (what: string) => (error: unknown) => void cast.missing.push(`${what}: ${String(error)}`);
    await work(living, cast, signal, giveUp);
    living.progress("all assets are done; callbacks are awaited");
    await callbacksSettled(cast, signal).catch(giveUp("callbacks"));
    // What is there is compared even if something is missing.
    return await compare(living, cast, AbortSignal.any([end.signal, AbortSignal.timeout(soon)]), giveUp);
  } finally {
    end.abort();
  }
}

async function assemble({ plan, cloud, receivers }: Living, signal: AbortSignal): Promise<Cast> {
  const names = new Set(plan.assets.map(({ owner }) => owner));
  const people = await everyone([...names, "admin"], cloud, receivers, signal);
  const admin = people.get("admin") as Person;
  const owners = [...people.values()].filter(({ username }) => names.has(username));
  const told = new Told();
  const subscribers = owners.flatMap((person) => subscribersOf(person, admin, told, signal));
  return { owners, admin, people, told, subscribers, reserved: [], replayed: [], missing: [] };
}

type GiveUp = (what: string) => (error: unknown) => void;

/** Every asset goes its way; settles when all have come to their end, or were given up. */
async function work(living: Living, cast: Cast, signal: AbortSignal, giveUp: GiveUp): Promise<void> {
  const { plan, cloud, progress, receivers, killWhenReserved } = living;
  const draw = await drawPictures();
  const reaper = killer(plan, cloud, progress);
  const early = Promise.withResolvers<undefined>();
  if (killWhenReserved === undefined) {
    early.resolve(undefined);
  }
  const using = {
    ...{ ready: cloud.ready, people: cast.people, told: cast.told, signal },
    gate: gate(living.atOnce),
    draw: ({ content, index }: Plan["assets"][number]) => draw(content, index),
    urlOf: receivers.urlOf,
    mayUpload: early.promise,
    reserved(asset: Reserved) {
      cast.reserved.push(asset);
      if (cast.reserved.length === killWhenReserved) {
        early.resolve(reaper.now());
      }
    },
  };
  let done = 0;
  const all = plan.assets.length;
  const travels = plan.assets.map((planned) =>
    travel(planned, using).then(
      () => {
        done += 1;
        return reaper.at(done / all);
      },
      giveUp(`asset ${planned.index}, ${planned.journey}`),
    ),
  );
  const ticking = setInterval(() => progress(`${done} of ${all} assets are done`), 10_000);
  await Promise.all(travels);
  clearInterval(ticking);
}

async function compare(living: Living, cast: Cast, signal: AbortSignal, giveUp: GiveUp) {
  const { plan, cloud, receivers, evidence } = living;
  const { admin, owners, reserved, replayed, subscribers, told, missing } = cast;
  const facts = await gatherFacts(
    admin,
    owners.map(({ sub }) => sub),
    reserved,
  );
  const heard = subscribers.map((subscriber) => {
    const last = facts.events.get(subscriber.ownerId)?.at(-1)?.seq ?? 0;
    return subscriber.until(last, signal).catch(giveUp(subscriber.name));
  });
  await Promise.all(heard);
  const deadLetters = await readDeadLetters(cloud.ready, signal);
  for (const { id, planned } of reserved.filter(({ id, planned }) => !isOver(planned, told.of(id)))) {
    const types = told.of(id).map(({ type }) => type);
    missing.push(`${planned.journey} ${id}: told ${types.join(" ")}`);
  }
  const seen = { plan, reserved, replayed, facts, subscribers, receivers, deadLetters, evidence };
  return { entries: ledgerOf({ ...seen, killed: cloud.killed }), missing };
}

/** Everyone signed in, each with a secret that the receivers know: an answer that tells one may be lost. */
async function everyone(
  names: readonly string[],
  { ready }: DoomedCloud,
  receivers: Receivers,
  signal: AbortSignal,
): Promise<Map<string, Person>> {
  const people = await Promise.all([...new Set(names)].map((name) => personOf(ready, name, signal)));
  await Promise.all(
    people.map(async (person) => {
      const { rotateWebhookSecret } = await person.ask<{ rotateWebhookSecret: { secret: string } }>(
        "mutation { rotateWebhookSecret { secret } }",
        {},
      );
      receivers.learn(person.sub, rotateWebhookSecret.secret);
    }),
  );
  return new Map(people.map((person) => [person.username, person]));
}

/** The owner, who tells the users of the run; the administrator; and one who comes and goes. */
function subscribersOf(person: Person, admin: Person, told: Told, signal: AbortSignal): Subscriber[] {
  const of = { ownerId: person.sub, signal };
  return [
    subscribe({ ...of, name: person.username, person, onEvent: (event) => told.hear(event) }),
    subscribe({ ...of, name: `admin for ${person.username}`, person: admin }),
    subscribe({ ...of, name: `${person.username} in and out`, person, leavesAfter: 40 }),
  ];
}

/** Kills the cloud when the next planned share is done, or now; one kill at a time. */
function killer({ kills }: Plan, cloud: DoomedCloud, progress: (text: string) => void) {
  const due = [...kills];
  let killing: Promise<undefined> = Promise.resolve(undefined);
  const now = (): Promise<undefined> =>
    (killing = killing.then(async () => {
      progress("kill -9");
      await cloud.killAndRestart();
      progress("the cloud is up again");
      return undefined;
    }));
  return {
    now,
    at(share: number): Promise<undefined> {
      while ((due[0] ?? Infinity) <= share) {
        due.shift();
        void now();
      }
      return killing;
    },
  };
}

/** What an owner does not wait for, in milliseconds: the schedule's third wait is half an hour. */
const tooLong = 10 * 60_000;

/** A delivery of an asset that is hidden cannot be replayed: nobody waits for its next attempt if that is far off. */
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

/** Looks until every delivery is settled and every receiver has been told what it should be told. */
async function callbacksSettled({ admin, reserved, replayed }: Cast, signal: AbortSignal): Promise<void> {
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
