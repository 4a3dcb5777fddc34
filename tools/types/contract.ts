import { type FieldDefinitionNode, Kind } from "graphql";
import { type Field, fieldsOf, type Named, typeName, type Types } from "./read.ts";

/** What the client is made from. */
export interface Contract {
  readonly types: Types;
  /** The inputs that an event is made of, with the types that clients read. */
  readonly events: ReadonlyMap<string, string>;
  /** The names of the files in resolvers/. */
  readonly resolverFiles: readonly string[];
}

export interface OperationField {
  readonly kind: "query" | "mutation";
  readonly field: FieldDefinitionNode;
}

/** The operations that a signed-in user may call, without those of roles only. */
export const operationFields = ({ types }: Contract): OperationField[] =>
  (["query", "mutation"] as const).flatMap((kind) =>
    (fieldsOf(types.get(kind === "query" ? "Query" : "Mutation")) as FieldDefinitionNode[])
      .filter((field) => !isForRolesOnly(field))
      .map((field) => ({ kind, field })),
  );

function isForRolesOnly({ directives = [] }: FieldDefinitionNode): boolean {
  const names = directives.map(({ name }) => name.value);
  return names.includes("aws_iam") && !names.includes("aws_cognito_user_pools");
}

/** A field with a resolver of its own costs a call each time, so that clients name it to get it. */
export const isExtra = ({ resolverFiles }: Contract, type: string, field: Field): boolean =>
  resolverFiles.includes(`${type}.${field.name.value}.ts`);

export const extrasOf = (contract: Contract, type: string): FieldDefinitionNode[] =>
  contract.types.get(type)?.kind === Kind.OBJECT_TYPE_DEFINITION
    ? (fieldsOf(contract.types.get(type)) as FieldDefinitionNode[]).filter((field) =>
        isExtra(contract, type, field),
      )
    : [];

export const argumentsIn = (field: Field): readonly Field[] =>
  ("arguments" in field && field.arguments) || [];

/** The type that clients get for events; it has the fields that are published. */
export const eventType = ({ events }: Contract): string | undefined => [...events.values()][0];

/** The types that the operations use, and their own, in the schema's order. */
export function usedTypes(contract: Contract): Named[] {
  const { types } = contract;
  const used = new Set<string>();
  const visit = (name: string): void => {
    const type = types.get(name);
    if (type && !used.has(name)) {
      used.add(name);
      fieldsOf(type).forEach(visitField);
    }
  };
  const visitField = (field: Field): void => {
    visit(typeName(field.type));
    argumentsIn(field).forEach(({ type }) => visit(typeName(type)));
  };
  operationFields(contract).forEach(({ field }) => visitField(field));
  visit(eventType(contract) ?? "");
  return [...types.values()].filter(({ name }) => used.has(name.value));
}
