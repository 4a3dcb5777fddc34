import { createRequire } from "node:module";
import type { ApolloError } from "@apollo/client/core/core.cjs";
import { apolloBy } from "../apollo.ts";
import type { Failure } from "../scenario.ts";

export const connect = apolloBy(createRequire(import.meta.url));

export function read(thrown: unknown): Failure {
  const { graphQLErrors, networkError } = thrown as Partial<ApolloError>;
  if (!networkError || !("result" in networkError))
    return (graphQLErrors?.[0] as Failure | undefined) ?? { message: String(thrown) };
  const { errors } = networkError.result as { errors: Failure[] };
  return { ...errors[0], status: networkError.statusCode };
}
