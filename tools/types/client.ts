import { Kind, type ObjectTypeDefinitionNode } from "graphql";
import {
  argumentsIn,
  type Contract,
  eventType,
  extrasOf,
  isExtra,
  operationFields,
  usedTypes,
} from "./contract.ts";
import { type Fielded, fieldsOf, type Named, typeName } from "./read.ts";
import { argumentsName, argumentsOf, comment, declaration, interfaceOf, member, typeText } from "./text.ts";

const shape = { readonly: true };

/** The types of the operations and of events, by the names that readers of the API know. */
export const clientTypes = (contract: Contract): string[] => [
  ...usedTypes(contract).flatMap((type) => typeOf(contract, type)),
  ...operationFields(contract).map(({ field }) => argumentsOf(field, field.name.value, shape)),
];

function typeOf(contract: Contract, type: Named): string[] {
  const name = type.name.value;
  switch (type.kind) {
    case Kind.ENUM_TYPE_DEFINITION:
      return [declaration(type, false)];
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return [interfaceOf(name, type, { ...shape, mayLeaveOut: true })];
    case Kind.OBJECT_TYPE_DEFINITION:
      return name === eventType(contract) ? [eventInterface(contract, type)] : output(contract, type);
  }
}

/** The interface of a type, of the choice of its extras, and of their arguments. */
function output(contract: Contract, type: ObjectTypeDefinitionNode): string[] {
  const name = type.name.value;
  const extras = extrasOf(contract, name);
  const members = fieldsOf(type).map((field) =>
    isExtra(contract, name, field)
      ? `/** ${field.description?.value ?? ""} Present if it was included. */
         readonly ${field.name.value}?: ${typeText(field.type, shape)};`
      : member(field, shape),
  );
  const text = `${comment(type)}export interface ${name} { ${members.join("\n")} }`;
  if (extras.length === 0) {
    return [text];
  }
  const choices = extras.map((field) => {
    const given =
      argumentsIn(field).length > 0 ? `boolean | ${argumentsName(`${name}.${field.name.value}`)}` : "boolean";
    return `${comment(field)}readonly ${field.name.value}?: ${given};`;
  });
  return [
    text,
    `/** Fields of ${name} that cost a call each, and are read only if they are included. */
    export interface ${name}Include { ${choices.join("\n")} }`,
    ...extras.map((field) => argumentsOf(field, `${name}.${field.name.value}`, shape)),
  ];
}

/** An event has what the relay publishes, extras included. */
function eventInterface(contract: Contract, type: ObjectTypeDefinitionNode): string {
  const { types, events } = contract;
  const input = types.get([...events.keys()][0] ?? "") as Fielded;
  const rename = (name: string): string => {
    const output = events.get(name);
    const published = fieldsOf(types.get(name)).map((field) => field.name.value);
    const present = extrasOf(contract, output ?? "").filter((field) => published.includes(field.name.value));
    const names = present.map((field) => `"${field.name.value}"`).join(" | ");
    return output === undefined ? name : names ? `${output} & Required<Pick<${output}, ${names}>>` : output;
  };
  const fields = fieldsOf(type).flatMap((field) => {
    const published = fieldsOf(input).find(({ name }) => name.value === field.name.value);
    return published ? [{ ...field, type: published.type }] : [];
  });
  return interfaceOf(type.name.value, { ...type, fields } as ObjectTypeDefinitionNode, { ...shape, rename });
}

/** The types with extras that a selection of this type can include. */
export function includable(contract: Contract, name: string, above: readonly string[] = []): string[] {
  if (name === eventType(contract) || above.includes(name)) {
    return [];
  }
  const fields = fieldsOf(contract.types.get(name)).filter((field) => !isExtra(contract, name, field));
  const inner = fields.flatMap(({ type }) => includable(contract, typeName(type), [...above, name]));
  return [...new Set([...(extrasOf(contract, name).length > 0 ? [name] : []), ...inner])];
}
