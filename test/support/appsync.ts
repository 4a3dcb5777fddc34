import { afterEach } from "@jest/globals";
import { WebSocket } from "ws";
import { TokenError } from "../../packages/local-cloud/src/aws/cognito/tokens.ts";
import type { VerifiedToken } from "../../packages/local-cloud/src/aws/cognito/context.ts";
import { listen } from "../../packages/local-cloud/src/aws/gateway/listener.ts";
import { createIam } from "../../packages/local-cloud/src/aws/iam/index.ts";
import type { Clock, Executor, Invoker, Log, Storage } from "../../packages/local-cloud/src/base/service.ts";
import {
  type AppSync,
  type AppSyncOptions,
  createAppSync,
} from "../../packages/local-cloud/src/appsync/index.ts";
import type { Graph, InputsOf, Resource } from "../../packages/local-cloud/src/base/graph.ts";
import {
  accountId,
  graphOf,
  policy,
  region,
  resource,
  roleArn,
  temporaryStorage,
} from "../../packages/local-cloud/test/aws/graph.ts";
import { signPost } from "./sign.ts";

export const apiArn = `arn:aws:appsync:${region}:${accountId}:apis/api1`;
export const functionArn = `arn:aws:lambda:${region}:${accountId}:function:work`;

type Source = "none" | "table" | "function";

/** Code with its data source, which is `none` by default. Without code it is a direct Lambda resolver. */
type Coded = string | { readonly code?: string; readonly source?: Source; readonly maxBatchSize?: number };
type Caching = InputsOf["aws:appsync/resolver:Resolver"]["cachingConfig"];
type Resolved = (Exclude<Coded, string> | { readonly code: string; readonly functions: readonly Coded[] }) & {
  readonly cachingConfig?: NonNullable<Caching>;
};

export interface ApiDescription {
  readonly schema: string;
  /** By `Type.field`. */
  readonly resolvers?: Readonly<Record<string, string | Resolved>>;
  /** By default user pools, then IAM and keys. */
  readonly api?: Partial<InputsOf["aws:appsync/graphQLApi:GraphQLApi"]>;
  readonly more?: readonly Resource[];
}

/** Hands arguments, or what `give` says of ctx, to the response. */
export const echo = (give = "ctx.args"): string =>
  `export function request(ctx) { return { payload: ${give} }; }
   export function response(ctx) { return ctx.result; }`;

const userPool = { userPoolId: `${region}_pool`, defaultAction: "ALLOW" };

/** The graph of one small API. */
export function apiGraph({ schema, resolvers = {}, api = {}, more = [] }: ApiDescription): Graph {
  return graphOf(
    resource(
      "aws:appsync/graphQLApi:GraphQLApi",
      "api",
      {
        schema,
        authenticationType: "AMAZON_COGNITO_USER_POOLS",
        userPoolConfig: userPool,
        additionalAuthenticationProviders: [
          { authenticationType: "AWS_IAM" },
          { authenticationType: "API_KEY" },
        ],
        ...api,
      },
      { arn: apiArn, uris: { GRAPHQL: "http://127.0.0.1/graphql" } },
    ),
    resource("aws:appsync/apiKey:ApiKey", "key", { apiId: "api" }, { key: "da2-key" }),
    ...sources,
    ...Object.entries(resolvers).flatMap(([name, coded]) => resolverOf(name, coded)),
    ...more,
  );
}

const sources = [
  resource("aws:appsync/dataSource:DataSource", "none", { apiId: "api", name: "none", type: "NONE" }),
  resource("aws:appsync/dataSource:DataSource", "table", {
    apiId: "api",
    name: "table",
    type: "AMAZON_DYNAMODB",
    dynamodbConfig: { tableName: "things" },
    serviceRoleArn: roleArn("source"),
  }),
  resource("aws:appsync/dataSource:DataSource", "function", {
    apiId: "api",
    name: "function",
    type: "AWS_LAMBDA",
    lambdaConfig: { functionArn },
    serviceRoleArn: roleArn("source"),
  }),
  ...appsyncRole("source"),
];

/** A role that AppSync may assume, and that may do what `statements` say. */
export function appsyncRole(name: string, ...statements: readonly object[]): Resource[] {
  const trust = policy({
    Effect: "Allow",
    Principal: { Service: "appsync.amazonaws.com" },
    Action: "sts:AssumeRole",
  });
  const outputs = { arn: roleArn(name), uniqueId: `AROA${name.toUpperCase()}` };
  const attached = { role: name, policy: policy(...statements) };
  return [
    resource("aws:iam/role:Role", name, { assumeRolePolicy: trust }, outputs),
    ...(statements.length > 0 ? [resource("aws:iam/rolePolicy:RolePolicy", `${name}-policy`, attached)] : []),
  ];
}

const runtime = { name: "APPSYNC_JS", runtimeVersion: "1.0.0" };

function resolverOf(name: string, given: string | Resolved): Resource[] {
  const [type = "", field = ""] = name.split(".");
  const coded: Resolved = typeof given === "string" ? { code: given } : given;
  const { cachingConfig } = coded;
  const base = { apiId: "api", type, field, ...(cachingConfig && { cachingConfig }) };
  if (!("functions" in coded)) {
    return [resource("aws:appsync/resolver:Resolver", name, { ...base, ...stepInputs(coded) })];
  }
  const functions = coded.functions.map((step, index) => {
    const id = `${type}${field}${index}`;
    const inputs = { apiId: "api", name: id, ...stepInputs(step) };
    return resource("aws:appsync/function:Function", id, inputs, { functionId: id });
  });
  const pipeline = {
    ...base,
    runtime,
    kind: "PIPELINE",
    code: coded.code,
    pipelineConfig: { functions: functions.map(({ id }) => id) },
  };
  return [...functions, resource("aws:appsync/resolver:Resolver", name, pipeline)];
}

function stepInputs(step: Coded) {
  const { code, source = "none", maxBatchSize } = typeof step === "string" ? { code: step } : step;
  return {
    dataSource: source,
    ...(code !== undefined && { code, runtime }),
    ...(maxBatchSize !== undefined && { maxBatchSize }),
  };
}

export interface Fakes extends Partial<
  Pick<AppSyncOptions, "schedule" | "drops" | "socketLimits" | "saveCheck">
> {
  readonly dynamodb?: Executor["execute"];
  readonly events?: Executor["execute"];
  readonly lambda?: Invoker["invoke"];
  readonly clock?: Clock;
  readonly storage?: Storage;
}

interface TimeByHand {
  readonly schedule: NonNullable<Fakes["schedule"]>;
  /** All limits asked for so far, in milliseconds. */
  readonly limits: number[];
  readonly isUp: () => void;
}

/** Time limits that end when the test says so. Limits that are set later end at once. */
export function timeByHand(): TimeByHand {
  const over = new AbortController();
  const limits: number[] = [];
  return {
    schedule: (milliseconds, task) => {
      limits.push(milliseconds);
      if (over.signal.aborted) {
        task();
      }
      over.signal.addEventListener("abort", task);
      return () => over.signal.removeEventListener("abort", task);
    },
    limits,
    isUp: () => over.abort(),
  };
}

interface Entry {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Served {
  readonly url: string;
  readonly appsync: AppSync;
  /** What was logged since the start. */
  readonly logs: Entry[];
  /** What was logged at the start. */
  readonly started: readonly Entry[];
  /** POSTs JSON as the user of `token`, and reads the answer. */
  readonly query: (query: string, variables?: object, as?: string) => Promise<Answer>;
  readonly fetch: (init: RequestInit & { path?: string }) => Promise<Response>;
  readonly signed: (role: string, body: string, path?: string) => Promise<Record<string, string>>;
  readonly dial: (options?: DialOptions) => Promise<Client>;
}

export interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly unknown[];
}

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((stop) => stop()));
});

/** Serves the graph on a port of its own until the test ends. */
export async function serve(graph: Graph, fakes: Fakes = {}): Promise<Served> {
  const { clock = Date.now, storage = temporaryStorage() } = fakes;
  const logs: Entry[] = [];
  const unused = () => Promise.reject(new Error("not expected"));
  const iam = createIam(graph, storage, clock);
  const appsync = createAppSync({
    ...fakes,
    ...{ graph, iam, clock, storage, log: logInto(logs) },
    verifyToken: verifier(clock),
    dynamodb: { execute: fakes.dynamodb ?? unused },
    events: { execute: fakes.events ?? unused },
    lambda: { invoke: fakes.lambda ?? unused },
  });
  const started = logs.splice(0);
  const listener = await listen({ port: 0, onRequest: appsync.onRequest, onUpgrade: appsync.onUpgrade });
  const clients: Client[] = [];
  running.push(async () => {
    for (const client of clients) {
      client.socket.terminate();
    }
    appsync.stop();
    await listener.close();
  });
  const url = `${listener.url}/graphql`;
  const post = ({ path = "", ...init }: RequestInit & { path?: string }) =>
    fetch(`${url}${path}`, { method: "POST", ...init });
  return {
    url,
    appsync,
    logs,
    started,
    fetch: post,
    async query(query, variables = {}, as = token()) {
      const body = JSON.stringify({ query, variables });
      const response = await post({
        body,
        headers: { authorization: as, "content-type": "application/json" },
      });
      return (await response.json()) as Answer;
    },
    signed: (role, body, path = "/graphql") =>
      signPost({
        ...{ service: "appsync", region, credentials: iam.credentials(roleArn(role)) },
        ...{ url: new URL(path, url), body, at: new Date(clock()) },
        headers: { "content-type": "application/json; charset=UTF-8" },
      }),
    async dial(options = {}) {
      const { path = "/graphql" } = options;
      const client = await dial(`${listener.url.replace("http", "ws")}${path}/realtime`, options);
      clients.push(client);
      return client;
    },
  };
}

function logInto(entries: Entry[]): Log {
  const at =
    (level: string) =>
    (message: string, fields: Entry["fields"] = {}) => {
      entries.push({ level, message, fields });
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** A token that `verifier` accepts: its claims without a signature. */
export function token(
  user: { sub?: string; groups?: string[]; expiresAt?: number; clientId?: string; pool?: string } = {},
): string {
  return `header.${Buffer.from(JSON.stringify(user)).toString("base64url")}.signature`;
}

function verifier(clock: Clock): AppSyncOptions["verifyToken"] {
  return (text) => {
    const user = read(text);
    if (!user) {
      return Promise.reject(new TokenError("TokenUnparseable"));
    }
    const { sub = "alice-sub", groups = [], expiresAt = clock() + 3_600_000, clientId = "client" } = user;
    if (expiresAt <= clock()) {
      return Promise.reject(new TokenError("TokenExpired"));
    }
    const userPoolId = user.pool ?? userPool.userPoolId;
    const issuer = `https://cognito-idp.${region}.amazonaws.com/${userPoolId}`;
    const claims = { sub, iss: issuer, username: sub.replace("-sub", ""), token_use: "access" };
    return Promise.resolve({
      use: "access",
      userPoolId,
      clientId,
      issuer,
      sub,
      username: claims.username,
      groups,
      claims,
      expiresAt,
    } satisfies VerifiedToken);
  };
}

function read(
  text: string,
): { sub?: string; groups?: string[]; expiresAt?: number; clientId?: string; pool?: string } | undefined {
  try {
    return JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString()) as object;
  } catch {
    return undefined;
  }
}

interface DialOptions {
  /** The header object. Alice's token by default. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly carrier?: "protocol" | "query" | "headers";
  /** Of the API; `/graphql` if absent. */
  readonly path?: string;
}

interface Received {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A socket that records its messages. */
export interface Client {
  readonly socket: WebSocket;
  readonly received: Received[];
  send(message: object | string): void;
  /** The first message, past or future, that `fits`. Each message is returned once. */
  next(fits?: (message: Received) => boolean): Promise<Received>;
  /** Starts a subscription and waits for the server's answer. */
  start(
    id: string,
    query: string,
    options?: { variables?: object; headers?: Readonly<Record<string, string>> },
  ): Promise<Received>;
  readonly closed: Promise<{ code: number; reason: string }>;
}

async function dial(url: string, { headers, carrier = "protocol" }: DialOptions): Promise<Client> {
  const auth = headers ?? { host: new URL(url).host, Authorization: token() };
  const json = JSON.stringify(auth);
  const socket = {
    protocol: () => new WebSocket(url, ["graphql-ws", `header-${Buffer.from(json).toString("base64url")}`]),
    query: () =>
      new WebSocket(
        `${url}?header=${encodeURIComponent(Buffer.from(json).toString("base64"))}&payload=e30=`,
        "graphql-ws",
      ),
    headers: () => new WebSocket(url, "graphql-ws", { headers: auth }),
  }[carrier]();
  const client = listenTo(socket, auth);
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  return client;
}

function listenTo(socket: WebSocket, auth: Readonly<Record<string, string>>): Client {
  const received: Received[] = [];
  const waiting: (() => void)[] = [];
  socket.on("error", () => undefined);
  socket.on("message", (data: Buffer) => {
    received.push(JSON.parse(data.toString()) as Received);
    for (const wake of waiting.splice(0)) {
      wake();
    }
  });
  const client: Client = {
    socket,
    received,
    send: (message) => socket.send(typeof message === "string" ? message : JSON.stringify(message)),
    async next(fits = () => true) {
      for (;;) {
        const message = received.find(fits);
        if (message) {
          received.splice(received.indexOf(message), 1);
          return message;
        }
        await new Promise<void>((resolve) => void waiting.push(resolve));
      }
    },
    start(id, query, { variables = {}, headers = auth } = {}) {
      const data = JSON.stringify({ query, variables });
      client.send({ id, type: "start", payload: { data, extensions: { authorization: headers } } });
      return client.next((message) => message.id === id);
    },
    closed: new Promise((resolve) => {
      socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    }),
  };
  return client;
}
