import {
  type DefinitionNode,
  type EnumTypeDefinitionNode,
  type FieldDefinitionNode,
  type InputObjectTypeDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type TypeNode,
} from "graphql";

export const roots = ["Query", "Mutation", "Subscription"];

export type Field = FieldDefinitionNode | InputValueDefinitionNode;

export type Fielded = ObjectTypeDefinitionNode | InputObjectTypeDefinitionNode;

export type Named = Fielded | EnumTypeDefinitionNode;

/** The types of a schema by their names, in its order. */
export type Types = ReadonlyMap<string, Named>;

export const readTypes = (schema: string): Types =>
  new Map(
    parse(schema)
      .definitions.filter(isNamed)
      .map((type) => [type.name.value, type]),
  );

const isNamed = (node: DefinitionNode): node is Named =>
  node.kind === Kind.OBJECT_TYPE_DEFINITION ||
  node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ||
  node.kind === Kind.ENUM_TYPE_DEFINITION;

/** None of an enum, and of a type that is not there. */
export const fieldsOf = (type: Named | undefined): readonly Field[] =>
  type && type.kind !== Kind.ENUM_TYPE_DEFINITION ? (type.fields ?? []) : [];

/** The type's own name, without lists and exclamation marks. */
export const typeName = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : typeName(type.type);
