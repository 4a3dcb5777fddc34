import { CombinedError, createClient, fetchExchange } from "@urql/core";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { fetchAs } from "./credentials.ts";
import type { Caller, Client, Failure } from "./scenario.ts";

export async function connect(ready: Ready, caller: Caller): Promise<Client> {
  const client = createClient({
    url: ready.graphqlUrl,
    exchanges: [fetchExchange],
    fetch: await fetchAs(ready, caller),
    // A GET has no body to sign.
    preferGetMethod: false,
  });
  return {
    async run(document, variables = {}) {
      const result = await (document.trim().startsWith("mutation")
        ? client.mutation<unknown>(document, variables)
        : client.query<unknown>(document, variables));
      if (result.error) {
        throw result.error;
      }
      return result.data;
    },
  };
}

/** What the server sent is the GraphQLError's originalError: AppSync's keys are outside of the specification's. */
export function read(error: unknown): Failure {
  if (!(error instanceof CombinedError)) {
    return { message: String(error) };
  }
  const { status } = (error.response ?? {}) as { status?: number };
  const [graphql] = error.graphQLErrors;
  return graphql
    ? { ...(graphql.originalError as Failure | undefined), message: graphql.message, status }
    : { message: error.message, status };
}
