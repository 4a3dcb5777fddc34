import {
  coerceInputValue,
  type GraphQLError,
  type GraphQLSchema,
  isInputType,
  type OperationDefinitionNode,
  typeFromAST,
  type VariableDefinitionNode,
} from "graphql";
import { ScalarError } from "../schema/scalars.ts";
import type { ResponseError } from "../model/execution.ts";

type Variables = Readonly<Record<string, unknown>>;

/** For one variable. Validation reports as many errors of a document. */
const maxMessages = 100;

/** Why graphql-js refused the variables, in AppSync's wording. */
export function variableErrors(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Variables,
): ResponseError[] {
  return (operation.variableDefinitions ?? []).flatMap((definition) =>
    explain(schema, definition, variables).map((message) => ({
      path: null,
      locations: locate(definition),
      message,
    })),
  );
}

function explain(schema: GraphQLSchema, definition: VariableDefinitionNode, variables: Variables): string[] {
  const name = definition.variable.name.value;
  const type = typeFromAST(schema, definition.type);
  if (!type || !isInputType(type)) {
    return [];
  }
  if (!Object.hasOwn(variables, name) && definition.defaultValue) {
    return [];
  }
  const value = variables[name];
  const required = type.toString().endsWith("!");
  if (value === undefined || value === null) {
    return required ? [missing(name, type.toString())] : [];
  }
  const messages: string[] = [];
  coerceInputValue(value, type, (path, _value, error) => {
    if (messages.length < maxMessages) {
      messages.push(word(name, path, error));
    }
  });
  return messages;
}

/** The message for a missing inner field names the outer variable, that for a bad value the innermost field. */
function word(variable: string, path: readonly (string | number)[], error: GraphQLError): string {
  const inner = path.findLast((key) => typeof key === "string") ?? variable;
  if (error.originalError instanceof ScalarError) {
    return `Variable '${inner}' has an invalid value. ${error.originalError.message}`;
  }
  const absent =
    /^Field ".+" of required type "(.+)" was not provided/.exec(error.message) ??
    /^Expected non-nullable type "(.+)" not to be null/.exec(error.message);
  if (absent) {
    return missing(variable, absent[1] ?? "");
  }
  const unknown = /^Field "(.+?)" is not defined by type "(.+?)"/.exec(error.message);
  if (unknown) {
    return `The variables input contains a field name '${unknown[1] ?? ""}' that is not defined for input object type '${unknown[2] ?? ""}' `;
  }
  const choice = /^Value "(.+?)" does not exist in "(.+?)" enum/.exec(error.message);
  if (choice) {
    return `Variable '${inner}' has an invalid value. Invalid input for Enum '${choice[2] ?? ""}'. No value found for name '${choice[1] ?? ""}'`;
  }
  return `Variable '${inner}' has an invalid value. ${error.message}`;
}

function missing(variable: string, type: string): string {
  return `Variable '${variable}' has coerced Null value for NonNull type '${type}'`;
}

function locate({ loc }: VariableDefinitionNode): ResponseError["locations"] {
  if (!loc) {
    return null;
  }
  return [{ line: loc.startToken.line, column: loc.startToken.column, sourceName: null }];
}
