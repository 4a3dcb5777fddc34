import { type EnumTypeDefinitionNode, Kind, type StringValueNode, type TypeNode } from "graphql";
import { type Field, fieldsOf, type Named, roots } from "./read.ts";

/** The TypeScript of one type. That of a root type is the arguments of its fields. */
export function declaration(type: Named, isEvent: boolean): string {
  if (type.kind === Kind.ENUM_TYPE_DEFINITION) {
    const values = (type.values ?? []).map(({ name }) => `"${name.value}"`);
    return `${comment(type)}export type ${type.name.value} = ${values.join(" | ")};`;
  }
  if (roots.includes(type.name.value)) {
    return fieldsOf(type)
      .map((field) => argumentsOf(field, field.name.value))
      .join("\n\n");
  }
  // Callers may leave out fields of an input; an event always has all of its fields.
  const mayLeaveOut = type.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION && !isEvent;
  return [
    interfaceOf(type.name.value, type, { mayLeaveOut }),
    ...fieldsOf(type).map((field) => argumentsOf(field, `${type.name.value}.${field.name.value}`)),
  ].join("\n\n");
}

/** The interface of a field's arguments. `path` is the field's name, with the type's name unless that is a root type. */
export function argumentsOf(field: Field, path: string, shape: Shape = {}): string {
  const fields = ("arguments" in field && field.arguments) || [];
  const name = argumentsName(path);
  return fields.length === 0
    ? ""
    : `/** The arguments of ${path}. */
      export interface ${name} {
        ${fields.map((argument) => member(argument, { ...shape, mayLeaveOut: true })).join("\n")}
      }`;
}

export const argumentsName = (path: string): string => `${path.split(".").map(upperFirst).join("")}Arguments`;

export const upperFirst = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

export const lowerFirst = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;

export interface Shape {
  readonly mayLeaveOut?: boolean;
  readonly readonly?: boolean;
  /** Names types of other types. */
  readonly rename?: (name: string) => string;
}

export const interfaceOf = (
  name: string,
  type: Exclude<Named, EnumTypeDefinitionNode>,
  shape: Shape,
): string =>
  `${comment(type)}export interface ${name} {
    ${fieldsOf(type)
      .map((field) => member(field, shape))
      .join("\n")}
  }`;

export function member(field: Field, shape: Shape): string {
  const optional = shape.mayLeaveOut && field.type.kind !== Kind.NON_NULL_TYPE ? "?" : "";
  const readonly = shape.readonly ? "readonly " : "";
  return `${comment(field)}${readonly}${field.name.value}${optional}: ${typeText(field.type, shape)};`;
}

export function typeText(type: TypeNode, shape: Shape): string {
  if (type.kind === Kind.NON_NULL_TYPE) {
    return bare(type.type, shape);
  }
  return `${bare(type, shape)} | null`;
}

function bare(type: Exclude<TypeNode, { kind: Kind.NON_NULL_TYPE }>, shape: Shape): string {
  if (type.kind === Kind.LIST_TYPE) {
    const item = typeText(type.type, shape);
    return `${shape.readonly ? "readonly " : ""}${item.includes(" ") ? `(${item})` : item}[]`;
  }
  const name = type.name.value;
  return scalars[name] ?? shape.rename?.(name) ?? name;
}

/** All that the contract uses; another is used as it is named, and does not compile. */
const scalars: Readonly<Record<string, string>> = {
  ID: "string",
  String: "string",
  AWSDateTime: "string",
  AWSEmail: "string",
  AWSURL: "string",
  Int: "number",
  Float: "number",
  Boolean: "boolean",
};

export const comment = ({ description }: { readonly description?: StringValueNode | undefined }): string =>
  description ? `/** ${description.value} */\n` : "";
