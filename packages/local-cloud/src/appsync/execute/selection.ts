import {
  type FieldNode,
  getNamedType,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  Kind,
  print,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import type { ResolverInfo } from "../model/handlers.ts";

type Selection = Pick<ResolverInfo, "selectionSetList" | "selectionSetGraphQL">;

/** Documents are cached, so a field's node is the same object from request to request. */
const known = new WeakMap<FieldNode, Selection>();
const none: Selection = { selectionSetList: [], selectionSetGraphQL: "" };

/**
 * The selection below a field: paths of aliases, with the fields of fragments, and GraphQL text. AppSync lists nothing
 * for a union, and only the interface's own fields for an interface (aws/aws-appsync-community#358).
 */
export function selectionOf(info: GraphQLResolveInfo): Selection {
  const [node, ...others] = info.fieldNodes;
  const type = getNamedType(info.returnType);
  if (!node?.selectionSet || !isCompositeType(type)) {
    return none;
  }
  const single = others.length === 0;
  const remembered = single ? known.get(node) : undefined;
  if (remembered) {
    return remembered;
  }
  const sets = info.fieldNodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  const selection = {
    selectionSetList: [...new Set(sets.flatMap((set) => list(set, "", type, info)))],
    selectionSetGraphQL: print(merge(sets)),
  };
  if (single) {
    known.set(node, selection);
  }
  return selection;
}

type Type = GraphQLNamedType | undefined;

function list(set: SelectionSetNode, prefix: string, type: Type, info: GraphQLResolveInfo): string[] {
  if (isUnionType(type)) {
    return [];
  }
  return set.selections.flatMap((selection) => listOne(selection, prefix, type, info));
}

function listOne(selection: SelectionNode, prefix: string, type: Type, info: GraphQLResolveInfo): string[] {
  if (selection.kind === Kind.FIELD) {
    const path = `${prefix}${(selection.alias ?? selection.name).value}`;
    if (!selection.selectionSet) {
      return [path];
    }
    return [path, ...list(selection.selectionSet, `${path}/`, below(type, selection.name.value), info)];
  }
  const part = selection.kind === Kind.INLINE_FRAGMENT ? selection : info.fragments[selection.name.value];
  if (!part) {
    return [];
  }
  const condition = part.typeCondition?.name.value;
  if (isInterfaceType(type) && condition !== undefined && condition !== type.name) {
    return [];
  }
  return list(part.selectionSet, prefix, type, info);
}

function below(type: Type, field: string): Type {
  const holder = isObjectType(type) || isInterfaceType(type) ? type.getFields()[field] : undefined;
  return holder && getNamedType(holder.type);
}

function merge(sets: readonly SelectionSetNode[]): SelectionSetNode {
  return { kind: Kind.SELECTION_SET, selections: sets.flatMap(({ selections }) => selections) };
}
