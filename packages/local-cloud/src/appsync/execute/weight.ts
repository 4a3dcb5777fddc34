import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from "graphql";

/** What it takes to go through a document with every fragment in each place where it is spread. */
export interface Weight {
  /** Selections that were visited. */
  readonly selections: number;
  /** Pairs of fields under one key of the response: validation compares all of them. */
  readonly pairs: number;
  /** Levels of fields. */
  readonly levels: number;
}

/** As many selections as a document of graphql-java's 15,000 tokens can hold without fragments. */
export const weightLimits: Weight = { selections: 15_000, pairs: 200_000, levels: 500 };

/** The fields under one key, merged as the response has them. */
interface Merged {
  fields: number;
  below?: Map<string, Merged>;
}

/**
 * Weighs a document before anything else walks it: 1 KB of fragments that spread each other twice are a thousand
 * million selections. Stops where a limit is passed, so that the weight itself is bounded. Cycles are entered once.
 */
export function weigh(document: DocumentNode, limits = weightLimits): Weight & { readonly over: boolean } {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) {
    if (one.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(one.name.value, one);
    }
  }
  const weight = { selections: 0, pairs: 0, levels: 0 };
  const reached = new Set<string>();
  const active = new Set<string>();
  const isOver = () =>
    weight.selections > limits.selections || weight.pairs > limits.pairs || weight.levels > limits.levels;

  function walk({ selections }: SelectionSetNode, into: Map<string, Merged>, level: number): void {
    weight.levels = Math.max(weight.levels, level);
    for (const selection of selections) {
      if (isOver()) {
        return;
      }
      weight.selections += 1;
      if (selection.kind === Kind.FIELD) {
        const merged = add(into, (selection.alias ?? selection.name).value);
        weight.pairs += merged.fields - 1;
        if (selection.selectionSet) {
          walk(selection.selectionSet, (merged.below ??= new Map()), level + 1);
        }
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        walk(selection.selectionSet, into, level);
      } else {
        spread(selection.name.value, into, level);
      }
    }
  }

  function spread(name: string, into: Map<string, Merged>, level: number): void {
    const fragment = fragments.get(name);
    if (!fragment || active.has(name)) {
      return;
    }
    reached.add(name);
    active.add(name);
    walk(fragment.selectionSet, into, level);
    active.delete(name);
  }

  for (const one of document.definitions) {
    if (one.kind === Kind.OPERATION_DEFINITION) {
      walk(one.selectionSet, new Map(), 1);
    }
  }
  // Validation also looks at fragments that no operation uses.
  for (const name of fragments.keys()) {
    if (!reached.has(name)) {
      spread(name, new Map(), 1);
    }
  }
  return { ...weight, over: isOver() };
}

function add(into: Map<string, Merged>, key: string): Merged {
  const known = into.get(key);
  const merged: Merged = known ?? { fields: 0 };
  merged.fields += 1;
  if (!known) {
    into.set(key, merged);
  }
  return merged;
}
