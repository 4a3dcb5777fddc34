import { Kind, getNamedType, isCompositeType, print } from "graphql";
import type { FieldNode, GraphQLResolveInfo, SelectionNode, SelectionSetNode } from "graphql";
import type { ResolverInfo } from "../runtime/types.ts";

type Selection = Pick<ResolverInfo, "selectionSetList" | "selectionSetGraphQL">;

/** Documents are cached, so a field's node is the same object from request to request. */
const known = new WeakMap<FieldNode, Selection>();
const none: Selection = { selectionSetList: [], selectionSetGraphQL: "" };

/** What is selected below a field: aliases, slash-separated, fragments spread; and the same as GraphQL text. */
export function selectionOf(info: GraphQLResolveInfo): Selection {
  const [node, ...others] = info.fieldNodes;
  if (!node?.selectionSet || !isCompositeType(getNamedType(info.returnType))) return none;
  const single = others.length === 0;
  const remembered = single ? known.get(node) : undefined;
  if (remembered) return remembered;
  const sets = info.fieldNodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  const selection = {
    selectionSetList: [...new Set(sets.flatMap((set) => list(set, "", info)))],
    selectionSetGraphQL: print(merge(sets)),
  };
  if (single) known.set(node, selection);
  return selection;
}

function list({ selections }: SelectionSetNode, prefix: string, info: GraphQLResolveInfo): string[] {
  return selections.flatMap((selection) => listOne(selection, prefix, info));
}

function listOne(selection: SelectionNode, prefix: string, info: GraphQLResolveInfo): string[] {
  if (selection.kind === Kind.FIELD) {
    const path = `${prefix}${(selection.alias ?? selection.name).value}`;
    return [path, ...(selection.selectionSet ? list(selection.selectionSet, `${path}/`, info) : [])];
  }
  if (selection.kind === Kind.INLINE_FRAGMENT) return list(selection.selectionSet, prefix, info);
  const fragment = info.fragments[selection.name.value];
  return fragment ? list(fragment.selectionSet, prefix, info) : [];
}

function merge(sets: readonly SelectionSetNode[]): SelectionSetNode {
  return { kind: Kind.SELECTION_SET, selections: sets.flatMap(({ selections }) => selections) };
}
