import { createRequire } from "node:module";
import type { CombinedGraphQLErrors, ServerError } from "@apollo/client/errors";
import { apolloBy } from "./apollo.ts";
import type { Failure } from "./scenario.ts";

export const connect = apolloBy(createRequire(import.meta.url));

export function read(thrown: unknown): Failure {
  const error = thrown as CombinedGraphQLErrors | ServerError;
  if ("errors" in error) return error.errors[0] as Failure;
  if (!("bodyText" in error)) return { message: String(thrown) };
  const { errors } = JSON.parse(error.bodyText) as { errors: Failure[] };
  return { ...errors[0], status: error.statusCode };
}
