import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DirectiveNode, type FieldDefinitionNode, Kind, print, type TypeNode } from "graphql";
import { type Field, fieldsOf, readTypes, typeName } from "../../tools/types/read.ts";
import { root } from "../support/program.ts";

/** A field of Mutation or of Query. */
export interface RootField {
  readonly name: string;
  /** Selects each field of the result that has no required argument, and all that these hold. */
  readonly document: string;
  /** False if only a role or a group of users may call it. */
  readonly isForUsers: boolean;
  /** A value for each argument, made from its name and type, except those that are given. */
  readonly variables: (given: Given) => Readonly<Record<string, unknown>>;
}

/** Values by the name of an argument, or of a field of an input. Undefined leaves it out. */
export type Given = Readonly<Record<string, unknown>>;

const types = readTypes(readFileSync(join(root, "schema.graphql"), "utf8"));

/** All of them: what is added to the schema is attacked too. */
export const mutations = rootFields("mutation");
export const queries = rootFields("query");

function rootFields(kind: "mutation" | "query"): readonly RootField[] {
  const type = types.get(kind === "mutation" ? "Mutation" : "Query");
  return (fieldsOf(type) as readonly FieldDefinitionNode[]).map((field) => ({
    name: field.name.value,
    document: documentOf(kind, field),
    isForUsers: !(field.directives ?? []).some(isForOthers),
    variables: (given) => valuesOf(field.arguments ?? [], given),
  }));
}

function documentOf(kind: string, { name, type, arguments: parameters = [] }: FieldDefinitionNode): string {
  const variables = parameters.map((each) => `$${each.name.value}: ${print(each.type)}`);
  const inner = parameters.map((each) => `${each.name.value}: $${each.name.value}`);
  const list = (of: readonly string[]) => (of.length > 0 ? `(${of.join(", ")})` : "");
  return `${kind} ${list(variables)} { ${name.value}${list(inner)} ${selectionOf(type)} }`;
}

function selectionOf(type: TypeNode): string {
  const fields = fieldsOf(types.get(typeName(type))) as readonly FieldDefinitionNode[];
  const inner = fields
    .filter((field) => (field.arguments ?? []).every(({ type: of }) => of.kind !== Kind.NON_NULL_TYPE))
    .map((field) => `${field.name.value} ${selectionOf(field.type)}`);
  return fields.length > 0 ? `{ ${inner.join(" ")} }` : "";
}

function isForOthers({ name, arguments: values = [] }: DirectiveNode): boolean {
  return name.value === "aws_iam" || (name.value === "aws_cognito_user_pools" && values.length > 0);
}

function valuesOf(fields: readonly Field[], given: Given): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    fields.map((field) => [
      field.name.value,
      field.name.value in given ? given[field.name.value] : valueOf(field.type, given),
    ]),
  );
}

function valueOf(type: TypeNode, given: Given): unknown {
  if (type.kind === Kind.LIST_TYPE) {
    return [valueOf(type.type, given)];
  }
  if (type.kind === Kind.NON_NULL_TYPE) {
    return valueOf(type.type, given);
  }
  const named = types.get(type.name.value);
  if (named?.kind === Kind.ENUM_TYPE_DEFINITION) {
    return named.values?.[0]?.name.value;
  }
  return named ? valuesOf(fieldsOf(named), given) : scalars[type.name.value]?.();
}

let count = 0;

/** Each text is another one, as long as the API allows, so that nothing is answered from what is there already. */
const scalars: Readonly<Record<string, () => unknown>> = {
  ID: () => "no-such-id",
  String: () => `${++count} `.padEnd(100, "x"),
  Int: () => 1,
  Float: () => 1,
  Boolean: () => false,
  AWSEmail: () => `user-${++count}@example.com`,
  AWSURL: () => `https://example.com/${++count}`,
  AWSDateTime: () => "2026-01-01T00:00:00.000Z",
};
