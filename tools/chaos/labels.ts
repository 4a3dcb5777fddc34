import type { Account, Check, Seen } from "./account.ts";
import type { ListedAsset } from "./facts.ts";
import type { Person } from "./people.ts";
import { correction } from "./users.ts";

/** An asset that a search has found. */
interface Match {
  readonly id: string;
  readonly confidence: number;
}

/** What search and counts answer about one owner, by label. */
export type FoundLabels = ReadonlyMap<string, { readonly count: number; readonly matches: readonly Match[] }>;

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken: string | null;
}

/** All labels of an owner, and all assets of each. */
export async function findLabels(admin: Person, ownerId: string): Promise<FoundLabels> {
  const counts = await everyItem<{ name: string; count: number }>(
    admin,
    `query ($ownerId: ID, $nextToken: String) {
      listLabels(ownerId: $ownerId, limit: 100, nextToken: $nextToken) { items { name count } nextToken } }`,
    { ownerId },
  );
  const found = new Map<string, { count: number; matches: Match[] }>();
  for (const { name, count } of counts) {
    const matches = await everyItem<{ asset: { id: string }; confidence: number }>(
      admin,
      `query ($ownerId: ID, $label: String!, $nextToken: String) {
        searchAssets(ownerId: $ownerId, label: $label, limit: 100, nextToken: $nextToken) {
          items { asset { id } confidence } nextToken } }`,
      { ownerId, label: name },
    );
    found.set(folded(name), {
      count,
      matches: matches.map(({ asset, confidence }) => ({ id: asset.id, confidence })),
    });
  }
  return found;
}

async function everyItem<Item>(person: Person, query: string, which: object): Promise<Item[]> {
  const items: Item[] = [];
  let nextToken: string | null = null;
  do {
    const data: Record<string, Page<Item>> = await person.ask(query, { ...which, nextToken });
    const page: Page<Item> | undefined = Object.values(data)[0];
    items.push(...(page?.items ?? []));
    nextToken = page?.nextToken ?? null;
  } while (nextToken !== null);
  return items;
}

/** Searches find exactly the assets whose labels, as lists show them, have the label or its child, best and newest first. */
export function labelsFound({ facts }: Seen, accounts: readonly Account[]): ReturnType<Check> {
  const corrected = new Set(
    accounts.flatMap(({ asset }) => (asset.planned.journey === "corrected" ? [asset.id] : [])),
  );
  let planned = 0;
  let found = 0;
  const differences = [...facts.labels].flatMap(([owner, labels]) => {
    const model = modelOf(facts.assets.get(owner) ?? [], corrected);
    return [...new Set([...labels.keys(), ...model.keys()])].flatMap((label) => {
      const should = model.get(label) ?? [];
      const { count = 0, matches = [] } = labels.get(label) ?? {};
      planned += should.length;
      found += matches.length;
      const [are, shall] = [matches, should].map((all) => all.map(textOf).join(" "));
      return [
        ...(count === should.length
          ? []
          : [`${owner}: ${label} is counted ${count} times, not ${should.length}`]),
        ...(are === shall ? [] : [`${owner}: ${label} finds ${are}; should find ${shall}`]),
      ];
    });
  });
  return { planned, found, differences };
}

/** By label: the matches that the shown labels make. Lists do not show which parents were removed; the plan does. */
function modelOf(assets: readonly ListedAsset[], corrected: ReadonlySet<string>): Map<string, Match[]> {
  const model = new Map<string, Map<string, number>>();
  for (const { id, state, labels } of assets) {
    const shown = state === "RECEIVED" || state === "UPLOADED" ? (labels ?? []) : [];
    for (const { name, confidence, parents } of shown) {
      const removed = corrected.has(id) ? correction.remove : [];
      for (const term of [name, ...parents.filter((parent) => !removed.includes(parent))]) {
        const matches = model.get(folded(term)) ?? new Map<string, number>();
        model.set(folded(term), matches.set(id, Math.max(confidence, matches.get(id) ?? 0)));
      }
    }
  }
  return new Map(
    [...model].map(([term, matches]) => [
      term,
      [...matches]
        .map(([id, confidence]) => ({ id, confidence }))
        .sort((a, b) => thousandths(b) - thousandths(a) || (a.id < b.id ? 1 : -1)),
    ]),
  );
}

const thousandths = ({ confidence }: Match): number => Math.floor(confidence * 1000);

const textOf = (match: Match): string => `${match.id} ${thousandths(match)}`;

const folded = (name: string): string => name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
