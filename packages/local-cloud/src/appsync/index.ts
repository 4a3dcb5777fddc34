import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Handler } from "../aws/gateway/listener.ts";
import { createVerifier } from "../aws/gateway/signature.ts";
import type { Iam } from "../aws/iam/index.ts";
import type { Clock, Executor, Invoker, Log, Storage } from "../aws/service.ts";
import { declaresApi, type Graph } from "../graph.ts";
import { createApi } from "./api.ts";
import type { Api } from "./execute/api.ts";
import type { TokenVerifier } from "./auth/cognito.ts";
import { createTokens } from "./datasources/dynamodb/tokens.ts";
import { Deadline, type Schedule } from "./model/deadline.ts";
import type { Answered } from "./execute/request.ts";
import { createHttpHandler } from "./http/index.ts";
import { sendMissing } from "./http/respond.ts";
import { Hub } from "./realtime/hub.ts";
import { mutationPayloads } from "./realtime/payload.ts";
import { createSocketServer, type SocketLimits } from "./realtime/socket.ts";
import { compile } from "./runtime/compile.ts";
import type { CompiledCode } from "./model/handlers.ts";
import type { SaveCheck } from "./save-check/index.ts";
import type { NamedCode } from "./save-check/types.ts";

export interface AppSyncOptions {
  readonly graph: Graph;
  readonly iam: Iam;
  readonly verifyToken: TokenVerifier;
  readonly dynamodb: Executor;
  readonly lambda: Invoker;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
  /** `setTimeout` unless told. */
  readonly schedule?: Schedule;
  /** AWS's check of the code when it is saved; without one the code is only compiled. */
  readonly saveCheck?: SaveCheck;
  /** Asked at each frame of a WebSocket: true cuts the connection in its place. */
  readonly drops?: (() => boolean) | undefined;
  /** Asked at each start_ack: for how many milliseconds the subscription hears nothing. */
  readonly deafness?: (() => number) | undefined;
  readonly socketLimits?: Partial<SocketLimits>;
}

export interface AppSync {
  /** For the path `/graphql`. */
  readonly onRequest: Handler;
  /** For `/graphql/realtime`, and for `/graphql` itself, where some clients connect. */
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Settles when the code has been checked as AWS does when it is saved; rejects with a `CodeError`. */
  readonly checked: Promise<void>;
  /**
   * From here on the API is what this graph declares; sockets stay. Throws, and changes nothing, if it may not run. If
   * the check at save refuses it later, the API goes back to what it was, and the log says why.
   */
  reload(graph: Graph): void;
  /** Ends all sockets. */
  stop(): void;
}

/** What a request may take: https://docs.aws.amazon.com/general/latest/gr/appsync.html */
const TIME_LIMIT_MS = 30_000;

/** The GraphQL API of the graph. Throws, naming it, for what it declares and this machine does not run. */
export function createAppSync(options: AppSyncOptions): AppSync {
  if (!declaresApi(options.graph)) {
    return absent;
  }
  const { iam, clock, log, storage, schedule = after, drops, deafness, socketLimits: limits } = options;
  const tokens = createTokens(storage);
  const deadline = (milliseconds = TIME_LIMIT_MS) => new Deadline(milliseconds, clock, schedule);
  let compiled: ReadonlyMap<string, CompiledCode> = new Map();
  let told: ReadonlySet<string> = new Set();
  const build = (graph: Graph): Generation => {
    const compiler = recompile(compiled, clock, log);
    const warnings = new Set<string>();
    const api = createApi(graph, {
      ...options,
      tokens,
      deadline,
      verifier: (region) => createVerifier({ iam, region, clock }),
      compile: compiler.compile,
      warn: (text) => void warnings.add(text),
    });
    compiled = compiler.compiled;
    // A reload repeats nothing.
    for (const text of warnings) {
      if (!told.has(text)) {
        log.warn(text);
      }
    }
    told = warnings;
    const checked = options.saveCheck?.check(compiler.pieces) ?? Promise.resolve();
    return { api, checked };
  };
  const first = build(options.graph);
  let { api } = first;
  let accepted = api;
  // Whoever boots the API waits for it; a boot that fails earlier has no need to.
  first.checked.catch(() => undefined);
  const hub = new Hub();
  const http = createHttpHandler({
    api: () => api,
    log,
    deadline,
    publish: (at, answered) => publish(hub, at, answered),
  });
  const faults = { drops, deafness };
  const sockets = createSocketServer({
    api: () => api,
    hub,
    clock,
    log,
    deadline,
    schedule,
    limits,
    ...faults,
  });
  return {
    onRequest: http,
    onUpgrade: (request, socket, head) => sockets.onUpgrade(request, socket, head),
    checked: first.checked,
    reload(graph) {
      const next = build(graph);
      api = next.api;
      next.checked.then(
        () => {
          accepted = next.api;
        },
        (error: unknown) => {
          if (api === next.api) {
            api = accepted;
          }
          log.error(`The API runs on as it was: ${error instanceof Error ? error.message : String(error)}`);
        },
      );
    },
    stop() {
      sockets.close();
      options.saveCheck?.close();
    },
  };
}

/** For a program without a GraphQL API. */
const absent: AppSync = {
  onRequest: (_, response) => sendMissing(response),
  onUpgrade: (_, socket) => void socket.destroy(),
  checked: Promise.resolve(),
  reload: () => undefined,
  stop: () => undefined,
};

interface Generation {
  readonly api: Api;
  /** Rejects if AWS would not save the code. */
  readonly checked: Promise<void>;
}

/** Compiles what was not compiled before: most of the code outlives a reload, and pipelines share functions. */
function recompile(before: ReadonlyMap<string, CompiledCode>, clock: Clock, log: Log) {
  const compiled = new Map<string, CompiledCode>();
  const pieces: NamedCode[] = [];
  return {
    compiled,
    /** What was compiled, each once. */
    pieces,
    compile: (code: string, name: string): CompiledCode => {
      const key = `${name}\n${code}`;
      if (!compiled.has(key)) {
        pieces.push({ name, code });
      }
      const known = compiled.get(key) ?? before.get(key);
      if (known) {
        compiled.set(key, known);
        return known;
      }
      const made = compile(code, name, clock);
      for (const warning of made.warnings) {
        log.warn(warning);
      }
      compiled.set(key, made);
      return made;
    },
  };
}

/** A mutation's answer goes to the subscribers as soon as it is known, before the mutation's own caller has read it. */
function publish(hub: Hub, api: Api, { result, ran }: Answered): void {
  if (ran?.execution.operation !== "mutation") {
    return;
  }
  for (const { field, payload } of mutationPayloads(api.schema, ran.prepared, result)) {
    for (const subscriber of api.subscribers.get(field) ?? []) {
      hub.publish(subscriber, payload);
    }
  }
  for (const { subscriptionField, payload } of ran.execution.invalidations) {
    hub.invalidate(subscriptionField, payload);
  }
}

function after(milliseconds: number, task: () => void): () => void {
  // A socket keeps the process up, its timers need not.
  const timer = setTimeout(task, milliseconds).unref();
  return () => clearTimeout(timer);
}
