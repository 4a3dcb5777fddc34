import type { Entry } from "./account.ts";
import { boundLabelling } from "./bounds.ts";
import { compare } from "./compare.ts";
import { comeAndLeave } from "./leavers.ts";
import { type Person, personOf } from "./people.ts";
import type { GiveUp, Participants, Scenario } from "./participants.ts";
import { gate, isRefusal } from "./persist.ts";
import { drawPictures } from "./pictures.ts";
import type { KillableCloud } from "./cloud.ts";
import type { Receivers } from "./callbacks.ts";
import type { Plan } from "./plan.ts";
import { ReceivedEvents } from "./received-events.ts";
import { callbacksSettled } from "./settled-callbacks.ts";
import { subscribe, type Subscriber } from "./subscribers.ts";
import { search } from "./searchers.ts";
import { type Reserved, runJourney } from "./users.ts";

/** Signs the users in, runs all journeys, and compares the results with the plan. */
export async function playScenario(
  scenario: Scenario,
): Promise<{ readonly entries: readonly Entry[]; readonly missing: readonly string[] }> {
  const end = new AbortController();
  const signal = AbortSignal.any([end.signal, AbortSignal.timeout(scenario.patience)]);
  try {
    const participants = await assemble(scenario, end.signal);
    const giveUp = (what: string) => (error: unknown) =>
      void participants.missing.push(`${what}: ${String(error)}`);
    await work(scenario, participants, signal, giveUp);
    scenario.progress("all assets are done; waiting for callbacks");
    await callbacksSettled(participants, signal).catch(giveUp("callbacks"));
    scenario.progress("comparing");
    return await compare(scenario, participants, giveUp);
  } finally {
    end.abort();
  }
}

async function assemble({ plan, cloud, receivers }: Scenario, signal: AbortSignal): Promise<Participants> {
  const names = new Set(plan.assets.map(({ owner }) => owner));
  const people = await everyone([...names, "admin"], cloud, receivers, signal);
  const admin = people.get("admin") as Person;
  const owners = [...people.values()].filter(({ username }) => names.has(username));
  const received = new ReceivedEvents();
  const subscribers = owners.flatMap((person) => subscribersOf(person, admin, received, signal));
  const lists = { searchers: [], reserved: [], replayed: [], missing: [], leavers: [], bounds: [] };
  return { owners, admin, people, received, subscribers, ...lists };
}

/** Runs the journey of each asset. Resolves when all have ended or have failed. */
async function work(
  scenario: Scenario,
  participants: Participants,
  signal: AbortSignal,
  giveUp: GiveUp,
): Promise<void> {
  const { plan, cloud, progress, receivers, killWhenReserved } = scenario;
  const draw = await drawPictures();
  const kills = killer(plan, cloud, progress);
  const early = Promise.withResolvers<undefined>();
  if (killWhenReserved === undefined) {
    early.resolve(undefined);
  }
  const using = {
    ...{ ready: cloud.ready, people: participants.people, received: participants.received, signal },
    gate: gate(scenario.atOnce),
    draw: ({ content, index }: Plan["assets"][number]) => draw(content, index),
    urlOf: receivers.urlOf,
    mayUpload: early.promise,
    reserved(asset: Reserved) {
      participants.reserved.push(asset);
      if (participants.reserved.length === killWhenReserved) {
        early.resolve(kills.now());
      }
    },
  };
  const { admin, leavers } = participants;
  const leaving = {
    ready: cloud.ready,
    admin,
    receivers,
    draw: (index: number) => draw("jpeg", index),
    signal,
  };
  const erasures = Array.from({ length: plan.leavers }, (_, index) =>
    comeAndLeave(index, leaving).then((leaver) => leavers.push(leaver), giveUp(`leaver ${index}`)),
  );
  let done = 0;
  const all = plan.assets.length;
  const runs = plan.assets.map((planned) =>
    runJourney(planned, using).then(
      () => {
        done += 1;
        return kills.at(done / all);
      },
      giveUp(`asset ${planned.index}, ${planned.journey}`),
    ),
  );
  let isOver = false;
  const bounding =
    plan.bounds.length > 0 &&
    boundLabelling({
      ...{ ...participants, plan, ready: cloud.ready, evidence: scenario.evidence, signal, progress },
      isOver: () => isOver,
    }).catch(giveUp("bounds of labelling"));
  const searching = participants.owners.map((person) => {
    const { searcher, ended } = search(person, { signal, isOver: () => isOver, giveUp });
    participants.searchers.push(searcher);
    return ended;
  });
  const ticking = setInterval(() => progress(`${done} of ${all} assets are done`), 10_000);
  await Promise.all(runs);
  isOver = true;
  await Promise.all([bounding, ...searching]);
  progress(`all assets are done; ${leavers.length} of ${plan.leavers} users are erased`);
  await Promise.all(erasures);
  clearInterval(ticking);
}

/** Signs everyone in. The receivers get a new secret of each, because the answer that shows a first one may be lost. */
async function everyone(
  names: readonly string[],
  { ready }: KillableCloud,
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
      await hasProfile(person);
    }),
  );
  return new Map(people.map((person) => [person.username, person]));
}

/** Only a user with a profile can be asked for usage. */
async function hasProfile(person: Person): Promise<void> {
  try {
    await person.ask('mutation { createUser(input: { name: "Somebody" }) { id } }', {});
  } catch (error) {
    if (!isRefusal(error) || error.errorType !== "Conflict") {
      throw error;
    }
  }
}

/** The owner, whose events the users of the run wait for; the administrator; and one that disconnects again and again. */
function subscribersOf(
  person: Person,
  admin: Person,
  received: ReceivedEvents,
  signal: AbortSignal,
): Subscriber[] {
  const of = { ownerId: person.sub, signal };
  return [
    subscribe({ ...of, name: person.username, person, onEvent: (event) => received.add(event) }),
    subscribe({ ...of, name: `admin for ${person.username}`, person: admin }),
    subscribe({ ...of, name: `${person.username} in and out`, person, leavesAfter: 40 }),
  ];
}

/** Kills the cloud when the next planned share of assets is done, or now; one kill at a time. */
function killer({ kills }: Plan, cloud: KillableCloud, progress: (text: string) => void) {
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
