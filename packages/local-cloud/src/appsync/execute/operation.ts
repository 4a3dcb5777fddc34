import { execute, type ExecutionResult, type GraphQLSchema } from "graphql";
import type { Log } from "../../base/service.ts";
import type { Prepared } from "./documents.ts";
import { boundErrors, responseError } from "./errors.ts";
import type { Execution, ResponseError } from "../model/execution.ts";
import { variableErrors } from "./variables.ts";

/** `errors` is absent if there are none. */
export interface Result {
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly ResponseError[];
  readonly extensions?: { readonly apiCacheEntriesDeleted: number };
}

/** Runs one operation. Errors of its fields are part of the result. */
export async function runOperation(
  schema: GraphQLSchema,
  { document, operation }: Prepared,
  execution: Execution,
  log: Log,
  rootValue?: unknown,
): Promise<Result> {
  const { data, errors = [] }: ExecutionResult = await execute({
    schema,
    document,
    rootValue,
    ...(operation.name && { operationName: operation.name.value }),
    contextValue: execution,
    variableValues: execution.variables,
  });
  if (data === undefined) {
    const explained = variableErrors(schema, operation, execution.variables);
    const unexplained = errors.map(({ message }) => ({ path: null, locations: null, message }));
    return { data: null, errors: boundErrors(explained.length > 0 ? explained : unexplained) };
  }
  const all = [...execution.appended, ...errors.map((error) => responseError(error, schema, log))];
  return {
    data,
    ...(all.length > 0 && { errors: boundErrors(all) }),
    ...(execution.evicted > 0 && { extensions: { apiCacheEntriesDeleted: execution.evicted } }),
  };
}
