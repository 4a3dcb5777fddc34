import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from "graphql";

/** The work of going through a document, with every fragment in each place where it is spread. */
export interface Weight {
  /** Selections that are visited. */
  readonly selections: number;
  /** Pairs of fields under one key of the response. Validation compares all of them. */
  readonly pairs: number;
  /** Levels of fields. */
  readonly levels: number;
}

/** A document of graphql-java's 15,000 tokens holds at most this number of selections without fragments. */
export const weightLimits: Weight = { selections: 15_000, pairs: 200_000, levels: 500 };

/**
 * Weighs a document before validation and execution go through it: 1 KB of fragments that spread each other twice are
 * a thousand million selections. Stops when a limit is passed, so the weighing is bounded too.
 */
export function weigh(document: DocumentNode, limits = weightLimits): Weight & { readonly over: boolean } {
  const scales = new Scales(document, limits);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) {
      scales.walk(definition.selectionSet, new Map(), 1);
    }
  }
  scales.walkUnused();
  return { ...scales.weight, over: scales.isOver };
}

/** The fields under one key, merged as the response has them. */
interface Merged {
  fields: number;
  below?: Map<string, Merged>;
}

class Scales {
  readonly weight = { selections: 0, pairs: 0, levels: 0 };
  readonly #limits: Weight;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #reached = new Set<string>();
  /** The fragments around the present selection. A cycle is entered once. */
  readonly #active = new Set<string>();

  constructor({ definitions }: DocumentNode, limits: Weight) {
    this.#limits = limits;
    for (const definition of definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) {
        this.#fragments.set(definition.name.value, definition);
      }
    }
  }

  get isOver(): boolean {
    const { selections, pairs, levels } = this.weight;
    return selections > this.#limits.selections || pairs > this.#limits.pairs || levels > this.#limits.levels;
  }

  walk({ selections }: SelectionSetNode, into: Map<string, Merged>, level: number): void {
    this.weight.levels = Math.max(this.weight.levels, level);
    for (const selection of selections) {
      if (this.isOver) {
        return;
      }
      this.weight.selections += 1;
      if (selection.kind === Kind.FIELD) {
        const merged = add(into, (selection.alias ?? selection.name).value);
        this.weight.pairs += merged.fields - 1;
        if (selection.selectionSet) {
          this.walk(selection.selectionSet, (merged.below ??= new Map()), level + 1);
        }
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        this.walk(selection.selectionSet, into, level);
      } else {
        this.#spread(selection.name.value, into, level);
      }
    }
  }

  /** Validation also goes through the fragments that no operation uses. */
  walkUnused(): void {
    for (const name of this.#fragments.keys()) {
      if (!this.#reached.has(name)) {
        this.#spread(name, new Map(), 1);
      }
    }
  }

  #spread(name: string, into: Map<string, Merged>, level: number): void {
    const fragment = this.#fragments.get(name);
    if (!fragment || this.#active.has(name)) {
      return;
    }
    this.#reached.add(name);
    this.#active.add(name);
    this.walk(fragment.selectionSet, into, level);
    this.#active.delete(name);
  }
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
