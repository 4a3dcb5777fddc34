import { Kind } from "graphql";
import { clientTypes } from "./client.ts";
import { eventTypes, problemsOfEvents } from "./events.ts";
import { operations } from "./operations.ts";
import { type Named, readTypes } from "./read.ts";
import { selectionConstant } from "./selection.ts";
import { declaration, lowerFirst } from "./text.ts";

const domainFile = "domain/schema.ts";
const clientFile = "packages/client/src/schema.ts";
const operationsFile = "packages/client/src/operations.ts";

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
  const contract = { types, events, resolverFiles };
  return {
    [domainFile]: [
      header,
      ...[...types.values()].map((type) => declaration(type, events.has(type.name.value))),
      ...inputFields([...types.values()], events),
      selectionConstant(types),
    ].join("\n\n"),
    [clientFile]: [header, ...clientTypes(contract), selectionConstant(types)].join("\n\n"),
    [operationsFile]: [header, operations(contract)].join("\n\n"),
  };
}

const header = "// Made from schema.graphql by `npm run generate`. Change that file, not this one.";

/** For code that treats all fields of an input alike: a field is added in the schema only. */
const inputFields = (types: readonly Named[], events: ReadonlyMap<string, string>): string[] =>
  types
    .filter((type) => type.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
    .filter(({ name }) => !events.has(name.value))
    .map(({ name, fields = [] }) => {
      const names = fields.map((field) => `"${field.name.value}"`).join(", ");
      const constant = `${lowerFirst(name.value)}Fields`;
      return `/** The fields of ${name.value}. */
        export const ${constant}: (keyof ${name.value})[] = [${names}];`;
    });
