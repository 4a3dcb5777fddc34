import { ClientError, GraphQLClient } from "graphql-request";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { fetchAs } from "./credentials.ts";
import type { Caller, Client, Failure } from "./scenario.ts";

export async function connect(ready: Ready, caller: Caller): Promise<Client> {
  const client = new GraphQLClient(ready.graphqlUrl, { fetch: await fetchAs(ready, caller) });
  return { run: (document, variables = {}) => client.request(document, variables) };
}

export function read(error: unknown): Failure {
  if (!(error instanceof ClientError)) {
    return { message: String(error) };
  }
  return { ...(error.response.errors?.[0] as Failure | undefined), status: error.response.status };
}
