import { createRequire } from "node:module";
import type { ApolloError } from "@apollo/client/core/core.cjs";
import { apolloBy } from "../apollo.ts";
import type { Failure } from "../scenario.ts";

export const connect = apolloBy(createRequire(import.meta.url));

export function read(thrown: unknown): Failure {
  // The subscription link throws values other than errors.
  const { errors, graphQLErrors, networkError } = thrown as Partial<ApolloError> & { errors?: Failure[] };
  const [error] = errors ?? (graphQLErrors as Failure[] | undefined) ?? [];
  if (error) {
    return error;
  }
  const { result, statusCode: status } = networkError as unknown as Answer;
  return { ...result.errors[0], status };
}

interface Answer {
  readonly result: { readonly errors: Failure[] };
  readonly statusCode: number;
}
