import { splitTarget } from "../aws/gateway/canonical.ts";

/**
 * Gives each API its path at the front door: `/graphql` to the first that asks, `/graphql/<id>` to the others. An API
 * keeps its path for as long as the cloud runs.
 */
export function createApiPaths(): (apiId: string) => string {
  let first: string | undefined;
  return (apiId) => {
    first ??= apiId;
    return apiId === first ? "/graphql" : `/graphql/${apiId}`;
  };
}

/** The path of the API that a request is for. */
export const requestPath = (url = ""): string => splitTarget(url)[0].replace(/\/$/, "");

/** The path of the API that a WebSocket is for: some clients connect to it, others to `/realtime` below it. */
export const socketPath = (url: string | undefined): string => requestPath(url).replace(/\/realtime$/, "");
