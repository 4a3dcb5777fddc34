import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Handler } from "../aws/gateway/listener.ts";
import type { Firewall } from "../aws/waf/firewall.ts";
import { type Meter, noMeter } from "../base/meter.ts";
import { noMetrics } from "../base/metrics.ts";
import { type About, noRecorder, type Recorder } from "../base/recorder.ts";
import type { Clock, Log } from "../base/service.ts";
import { type ApiDependencies, createApi } from "./api.ts";
import type { DeclaredApi } from "./declared/index.ts";
import type { Api } from "./execute/api.ts";
import type { Answered } from "./execute/request.ts";
import { countOperation, createRealtimeMeter, notesOf, putRequest } from "./metered.ts";
import type { Schedule } from "./model/deadline.ts";
import type { CompiledCode } from "./model/handlers.ts";
import { createHttpHandler } from "./http/index.ts";
import { Refusal } from "./refusal.ts";
import { Hub, type Subscription } from "./realtime/hub.ts";
import { mutationPayloads } from "./realtime/payload.ts";
import { createSocketServer, type SocketLimits } from "./realtime/socket.ts";
import { compile } from "./runtime/compile.ts";
import type { SaveCheck } from "./save-check/index.ts";
import type { NamedCode } from "./save-check/types.ts";

export interface ServedOptions extends Omit<ApiDependencies, "compile" | "warn"> {
  readonly schedule: Schedule;
  readonly meter?: Meter | undefined;
  readonly recorder?: Recorder | undefined;
  readonly saveCheck?: SaveCheck | undefined;
  readonly firewall?: Firewall | undefined;
  readonly drops?: (() => boolean) | undefined;
  readonly subscriptionDelay?: (() => number) | undefined;
  readonly socketLimits?: Partial<SocketLimits> | undefined;
}

/** One API. It answers during reloads too. */
export interface ServedApi {
  readonly onRequest: Handler;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** The declaration that is served now. */
  readonly declared: () => DeclaredApi;
  /** Settles when `saveCheck` has passed the first code. Rejects with a `CodeError`. */
  readonly checked: Promise<void>;
  /**
   * Builds a changed declaration, and returns a function that starts to serve it. Throws, and changes nothing, if the
   * declaration is refused. If `saveCheck` refuses the code later, the API returns to what it was, and the log says why.
   */
  prepare(declared: DeclaredApi): () => void;
  readonly subscriptions: () => readonly Subscription[];
  /** Ends all sockets. */
  close(): void;
}

/** Throws `InvalidInput` for a declaration that does not run here. */
export function serveApi(first: DeclaredApi, options: ServedOptions): ServedApi {
  const { clock, log, schedule, deadline, meter = noMeter, drops, subscriptionDelay } = options;
  const { socketLimits: limits } = options;
  const generations = new Generations(first, builder(options), log);
  const hub = new Hub();
  const api = () => generations.current.api;
  const sockets = createSocketServer({
    ...{ api, hub, clock, log, deadline, schedule, limits, drops, subscriptionDelay },
    path: first.path,
    metered: createRealtimeMeter(meter, first.name),
  });
  return {
    onRequest: createHttpHandler({
      ...{ api, log, deadline },
      count(answered, asked) {
        countOperation(meter, answered);
        options.recorder?.note(notesOf(answered, asked));
      },
      guard: guardOf(first.arn, options.firewall),
      measure: (status, ms) => putRequest(options.metrics ?? noMetrics, first.apiId, status, ms),
      publish: (at, answered) => publish(hub, at, answered, options.recorder),
    }),
    onUpgrade: (request, socket, head) => sockets.onUpgrade(request, socket, head),
    declared: () => generations.current.declared,
    checked: generations.current.checked,
    prepare: (declared) => generations.prepare(declared),
    subscriptions: () => hub.open,
    close: () => sockets.close(),
  };
}

/** Throws a `Refusal` if the web ACL of the API blocks the request. */
const guardOf =
  (apiArn: string, firewall: Firewall = () => false) =>
  ({ headers, socket }: IncomingMessage): void => {
    if (firewall(apiArn, { headers, address: socket.remoteAddress })) {
      throw new Refusal("WAFForbiddenException", "403 Forbidden", 403);
    }
  };

interface Generation {
  readonly declared: DeclaredApi;
  readonly api: Api;
  /** Rejects if AWS would not save the code. */
  readonly checked: Promise<void>;
}

type Build = (declared: DeclaredApi) => Generation;

/** The generation of an API that is served, and the last one whose code AWS would save. */
class Generations {
  readonly #build: Build;
  readonly #log: Log;
  #accepted: Generation;
  current: Generation;

  constructor(first: DeclaredApi, build: Build, log: Log) {
    this.#build = build;
    this.#log = log;
    this.current = build(first);
    this.#accepted = this.current;
    // The boot waits for it. A boot that fails earlier does not.
    this.current.checked.catch(() => undefined);
  }

  prepare(declared: DeclaredApi): () => void {
    const next = this.#build(declared);
    // If one of several APIs is refused, none is served.
    next.checked.catch(() => undefined);
    return () => this.#serve(next);
  }

  #serve(next: Generation): void {
    this.current = next;
    next.checked.then(
      () => {
        this.#accepted = next;
      },
      (error: unknown) => {
        if (this.current === next) {
          this.current = this.#accepted;
        }
        const reason = error instanceof Error ? error.message : String(error);
        this.#log.error(`Not reloaded, the API runs unchanged: ${reason}`);
      },
    );
  }
}

/** Builds one generation after the other. Unchanged code is not compiled again, and no warning is repeated. */
function builder(options: ServedOptions): Build {
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

/** Compiles code that was not compiled before. A reload changes little of the code, and pipelines share functions. */
function recompile(before: ReadonlyMap<string, CompiledCode>, clock: Clock, log: Log) {
  const compiled = new Map<string, CompiledCode>();
  const pieces: NamedCode[] = [];
  return {
    compiled,
    /** All code of this generation, without repetitions. */
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

const publication = (field: string, payload: unknown, count: number): About => ({
  ...{ service: "appsync", operation: `publish to ${count}`, resource: field, principal: undefined },
  input: () => JSON.stringify(payload),
});

/** Sends the result of a mutation to its subscribers, before the caller of the mutation has it. */
function publish(hub: Hub, api: Api, { result, ran }: Answered, recorder = noRecorder): void {
  if (ran?.execution.operation !== "mutation") {
    return;
  }
  for (const { field, payload } of mutationPayloads(api.schema, ran.prepared, result)) {
    for (const subscriber of api.subscribers.get(field) ?? []) {
      const count = hub.publish(subscriber, payload);
      recorder.call(publication(subscriber, payload, count), () => undefined);
    }
  }
  for (const { subscriptionField, payload } of ran.execution.invalidations) {
    hub.invalidate(subscriptionField, payload);
  }
}
