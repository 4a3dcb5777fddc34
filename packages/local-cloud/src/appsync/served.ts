import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Handler } from "../aws/gateway/listener.ts";
import type { Clock, Log } from "../base/service.ts";
import { type ApiDependencies, createApi } from "./api.ts";
import type { DeclaredApi } from "./declared/index.ts";
import type { Api } from "./execute/api.ts";
import type { Answered } from "./execute/request.ts";
import type { Schedule } from "./model/deadline.ts";
import type { CompiledCode } from "./model/handlers.ts";
import { createHttpHandler } from "./http/index.ts";
import { Hub } from "./realtime/hub.ts";
import { mutationPayloads } from "./realtime/payload.ts";
import { createSocketServer, type SocketLimits } from "./realtime/socket.ts";
import { compile } from "./runtime/compile.ts";
import type { SaveCheck } from "./save-check/index.ts";
import type { NamedCode } from "./save-check/types.ts";

export interface ServedOptions extends Omit<ApiDependencies, "compile" | "warn"> {
  readonly schedule: Schedule;
  readonly saveCheck?: SaveCheck | undefined;
  readonly drops?: (() => boolean) | undefined;
  readonly subscriptionDelay?: (() => number) | undefined;
  readonly socketLimits?: Partial<SocketLimits> | undefined;
}

/** One API that answers, through all reloads of it. */
export interface ServedApi {
  readonly onRequest: Handler;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** What is served now. */
  readonly declared: () => DeclaredApi;
  /** Settles when the first code has been checked as AWS does when it is saved; rejects with a `CodeError`. */
  readonly checked: Promise<void>;
  /**
   * Builds what is declared now, and returns how to serve it from then on. Throws, and changes nothing, if it may not
   * run. If the check at save refuses it later, the API goes back to what it was, and the log says why.
   */
  prepare(declared: DeclaredApi): () => void;
  /** Ends all sockets. */
  close(): void;
}

/** Throws for what does not run here, naming it. */
export function serveApi(first: DeclaredApi, options: ServedOptions): ServedApi {
  const { clock, log, schedule, deadline, drops, subscriptionDelay, socketLimits: limits } = options;
  const build = builder(options);
  let current = build(first);
  let accepted = current;
  // Whoever boots the API waits for it; a boot that fails earlier has no need to.
  const { checked } = current;
  checked.catch(() => undefined);
  const hub = new Hub();
  const api = () => current.api;
  const sockets = createSocketServer({
    ...{ api, hub, clock, log, deadline, schedule, limits, drops, subscriptionDelay },
    path: first.path,
  });
  return {
    onRequest: createHttpHandler({
      ...{ api, log, deadline },
      publish: (at, answered) => publish(hub, at, answered),
    }),
    onUpgrade: (request, socket, head) => sockets.onUpgrade(request, socket, head),
    declared: () => current.declared,
    checked,
    prepare(declared) {
      const next = build(declared);
      // Until it is served, nobody else waits for it.
      next.checked.catch(() => undefined);
      return () => {
        current = next;
        next.checked.then(
          () => {
            accepted = next;
          },
          (error: unknown) => {
            if (current === next) {
              current = accepted;
            }
            log.error(
              `Not reloaded, the API runs unchanged: ${error instanceof Error ? error.message : String(error)}`,
            );
          },
        );
      };
    },
    close: () => sockets.close(),
  };
}

interface Generation {
  readonly declared: DeclaredApi;
  readonly api: Api;
  /** Rejects if AWS would not save the code. */
  readonly checked: Promise<void>;
}

/** Builds one generation after the other: what did not change is not compiled again, and no warning is repeated. */
function builder(options: ServedOptions): (declared: DeclaredApi) => Generation {
  const { clock, log, saveCheck } = options;
  let compiled: ReadonlyMap<string, CompiledCode> = new Map();
  let logged: ReadonlySet<string> = new Set();
  return (declared) => {
    const compiler = recompile(compiled, clock, log);
    const warnings = new Set<string>();
    const warn = (text: string) => void warnings.add(text);
    const api = createApi(declared, { ...options, compile: compiler.compile, warn });
    compiled = compiler.compiled;
    for (const text of warnings) {
      if (!logged.has(text)) {
        log.warn(text);
      }
    }
    logged = warnings;
    return { declared, api, checked: saveCheck?.check(compiler.pieces) ?? Promise.resolve() };
  };
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
