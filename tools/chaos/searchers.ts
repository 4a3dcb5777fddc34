import { setTimeout as pause } from "node:timers/promises";
import { folded } from "./found-labels.ts";
import type { Person } from "./people.ts";

/** A user who searches while assets come, change and go. */
export interface Searcher {
  readonly name: string;
  /** Assets that all searches have found together. */
  found: number;
  /** Answers that are wrong at any time, whatever is under way. */
  readonly faults: string[];
}

interface Label {
  readonly name: string;
  readonly parents: readonly string[];
}

interface Match {
  readonly confidence: number;
  readonly asset: {
    readonly id: string;
    readonly ownerId: string;
    readonly state: string;
    readonly labels: readonly Label[] | null;
  };
}

const milliseconds = 400;
const minConfidence = 60;

/** Searches for each of the user's labels in turn, until `isOver`. */
export function search(
  person: Person,
  {
    signal,
    isOver,
    giveUp,
  }: { signal: AbortSignal; isOver: () => boolean; giveUp: (what: string) => (error: unknown) => void },
): { readonly searcher: Searcher; readonly ended: Promise<void> } {
  const searcher: Searcher = { name: `${person.username} searches`, found: 0, faults: [] };
  const run = async () => {
    while (!isOver()) {
      for (const label of await labelsOf(person)) {
        await searchAll(person, label, searcher);
        await pause(milliseconds, undefined, { signal });
      }
      await pause(milliseconds, undefined, { signal });
    }
  };
  return { searcher, ended: run().catch(giveUp(searcher.name)) };
}

async function labelsOf(person: Person): Promise<string[]> {
  const { listLabels } = await person.ask<{ listLabels: { items: { name: string }[] } }>(
    "query { listLabels(limit: 100) { items { name } } }",
    {},
  );
  return listLabels.items.map(({ name }) => name);
}

async function searchAll(person: Person, label: string, searcher: Searcher): Promise<void> {
  let nextToken: string | null = null;
  do {
    const { searchAssets: page }: { searchAssets: { items: Match[]; nextToken: string | null } } =
      await person.ask(
        `query ($label: String!, $minConfidence: Float, $nextToken: String) {
          searchAssets(label: $label, minConfidence: $minConfidence, limit: 20, nextToken: $nextToken) {
            items { confidence asset { id ownerId state labels { name parents } } } nextToken } }`,
        { label, minConfidence, nextToken },
      );
    searcher.found += page.items.length;
    searcher.faults.push(...faultsOf(page.items, label, person));
    nextToken = page.nextToken;
  } while (nextToken !== null);
}

function faultsOf(matches: readonly Match[], label: string, { sub, username }: Person): string[] {
  const fault = (holds: boolean, what: string) => (holds ? [] : [`${username}: ${label} ${what}`]);
  const ids = new Set(matches.map(({ asset: { id } }) => id));
  return [
    ...fault(ids.size === matches.length, "finds an asset twice in one page"),
    ...matches.flatMap(({ confidence, asset }) => [
      ...fault(asset.ownerId === sub, `finds ${asset.id}, which is not theirs`),
      ...fault(["RECEIVED", "UPLOADED"].includes(asset.state), `finds ${asset.id}, which is ${asset.state}`),
      ...fault(confidence >= minConfidence, `finds ${asset.id} at ${confidence}`),
      ...fault(shows(asset.labels ?? [], label), `finds ${asset.id}, which does not show it`),
    ]),
  ];
}

/** Whether an asset shows the label, or a child of it. */
const shows = (labels: readonly Label[], label: string): boolean =>
  labels.some(({ name, parents }) => [name, ...parents].some((term) => folded(term) === folded(label)));
