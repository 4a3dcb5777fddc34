import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AppSync } from "./appsync/index.ts";
import { administratorArn } from "./aws/iam/roles.ts";
import type { SeededUser } from "./aws/cognito/index.ts";
import type { Credentials, Iam } from "./aws/iam/index.ts";
import type { Evaluation } from "./engine/evaluate.ts";
import { ACCOUNT_ID, type Graph, ofType } from "./base/graph.ts";
import type { Storage } from "./base/service.ts";
import type { LocalUser } from "./users.ts";

/** What a client needs to know of a running cloud: the line that `npm start -- --json` prints. */
export interface Ready {
  /** Of the API at `/graphql`, as are the next two and `apiKeys`. */
  readonly graphqlUrl: string;
  readonly graphqlTlsUrl: string;
  readonly realtimeUrl: string;
  /** All GraphQL APIs. The one at `/graphql` is first. */
  readonly apis: readonly ReadyApi[];
  readonly endpointUrl: string;
  readonly region: string;
  readonly accountId: string;
  /** The id of the first user pool, and of its first client below. */
  readonly userPoolId: string;
  readonly userPoolClientId: string;
  readonly userPools: readonly { readonly id: string; readonly clientIds: readonly string[] }[];
  /** The bucket that the program exports as `bucket`, or the first of `buckets`. */
  readonly bucket: string;
  readonly buckets: readonly string[];
  /** Static sites: the program's CloudFront distributions. */
  readonly sites: readonly { readonly name: string; readonly url: string }[];
  /** URLs by the queue's name in the program. */
  readonly queues: Readonly<Record<string, string>>;
  /** PEM file of the authority behind the TLS addresses: `NODE_EXTRA_CA_CERTS`. */
  readonly caFile: string;
  /** The messages that Cognito would send, one JSON object a line: `npm run mail -- --file FILE`. */
  readonly mailFile: string;
  /** Credentials by the role's name in the program. `administrator` may do everything. */
  readonly roles: Readonly<Record<string, Credentials & { readonly arn: string }>>;
  readonly users: readonly (LocalUser & SeededUser)[];
  readonly apiKeys: readonly string[];
  /** The program's exports. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface ReadyApi {
  /** The name of the resource in the program. */
  readonly name: string;
  readonly graphqlUrl: string;
  readonly graphqlTlsUrl: string;
  readonly realtimeUrl: string;
  readonly apiKeys: readonly string[];
}

/** Writes the ready line for other commands into the data folder. Returns a function that removes it. */
export function storeReady({ folder }: Pick<Storage, "folder">, ready: Ready): () => void {
  const file = join(folder, "ready.json");
  // It has passwords and keys.
  writeFileSync(file, `${JSON.stringify(ready)}\n`, { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

export interface ReadyOptions extends Pick<Ready, "caFile" | "mailFile" | "users"> {
  readonly graph: Evaluation;
  readonly iam: Iam;
  readonly appsync: Pick<AppSync, "apis">;
  /** The front door. */
  readonly url: string;
  readonly tlsUrl: string;
  /** Names of the sites. */
  readonly sites: readonly string[];
}

export function readyOf({ graph, iam, appsync, url, tlsUrl, sites, ...given }: ReadyOptions): Ready {
  const at = (path: string) => ({
    graphqlUrl: url + path,
    graphqlTlsUrl: tlsUrl + path,
    realtimeUrl: `${url.replace("http", "ws")}${path}/realtime`,
  });
  const declared = [...appsync.apis()].sort((a, b) => a.path.length - b.path.length);
  const apis = declared.map(({ name, path, keys }) => ({
    name,
    ...at(path),
    apiKeys: keys.map(({ key }) => key),
  }));
  const userPools = userPoolsOf(graph);
  const buckets = ofType(graph, "aws:s3/bucket:Bucket").map(({ id }) => id);
  const queues = ofType(graph, "aws:sqs/queue:Queue").map(({ name, outputs }) => [name, outputs.url]);
  return {
    ...at("/graphql"),
    apis,
    endpointUrl: url,
    region: graph.region,
    accountId: ACCOUNT_ID,
    userPoolId: userPools[0]?.id ?? "",
    userPoolClientId: userPools[0]?.clientIds[0] ?? "",
    userPools,
    bucket: (graph.outputs["bucket"] as string | undefined) ?? buckets[0] ?? "",
    buckets,
    sites: sites.map((name) => ({ name, url: `${url}/` })),
    queues: Object.fromEntries(queues) as Ready["queues"],
    roles: rolesOf(graph, iam),
    apiKeys: apis[0]?.apiKeys ?? [],
    outputs: graph.outputs,
    ...given,
  };
}

function userPoolsOf(graph: Graph): Ready["userPools"] {
  const clients = ofType(graph, "aws:cognito/userPoolClient:UserPoolClient");
  return ofType(graph, "aws:cognito/userPool:UserPool").map(({ id }) => ({
    id,
    clientIds: clients.filter(({ inputs }) => inputs.userPoolId === id).map((client) => client.id),
  }));
}

function rolesOf(graph: Graph, iam: Iam): Ready["roles"] {
  const declared = ofType(graph, "aws:iam/role:Role").map(
    ({ name, outputs: { arn } }) => [name, arn] as const,
  );
  const roles = [...declared, ["administrator", administratorArn] as const];
  return Object.fromEntries(roles.map(([name, arn]) => [name, { arn, ...iam.credentials(arn) }]));
}
