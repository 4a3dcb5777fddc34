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

export interface LabelIndex {
  entry(key: RowKey): Promise<Entry | undefined>;
  /**
   * Writes the entry, and what its changes mean for matches and counts, all or nothing. False if the entry is not of
   * the revision `seen`, or another transaction interfered.
   */
  write(
    key: RowKey,
    seen: number | undefined,
    terms: Terms,
    changes: readonly TermChange[],
  ): Promise<boolean>;
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
 * Makes the index agree with an asset as it is now. It may be repeated, and stopped at any write. The entry is read
 * before the asset: whoever writes the entry meanwhile makes this write fail, so an older asset never wins.
 */
export async function reindex(key: RowKey, indexing: Indexing): Promise<"indexed" | "agreed"> {
  const { assets, index, pause, conflicted } = indexing;
  let outcome: "indexed" | "agreed" = "agreed";
  let attempts = 0;
  while (attempts < maxAttempts) {
    const entry = await index.entry(key);
    const terms: Terms = entry?.terms ?? new Map();
    const missing = changesTo(terms, await assets.get(key));
    if (missing.length === 0) {
      return outcome;
    }
    const changes = missing.slice(0, maxChanges);
    if (await index.write(key, entry?.revision, changed(terms, changes), changes)) {
      outcome = "indexed";
      if (changes.length === missing.length) {
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
