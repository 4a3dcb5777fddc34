import type { Asset } from "../../domain/asset.ts";
import { foldedName, termsOf } from "../../domain/labels.ts";
import type { RowKey } from "../../domain/messages.ts";
import type { Assets } from "../shared/assets.ts";

/** What the index holds of one asset: how sure each term is, by its folded name. */
export type Terms = ReadonlyMap<string, number>;

/** One term of one asset, as it was in the index and as it is to be; undefined where it is not in the index. */
export interface TermChange {
  readonly folded: string;
  /** For people to read. */
  readonly name: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
}

export interface Entry {
  /** Counts the writes to the entry. */
  readonly revision: number;
  readonly terms: Terms;
}

/** What is to be written for one asset. */
export interface Edit {
  readonly key: RowKey;
  /** The revision of the entry that is changed. */
  readonly seen: number | undefined;
  /** After the changes. */
  readonly terms: Terms;
  readonly changes: readonly TermChange[];
}

export interface LabelIndex {
  entry(key: RowKey): Promise<Entry | undefined>;
  /**
   * Writes the entries of assets of one owner, and what their changes mean for matches and counts, all or nothing. False
   * if an entry is not of the revision `seen`, or another transaction interfered.
   */
  write(...edits: readonly Edit[]): Promise<boolean>;
  /** Whether the edits fit into one transaction. */
  fits(edits: readonly Edit[]): boolean;
}

export interface Indexing {
  readonly assets: Pick<Assets, "get">;
  readonly index: LabelIndex;
  /** Waits before another attempt, longer each time. */
  readonly pause: (attempt: number) => Promise<unknown>;
  readonly conflicted: () => void;
}

/** A transaction holds 100 writes: the entry, and for each change two matches and a count at most. */
const maxChanges = 33;

/** How often a write is tried again after another one was first. */
const maxAttempts = 8;

/**
 * Makes the index agree with an asset as it is now. It may be repeated, and stopped at any write. An older asset
 * never wins.
 */
export async function reindex(key: RowKey, indexing: Indexing): Promise<"indexed" | "agreed"> {
  const { index, pause, conflicted } = indexing;
  let outcome: "indexed" | "agreed" = "agreed";
  let attempts = 0;
  while (attempts < maxAttempts) {
    const found = await compare(key, indexing);
    if (found.missing.length === 0) {
      return outcome;
    }
    const changes = found.missing.slice(0, maxChanges);
    if (await index.write(editOf(found, changes))) {
      outcome = "indexed";
      if (changes.length === found.missing.length) {
        return outcome;
      }
    } else {
      attempts += 1;
      conflicted();
      await pause(attempts);
    }
  }
  throw new Error(`The index of an asset could not be written in ${maxAttempts} attempts`);
}

/**
 * Does the same for several assets of one owner, with one write for each count. Returns the keys of those that agree now,
 * and how many were written. The others need `reindex`: other writers were first, or their changes are too many.
 */
export async function reindexTogether(
  keys: readonly RowKey[],
  indexing: Compared,
): Promise<{ readonly agreed: ReadonlySet<string>; readonly indexed: number }> {
  const { index } = indexing;
  const found = await Promise.all(keys.map((key) => compare(key, indexing)));
  const agreed = new Set(found.filter(({ missing }) => missing.length === 0).map(({ key }) => key.id));
  const edits = found
    .filter(({ missing }) => missing.length > 0)
    .map((comparison) => editOf(comparison, comparison.missing));
  let indexed = 0;
  for (const pack of packsOf(edits, index)) {
    if (await index.write(...pack)) {
      pack.forEach(({ key }) => agreed.add(key.id));
      indexed += pack.length;
    }
  }
  return { agreed, indexed };
}

type Compared = Pick<Indexing, "assets" | "index">;

/** What the index has of an asset, and what is missing for it to agree. */
interface Comparison {
  readonly key: RowKey;
  readonly seen: number | undefined;
  readonly terms: Terms;
  readonly missing: readonly TermChange[];
}

/** Reads the entry before the asset: whoever writes the entry meanwhile makes a write of these changes fail. */
async function compare(key: RowKey, { assets, index }: Compared): Promise<Comparison> {
  const entry = await index.entry(key);
  const terms: Terms = entry?.terms ?? new Map();
  return { key, seen: entry?.revision, terms, missing: changesTo(terms, await assets.get(key)) };
}

const editOf = ({ key, seen, terms }: Comparison, changes: readonly TermChange[]): Edit => ({
  ...{ key, seen, changes },
  terms: changed(terms, changes),
});

/** As few transactions as possible. Edits that are too large for one are left out. */
function packsOf(edits: readonly Edit[], index: Pick<LabelIndex, "fits">): Edit[][] {
  const packs: Edit[][] = [];
  for (const edit of edits) {
    const last = packs.at(-1);
    if (last && index.fits([...last, edit])) {
      last.push(edit);
    } else if (index.fits([edit])) {
      packs.push([edit]);
    }
  }
  return packs;
}

/** What must change for the index to agree with the asset. */
function changesTo(terms: Terms, asset: Asset | undefined): TermChange[] {
  const wanted = new Map<string, { name: string; confidence: number }>();
  for (const { name, confidence } of termsOf(asset)) {
    const folded = foldedName(name.normalize("NFKD"));
    if (confidence > (wanted.get(folded)?.confidence ?? -1)) {
      wanted.set(folded, { name: wanted.get(folded)?.name ?? name, confidence });
    }
  }
  const removed = [...terms]
    .filter(([folded]) => !wanted.has(folded))
    .map(([folded, from]) => ({ folded, name: folded, from, to: undefined }));
  const written = [...wanted]
    .filter(([folded, { confidence }]) => terms.get(folded) !== confidence)
    .map(([folded, { name, confidence }]) => ({ folded, name, from: terms.get(folded), to: confidence }));
  return [...removed, ...written];
}

function changed(terms: Terms, changes: readonly TermChange[]): Terms {
  const next = new Map(terms);
  for (const { folded, to } of changes) {
    if (to === undefined) {
      next.delete(folded);
    } else {
      next.set(folded, to);
    }
  }
  return next;
}
