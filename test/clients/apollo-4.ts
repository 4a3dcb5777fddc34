import { createRequire } from "node:module";
import type { CombinedGraphQLErrors, ServerError, UnconventionalError } from "@apollo/client/errors";
import { apolloBy } from "./apollo.ts";
import type { Failure } from "./scenario.ts";

export const connect = apolloBy(createRequire(import.meta.url));

export function read(thrown: unknown): Failure {
  const error = thrown as CombinedGraphQLErrors | ServerError | UnconventionalError;
  if ("errors" in error) {
    return error.errors[0] as Failure;
  }
  // The subscription link's own way to fail.
  if (!("bodyText" in error)) {
    return (error.cause as { errors: Failure[] }).errors[0] ?? {};
  }
  const { errors } = JSON.parse(error.bodyText) as { errors: Failure[] };
  return { ...errors[0], status: error.statusCode };
}
