import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Handler } from "../aws/gateway/listener.ts";
import { createVerifier } from "../aws/gateway/signature.ts";
import type { Iam } from "../aws/iam/index.ts";
import type { Firewall } from "../aws/waf/firewall.ts";
import type { Clock, Executor, Invoker, Log, Storage } from "../base/service.ts";
import type { Graph } from "../base/graph.ts";
import type { Meter } from "../base/meter.ts";
import type { Metrics } from "../base/metrics.ts";
import type { Recorder } from "../base/recorder.ts";
import type { TokenVerifier } from "./auth/cognito.ts";
import type { FrontDoor } from "./datasources/http/address.ts";
import { createTokens } from "./datasources/dynamodb/tokens.ts";
import { type DeclaredApi, readDeclaredApis } from "./declared/index.ts";
import { Deadline, type Schedule } from "./model/deadline.ts";
import { sendMissing } from "./http/respond.ts";
import { requestPath, socketPath } from "./paths.ts";
import type { Subscription } from "./realtime/hub.ts";
import { refuseSocket, type SocketLimits } from "./realtime/socket.ts";
import type { SaveCheck } from "./save-check/index.ts";
import { type ServedApi, type ServedOptions, serveApi } from "./served.ts";

/** `schedule` is `setTimeout` if absent. `socketLimits` are those of each API. */
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
  readonly meter?: Meter | undefined;
  readonly metrics?: Metrics | undefined;
  readonly recorder?: Recorder | undefined;
  readonly firewall?: Firewall | undefined;
  readonly schedule?: Schedule;
  /** Checks code as AWS does when it is saved. Without it the code is only compiled. */
  readonly saveCheck?: SaveCheck;
  /** Called for each frame of a WebSocket. True cuts the connection in place of the frame. */
  readonly drops?: (() => boolean) | undefined;
  /** Called for each start_ack. The subscription receives nothing for the returned milliseconds. */
  readonly subscriptionDelay?: (() => number) | undefined;
  readonly socketLimits?: Partial<SocketLimits>;
}

export interface AppSync {
  /** Serves the paths of all APIs. */
  readonly onRequest: Handler;
  /** Serves `/realtime` below the path of an API, and the path itself, where some clients connect. */
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** The APIs that are served now, in the order of declaration. */
  readonly apis: () => readonly DeclaredApi[];
  /** Settles when `saveCheck` has passed all code. Rejects with a `CodeError`. */
  readonly checked: Promise<void>;
  /**
   * Serves the APIs of another graph from now on. Sockets stay open. Throws, and changes nothing, if one of the APIs
   * is refused. If `saveCheck` refuses the code of an API later, the API returns to what it was, and the log says why.
   */
  reload(graph: Graph): void;
  /** What clients are subscribed to now. */
  readonly subscriptions: () => readonly Subscription[];
  /** Ends all sockets. */
  stop(): void;
}

/** The maximum duration of a request: https://docs.aws.amazon.com/general/latest/gr/appsync.html */
const TIME_LIMIT_MS = 30_000;

/** The GraphQL APIs of the graph. Throws `InvalidInput` for a declaration that does not run here. */
export function createAppSync(options: AppSyncOptions): AppSync {
  const { graph, clock, saveCheck } = options;
  const create = creator(options);
  const declared = readDeclaredApis(graph, clock());
  let served: Served = new Map(declared.map((api) => [api.path, create(api, declared.length > 1)]));
  const checked = Promise.all([...served.values()].map((api) => api.checked)).then(() => undefined);
  // A boot that fails earlier does not wait for it.
  checked.catch(() => undefined);
  return {
    ...routes(() => served),
    apis: () => [...served.values()].map((api) => api.declared()),
    checked,
    subscriptions: () => [...served.values()].flatMap((api) => api.subscriptions()),
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

/** By their paths. */
type Served = ReadonlyMap<string, ServedApi>;

function routes(served: () => Served): Pick<AppSync, "onRequest" | "onUpgrade"> {
  return {
    onRequest: (request, response) => {
      const api = served().get(requestPath(request.url));
      if (api) {
        return api.onRequest(request, response);
      }
      sendMissing(response, [...served().keys()]);
    },
    onUpgrade: (request, socket, head) => {
      const api = served().get(socketPath(request.url));
      if (api) {
        api.onUpgrade(request, socket, head);
      } else {
        refuseSocket(socket, "404 Not Found");
      }
    },
  };
}

type Create = (api: DeclaredApi, isOneOfSeveral: boolean) => ServedApi;

/** Builds all APIs before it changes one. */
function replace(before: Served, declared: readonly DeclaredApi[], create: Create): Served {
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

/** Serves one API with what all APIs share. If there are several, the log names the API. */
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
  // A timer alone does not keep the process up.
  const timer = setTimeout(task, milliseconds).unref();
  return () => clearTimeout(timer);
}
