import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Handler } from "../aws/gateway/listener.ts";
import { createVerifier } from "../aws/gateway/signature.ts";
import type { Iam } from "../aws/iam/index.ts";
import type { Clock, Executor, Invoker, Log, Storage } from "../base/service.ts";
import type { Graph } from "../base/graph.ts";
import type { TokenVerifier } from "./auth/cognito.ts";
import type { FrontDoor } from "./datasources/http/address.ts";
import { createTokens } from "./datasources/dynamodb/tokens.ts";
import { type DeclaredApi, readDeclaredApis } from "./declared/index.ts";
import { Deadline, type Schedule } from "./model/deadline.ts";
import { sendMissing } from "./http/respond.ts";
import { requestPath, socketPath } from "./paths.ts";
import { refuseSocket, type SocketLimits } from "./realtime/socket.ts";
import type { SaveCheck } from "./save-check/index.ts";
import { type ServedApi, type ServedOptions, serveApi } from "./served.ts";

export interface AppSyncOptions {
  readonly graph: Graph;
  readonly iam: Iam;
  readonly verifyToken: TokenVerifier;
  readonly dynamodb: Executor;
  readonly events: Executor;
  readonly lambda: Invoker;
  readonly frontDoor?: FrontDoor | undefined;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
  /** `setTimeout` if absent. */
  readonly schedule?: Schedule;
  /** AWS's check of the code when it is saved; without one the code is only compiled. */
  readonly saveCheck?: SaveCheck;
  /** Asked at each frame of a WebSocket: true cuts the connection in its place. */
  readonly drops?: (() => boolean) | undefined;
  /** Asked at each start_ack: for how many milliseconds the subscription receives nothing. */
  readonly subscriptionDelay?: (() => number) | undefined;
  /** For each API. */
  readonly socketLimits?: Partial<SocketLimits>;
}

export interface AppSync {
  /** For the paths of all APIs. */
  readonly onRequest: Handler;
  /** For `/realtime` below the path of an API, and for the path itself, where some clients connect. */
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** What is served now, in the order of declaration. */
  readonly apis: () => readonly DeclaredApi[];
  /** Settles when all code has been checked as AWS does when it is saved; rejects with a `CodeError`. */
  readonly checked: Promise<void>;
  /**
   * From here on the APIs are what this graph declares; sockets stay. Throws, and changes nothing, if one of them may
   * not run. If the check at save refuses one later, it goes back to what it was, and the log says why.
   */
  reload(graph: Graph): void;
  /** Ends all sockets. */
  stop(): void;
}

/** The longest that a request may take: https://docs.aws.amazon.com/general/latest/gr/appsync.html */
const TIME_LIMIT_MS = 30_000;

/** The GraphQL APIs of the graph. Throws, naming it, for what it declares and this machine does not run. */
export function createAppSync(options: AppSyncOptions): AppSync {
  const { graph, clock, saveCheck } = options;
  const create = creator(options);
  const declared = readDeclaredApis(graph, clock());
  let served: ReadonlyMap<string, ServedApi> = new Map(
    declared.map((api) => [api.path, create(api, declared.length > 1)]),
  );
  const checked = Promise.all([...served.values()].map((api) => api.checked)).then(() => undefined);
  // A boot that fails earlier does not wait for it.
  checked.catch(() => undefined);
  return {
    onRequest: (request, response) => {
      const api = served.get(requestPath(request.url));
      if (api) {
        return api.onRequest(request, response);
      }
      sendMissing(response, [...served.keys()]);
    },
    onUpgrade: (request, socket, head) => {
      const api = served.get(socketPath(request.url));
      if (api) {
        api.onUpgrade(request, socket, head);
      } else {
        refuseSocket(socket, "404 Not Found");
      }
    },
    apis: () => [...served.values()].map((api) => api.declared()),
    checked,
    reload(changed) {
      const before = served;
      served = replace(before, readDeclaredApis(changed, clock()), create);
      for (const [path, api] of before) {
        if (!served.has(path)) {
          api.close();
        }
      }
    },
    stop() {
      for (const api of served.values()) {
        api.close();
      }
      saveCheck?.close();
    },
  };
}

type Create = (api: DeclaredApi, isOneOfSeveral: boolean) => ServedApi;

/** Builds all APIs before any of them changes. */
function replace(
  before: ReadonlyMap<string, ServedApi>,
  declared: readonly DeclaredApi[],
  create: Create,
): ReadonlyMap<string, ServedApi> {
  const prepared = declared.map((api) => {
    const known = before.get(api.path);
    const served = known ?? create(api, declared.length > 1);
    return { path: api.path, served, apply: known?.prepare(api) };
  });
  for (const { apply } of prepared) {
    apply?.();
  }
  return new Map(prepared.map(({ path, served }) => [path, served]));
}

/** Serves one API with what all share. The log names the API where there are several. */
function creator(options: AppSyncOptions): Create {
  const { iam, clock, log, storage, schedule = after } = options;
  const shared: ServedOptions = {
    ...options,
    schedule,
    tokens: createTokens(storage),
    deadline: (milliseconds = TIME_LIMIT_MS) => new Deadline(milliseconds, clock, schedule),
    verifier: (region) => createVerifier({ iam, region, clock }),
  };
  return (api, isOneOfSeveral) =>
    serveApi(api, isOneOfSeveral ? { ...shared, log: withField(log, { api: api.name }) } : shared);
}

function withField(log: Log, field: Readonly<Record<string, string>>): Log {
  return {
    debug: (message, fields) => log.debug(message, { ...field, ...fields }),
    info: (message, fields) => log.info(message, { ...field, ...fields }),
    warn: (message, fields) => log.warn(message, { ...field, ...fields }),
    error: (message, fields) => log.error(message, { ...field, ...fields }),
  };
}

function after(milliseconds: number, task: () => void): () => void {
  // A socket keeps the process up, its timers need not.
  const timer = setTimeout(task, milliseconds).unref();
  return () => clearTimeout(timer);
}
