import { splitTarget } from "../aws/gateway/canonical.ts";

/**
 * The path of each API at the front door: `/graphql` of the first, `/graphql/<id>` of the others. An API has the same
 * path as long as the cloud runs.
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

/** The path of the API that a WebSocket is for. Some clients connect to this path, others to `/realtime` below it. */
export const socketPath = (url: string | undefined): string => requestPath(url).replace(/\/realtime$/, "");
