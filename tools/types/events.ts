import { Kind, print, type TypeNode } from "graphql";
import { fieldsOf, type Types, typeName } from "./read.ts";

const eventInput = "AssetEventInput";

/**
 * The inputs that an event is made of, by their names, each with the name of the type that clients read. The relay
 * publishes the input; AppSync answers with the type of the same fields.
 */
export function eventTypes(types: Types, input = eventInput): Map<string, string> {
  const found = new Map<string, string>();
  const add = (name: string): void => {
    if (types.get(name)?.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION && !found.has(name)) {
      found.set(name, withoutInput(name));
      fieldsOf(types.get(name)).forEach(({ type }) => add(typeName(type)));
    }
  };
  add(input);
  return found;
}

const withoutInput = (name: string): string => name.replace(/Input$/, "");

/**
 * What keeps a field out of events, each naming the line to change. A field that events do not carry must be worked
 * out by a resolver of its own, from what they do carry.
 */
export const problemsOfEvents = (types: Types, resolverFiles: readonly string[]): string[] =>
  [...eventTypes(types)].flatMap(([input, output]) => {
    const published = fieldsOf(types.get(input));
    const shown = fieldsOf(types.get(output));
    const missing = shown
      .filter(({ name }) => !published.some((field) => field.name.value === name.value))
      .map(({ name }) => `${output}.${name.value}`)
      .filter((field) => !resolverFiles.includes(`${field}.ts`))
      .map(
        (field) =>
          `schema.graphql: ${field} is not in ${input}, so that events would show null. Add it there, or work it out in resolvers/${field}.ts`,
      );
    const different = published
      .filter(
        ({ name, type }) =>
          !shown.some((field) => field.name.value === name.value && agree(field.type, type)),
      )
      .map(({ name }) => `schema.graphql: ${input}.${name.value} is not of the type that ${output} gives it`);
    return [...missing, ...different];
  });

/** An event that is read may lack what one that is published must have. */
const agree = (shown: TypeNode, published: TypeNode): boolean =>
  [print(shown), `${print(shown)}!`].includes(withInnerOutput(published));

const withInnerOutput = (type: TypeNode): string => print(type).replace(/\w+/, withoutInput);
