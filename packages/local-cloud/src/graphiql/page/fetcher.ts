import type { OperationDefinitionNode } from "graphql";
import type { Settings, User } from "../settings.ts";
import { GraphiQL, location } from "./browser.ts";
import { subscribe } from "./realtime.ts";

/** What GraphiQL requests. */
interface Request {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

interface Asked {
  /** From the editor's tab Headers. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface Fetcher {
  readonly fetch: (request: Request, asked?: Asked) => Promise<unknown>;
  /** Ends the subscriptions. */
  leave(): void;
}

/** Runs operations as one user: queries and mutations over HTTP, subscriptions over a WebSocket. */
export function createFetcher(
  settings: Settings,
  user: User,
  tokenOf: (user: User) => Promise<string>,
): Fetcher {
  let present = new AbortController();
  const credentialsOf = async ({ apiKey }: User): Promise<Record<string, string>> =>
    apiKey === undefined ? { Authorization: await tokenOf(user) } : { "x-api-key": apiKey };
  return {
    async fetch(request, { headers = {} } = {}) {
      const { signal } = present;
      const credentials = await credentialsOf(user);
      const { kind, name } = operationOf(request);
      const filled = { ...request, operationName: name, variables: withOwner(request, user) };
      if (kind !== "subscription") {
        return ask(settings.graphqlPath, filled, { ...credentials, ...headers });
      }
      const url = `${location.origin.replace("http", "ws")}${settings.realtimePath}`;
      const authorization = { host: location.host, ...credentials, ...headers };
      return subscribe({ url, authorization, request: filled, signal });
    },
    leave() {
      present.abort();
      present = new AbortController();
    },
  };
}

async function ask(path: string, request: Request, headers: Record<string, string>): Promise<unknown> {
  const response = await fetch(`${location.origin}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(request),
  });
  return response.json();
}

/** A missing `$ownerId` is the signed-in user, so that the examples work for everyone. */
function withOwner({ query, variables = {} }: Request, { sub }: User): Request["variables"] {
  return sub !== "" && /\$ownerId\s*:\s*ID\s*!/.test(query) ? { ownerId: sub, ...variables } : variables;
}

/** Just after a change of tabs, GraphiQL still names the operation of the other tab. The text is right. */
function operationOf({ query, operationName }: Request): { kind?: string; name?: string | undefined } {
  const operations = operationsIn(query);
  const named = operations.find(({ name }) => name?.value === operationName);
  const { operation, name } = named ?? operations[0] ?? {};
  return operation === undefined ? {} : { kind: operation, name: name?.value };
}

function operationsIn(query: string): OperationDefinitionNode[] {
  try {
    const { definitions } = GraphiQL.GraphQL.parse(query);
    return definitions.filter((definition) => "operation" in definition);
  } catch {
    // The API says better what is wrong with it.
    return [];
  }
}
