import { type Contract, eventType, extrasOf, isExtra } from "./contract.ts";
import { Kind } from "graphql";
import { type Field, fieldsOf, typeName, type Types } from "./read.ts";

export const selectionConstant = (types: Types): string =>
  `/** Selects all that an event has. */
  export const assetEventSelection = "${published("AssetEventInput", types)}";`;

function published(name: string, types: Types): string {
  const type = types.get(name);
  return type?.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION
    ? fieldsOf(type)
        .map((field) => withInner(field, published(typeName(field.type), types)))
        .join(" ")
    : "";
}

const withInner = ({ name }: Field, inner: string): string =>
  inner ? `${name.value} { ${inner} }` : name.value;

/**
 * All fields of a type and of what they hold, but no extras: `*Asset` marks the place of those of assets. Throws for a
 * type that holds itself.
 */
export function defaultSelection(contract: Contract, name: string, above: readonly string[] = []): string {
  const type = contract.types.get(name);
  if (type?.kind !== Kind.OBJECT_TYPE_DEFINITION) {
    return "";
  }
  if (above.includes(name)) {
    throw new Error(
      `schema.graphql: ${name} holds itself, by ${[...above, name].join(" > ")}. Work the inner field out by a resolver of its own, so that clients select it by name`,
    );
  }
  if (name === eventType(contract)) {
    return published([...contract.events.keys()][0] ?? "", contract.types);
  }
  const fields = fieldsOf(type)
    .filter((field) => !isExtra(contract, name, field))
    .map((field) => withInner(field, defaultSelection(contract, typeName(field.type), [...above, name])));
  return [...fields, ...(extrasOf(contract, name).length > 0 ? [`*${name}`] : [])].join(" ");
}
