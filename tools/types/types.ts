import { type EnumTypeDefinitionNode, Kind, type StringValueNode, type TypeNode } from "graphql";
import { eventTypes, problemsOfEvents } from "./events.ts";
import { type Field, type Fielded, fieldsOf, type Named, readTypes, typeName, type Types } from "./read.ts";

const domainFile = "domain/schema.ts";
const clientFile = "packages/client/src/schema.ts";

const roots = ["Query", "Mutation", "Subscription"];

/**
 * The files that are made from a schema, by their paths. `resolverFiles` are the names of the files in resolvers/.
 * Throws if the schema's types do not agree with each other.
 */
export function typesOf(schema: string, resolverFiles: readonly string[]): Record<string, string> {
  const types = readTypes(schema);
  const problems = problemsOfEvents(types, resolverFiles);
  if (problems.length > 0) {
    throw new Error(problems.join("\n"));
  }
  const events = eventTypes(types);
  return {
    [domainFile]: [
      header,
      ...[...types.values()].map((type) => declaration(type, events.has(type.name.value))),
      ...inputFields([...types.values()], events),
      selectionConstant(types),
    ].join("\n\n"),
    [clientFile]: [header, ...clientTypes(types, events), selectionConstant(types)].join("\n\n"),
  };
}

const header = "// Made from schema.graphql by `npm run generate`. Change that file, not this one.";

function declaration(type: Named, isEvent: boolean): string {
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
function argumentsOf(field: Field, path: string): string {
  const fields = ("arguments" in field && field.arguments) || [];
  const name = path.split(".").map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}`);
  return fields.length === 0
    ? ""
    : `/** The arguments of ${path}. */
      export interface ${name.join("")}Arguments {
        ${fields.map((argument) => member(argument, { mayLeaveOut: true })).join("\n")}
      }`;
}

interface Shape {
  readonly mayLeaveOut?: boolean;
  readonly readonly?: boolean;
  /** Names types of other types. */
  readonly rename?: (name: string) => string;
}

const interfaceOf = (name: string, type: Exclude<Named, EnumTypeDefinitionNode>, shape: Shape): string =>
  `${comment(type)}export interface ${name} {
    ${fieldsOf(type)
      .map((field) => member(field, shape))
      .join("\n")}
  }`;

function member(field: Field, shape: Shape): string {
  const optional = shape.mayLeaveOut && field.type.kind !== Kind.NON_NULL_TYPE ? "?" : "";
  const readonly = shape.readonly ? "readonly " : "";
  return `${comment(field)}${readonly}${field.name.value}${optional}: ${typeText(field.type, shape)};`;
}

function typeText(type: TypeNode, shape: Shape): string {
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

const comment = ({ description }: { readonly description?: StringValueNode | undefined }): string =>
  description ? `/** ${description.value} */\n` : "";

/** For code that treats all fields of an input alike: a field is added in the schema only. */
const inputFields = (types: readonly Named[], events: ReadonlyMap<string, string>): string[] =>
  types
    .filter((type) => type.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
    .filter(({ name }) => !events.has(name.value))
    .map(({ name, fields = [] }) => {
      const names = fields.map((field) => `"${field.name.value}"`).join(", ");
      const constant = `${name.value.charAt(0).toLowerCase()}${name.value.slice(1)}Fields`;
      return `/** The fields of ${name.value}. */
        export const ${constant}: (keyof ${name.value})[] = [${names}];`;
    });

/** The client knows events and what they are made of, by the names that readers of the API know. */
function clientTypes(types: Types, events: ReadonlyMap<string, string>): string[] {
  const used = [...events.keys()].flatMap((name) =>
    fieldsOf(types.get(name)).map(({ type }) => typeName(type)),
  );
  const enums = [...types.values()].filter(
    (type) => type.kind === Kind.ENUM_TYPE_DEFINITION && used.includes(type.name.value),
  );
  const rename = (name: string) => events.get(name) ?? name;
  return [
    ...enums.map((type) => declaration(type, false)),
    ...[...events].map(([input, output]) =>
      interfaceOf(output, described(types.get(input) as Fielded, types.get(output) as Fielded), {
        readonly: true,
        rename,
      }),
    ),
  ];
}

/** The fields that the relay publishes, as the type that clients read describes them. */
const described = (input: Fielded, output: Fielded): Fielded =>
  ({
    ...output,
    fields: fieldsOf(output).flatMap((field) => {
      const published = fieldsOf(input).find(({ name }) => name.value === field.name.value);
      return published ? [{ ...field, type: published.type }] : [];
    }),
  }) as Fielded;

const selectionConstant = (types: Types): string =>
  `/** Selects all that an event has. */
  export const assetEventSelection = "${selection("AssetEventInput", types)}";`;

function selection(name: string, types: Types): string {
  const type = types.get(name);
  return type?.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION
    ? fieldsOf(type).map(selected(types)).join(" ")
    : "";
}

const selected =
  (types: Types) =>
  ({ name, type }: Field): string => {
    const inner = selection(typeName(type), types);
    return inner ? `${name.value} { ${inner} }` : name.value;
  };
