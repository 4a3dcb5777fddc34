import { isObject } from "../../base/checks.ts";
import {
  type FragmentDefinitionNode,
  getNamedType,
  getNullableType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  type NamedTypeNode,
  type SelectionSetNode,
} from "graphql";
import type { Prepared } from "../execute/documents.ts";
import type { Result } from "../execute/operation.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The result of each field of a mutation, with the schema's names in place of aliases. Subscribers can read nothing else. */
export function mutationPayloads(
  schema: GraphQLSchema,
  { document, operation }: Prepared,
  { data }: Result,
): { readonly field: string; readonly payload: unknown }[] {
  const type = schema.getMutationType();
  if (!type || !data) {
    return [];
  }
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  );
  const reading = { schema, fragments };
  const collected = collect(reading, type.name, [operation.selectionSet], data);
  return [...collected.entries()].flatMap(([key, { name, sets }]) => {
    const payload = readField(reading, type.name, name, sets, data[key]) ?? null;
    return payload === null ? [] : { field: name, payload };
  });
}

interface Reading {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

interface Selected {
  readonly name: string;
  readonly sets: SelectionSetNode[];
}

/** The selected fields of an object, by their key in the response. */
function collect(
  reading: Reading,
  typeName: string,
  sets: readonly SelectionSetNode[],
  data: Fields,
  into = new Map<string, Selected>(),
): Map<string, Selected> {
  for (const selection of sets.flatMap(({ selections }) => selections)) {
    if (selection.kind === Kind.FIELD) {
      const key = (selection.alias ?? selection.name).value;
      if (!Object.hasOwn(data, key)) {
        continue;
      }
      const known = into.get(key) ?? { name: selection.name.value, sets: [] };
      if (selection.selectionSet) {
        known.sets.push(selection.selectionSet);
      }
      into.set(key, known);
      continue;
    }
    const part =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : reading.fragments.get(selection.name.value);
    if (part && applies(reading.schema, typeName, part.typeCondition)) {
      collect(reading, typeName, [part.selectionSet], data, into);
    }
  }
  return into;
}

function readObject(
  reading: Reading,
  typeName: string,
  sets: readonly SelectionSetNode[],
  data: Fields,
): Fields {
  const concrete = isObjectType(reading.schema.getType(typeName))
    ? typeName
    : typeNameIn(sets, data, typeName);
  const fields: Record<string, unknown> = {};
  for (const [key, { name, sets: below }] of collect(reading, concrete, sets, data)) {
    const value = readField(reading, concrete, name, below, data[key]);
    fields[name] = name in fields ? merge(fields[name], value) : value;
  }
  return fields;
}

function readField(
  reading: Reading,
  typeName: string,
  name: string,
  sets: readonly SelectionSetNode[],
  value: unknown,
): unknown {
  const type = reading.schema.getType(typeName);
  const field = isObjectType(type) ? type.getFields()[name] : undefined;
  return field ? readValue(reading, field.type, sets, value) : value;
}

function readValue(
  reading: Reading,
  type: GraphQLOutputType,
  sets: readonly SelectionSetNode[],
  value: unknown,
): unknown {
  const nullable = getNullableType(type);
  if (value === null || value === undefined) {
    return null;
  }
  if (isListType(nullable) && Array.isArray(value)) {
    return value.map((item: unknown) => readValue(reading, nullable.ofType, sets, item));
  }
  const named = getNamedType(type);
  return isCompositeType(named) ? readObject(reading, named.name, sets, value as Fields) : value;
}

/** The type of an interface or union, which is known if the mutation selected `__typename`. */
function typeNameIn(sets: readonly SelectionSetNode[], data: Fields, otherwise: string): string {
  for (const selection of sets.flatMap(({ selections }) => selections)) {
    if (selection.kind === Kind.FIELD && selection.name.value === "__typename") {
      return String(data[(selection.alias ?? selection.name).value]);
    }
  }
  return otherwise;
}

function applies(schema: GraphQLSchema, typeName: string, condition: NamedTypeNode | undefined): boolean {
  if (!condition || condition.name.value === typeName) {
    return true;
  }
  const type = schema.getType(typeName);
  const wanted = schema.getType(condition.name.value);
  // If the type is not known, the keys in the response decide.
  if (!isObjectType(type)) {
    return true;
  }
  return wanted !== undefined && "getTypes" in wanted
    ? wanted.getTypes().includes(type)
    : type.getInterfaces().some(({ name }) => name === condition.name.value);
}

/** Merges one field under two aliases. The first has precedence. */
function merge(first: unknown, second: unknown): unknown {
  return isObject(first) && isObject(second) ? { ...second, ...first } : first;
}
