import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { splitTarget } from "../aws/gateway/canonical.ts";
import { findAsset, pageHtml } from "./assets.ts";
import { type Asset, isForeign, isScripted, ownOrigin, send } from "../base/page.ts";
import type { Settings, User } from "./settings.ts";

export interface GraphiqlOptions {
  readonly ready: {
    readonly endpointUrl: string;
    readonly userPoolClientId: string;
    readonly users: readonly User[];
  };
  /** The APIs that are served now. */
  readonly apis: () => readonly GraphiqlApi[];
  /** Name of the Pulumi project. */
  readonly project: string;
  /** Operations in the first tabs. */
  readonly examples: readonly string[];
}

interface GraphiqlApi {
  readonly name: string;
  readonly path: string;
  readonly keys: readonly { readonly key: string }[];
}

const assets = "/graphql/graphiql/";

/** The page's own requests say where they come from. */
const referrers = "same-origin";

/**
 * Serves GraphiQL to browsers that open the endpoint of an API, signed in as a local user. Returns false for a request of
 * the API itself. The page contains the users' passwords, so other sites must not read it.
 */
export function createGraphiql(
  options: GraphiqlOptions,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    const [path, query] = splitTarget(request.url ?? "");
    const api = wantsPage(request, query) ? options.apis().find((one) => one.path === path) : undefined;
    if (!api && !path.startsWith(assets)) {
      return false;
    }
    if (isForeign(request) || (api && isScripted(request))) {
      send(response, 403, refusal, referrers);
    } else if (api) {
      sendPage(request, response, settingsOf(options, api));
    } else {
      sendAsset(request, response, path.slice(assets.length));
    }
    return true;
  };
}

function settingsOf({ ready, apis, project, examples }: GraphiqlOptions, api: GraphiqlApi): Settings {
  return {
    graphqlPath: api.path,
    realtimePath: `${api.path}/realtime`,
    endpointPath: new URL(ready.endpointUrl).pathname,
    userPoolClientId: ready.userPoolClientId,
    title: apis().length > 1 ? `${project}: ${api.name}` : project,
    examples,
    users: [
      ...ready.users,
      ...api.keys.map(({ key: apiKey }) => ({ username: apiKey, password: "", sub: "", groups: [], apiKey })),
    ],
  };
}

/** A GET by a browser, without a GraphQL query. */
function wantsPage({ method, headers }: IncomingMessage, query: string): boolean {
  const accepts = headers.accept?.includes("text/html") ?? false;
  return method === "GET" && accepts && !new URLSearchParams(query).has("query");
}

const refusal: Asset = {
  type: "text/plain;charset=utf-8",
  content:
    "GraphiQL holds the local users' passwords: open it from the address bar, not from another page.\n",
};

function sendPage(request: IncomingMessage, response: ServerResponse, settings: Settings): void {
  const nonce = randomBytes(16).toString("base64");
  response.setHeader("content-security-policy", contentSecurityPolicy(request, nonce));
  send(response, 200, { type: "text/html;charset=utf-8", content: pageHtml(settings, nonce) }, referrers);
}

function sendAsset({ method }: IncomingMessage, response: ServerResponse, name: string): void {
  const asset = method === "GET" ? findAsset(name) : undefined;
  if (asset) {
    send(response, 200, asset, referrers);
  } else {
    send(
      response,
      404,
      { type: "text/plain;charset=utf-8", content: "GraphiQL has no such file.\n" },
      referrers,
    );
  }
}

/** Scripts and styles load from the assets only, not from the whole origin. The nonce is for the styles of dialogs. */
function contentSecurityPolicy(request: IncomingMessage, nonce: string): string {
  const own = ownOrigin(request);
  return [
    "default-src 'none'",
    `script-src ${own}${assets}`,
    `style-src ${own}${assets} 'nonce-${nonce}'`,
    "img-src data:",
    "font-src data:",
    `connect-src ${own} ${own.replace("http", "ws")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
