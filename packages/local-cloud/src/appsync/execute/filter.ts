import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from "graphql";

/** The part of the data of `util.error` that the query selects below the field, under its aliases. */
export function selectBelow(data: unknown, info: GraphQLResolveInfo): unknown {
  if (data === null || data === undefined) {
    return null;
  }
  const sets = info.fieldNodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  return sets.length === 0 ? data : select(data, sets, info);
}

function select(data: unknown, sets: readonly SelectionSetNode[], info: GraphQLResolveInfo): unknown {
  if (Array.isArray(data)) {
    return data.map((item) => select(item, sets, info));
  }
  if (typeof data !== "object" || data === null) {
    return data;
  }
  const from = data as Readonly<Record<string, unknown>>;
  return Object.fromEntries(sets.flatMap((set) => entries(from, set, info)));
}

function entries(
  from: Readonly<Record<string, unknown>>,
  { selections }: SelectionSetNode,
  info: GraphQLResolveInfo,
): [string, unknown][] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return entries(from, selection.selectionSet, info);
    }
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = info.fragments[selection.name.value];
      return fragment ? entries(from, fragment.selectionSet, info) : [];
    }
    const name = selection.name.value;
    if (!Object.hasOwn(from, name)) {
      return [];
    }
    const { selectionSet } = selection;
    const value = selectionSet ? select(from[name], [selectionSet], info) : from[name];
    return [[(selection.alias ?? selection.name).value, value]];
  });
}
