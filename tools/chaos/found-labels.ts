import type { Person } from "./people.ts";

/** An asset that a search has found. */
export interface Match {
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

/** Without case and accents. */
export const folded = (name: string): string => name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
