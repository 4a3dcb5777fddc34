import { AsyncLocalStorage } from "node:async_hooks";
import type { Iam } from "../aws/iam/index.ts";
import type { Meter } from "../base/meter.ts";
import type { About, Notes, Recorder } from "../base/recorder.ts";
import { AwsError, type Principal } from "../base/service.ts";
import { costOf, prices } from "../meter/prices.ts";
import { Ring } from "./ring.ts";

/** A finished call. */
export interface Call {
  readonly id: number;
  /** The call or run that made it. */
  readonly parent: number | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly ms: number;
  readonly service: string;
  readonly operation: string;
  readonly resource: string;
  /** The role's name, or the service that calls for itself. */
  readonly caller: string;
  /** The role of a function that runs. */
  readonly role: string | undefined;
  readonly input: string;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
  /** What the caller's policies do not allow. */
  readonly denied?: Denied | undefined;
  /** Without the calls that it made. */
  readonly usd: number;
  /** Real-time messages that went to subscribers. */
  readonly deliveries: number;
  readonly lines: readonly string[];
}

export interface Denied {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
}

export interface Line {
  readonly id: number;
  readonly at: number;
  readonly function: string;
  readonly requestId: string | undefined;
  readonly text: string;
}

export interface Recording extends Recorder {
  readonly calls: Ring<Call>;
  readonly lines: Ring<Line>;
  /** A meter that adds the price of each use to the call that causes it. */
  meter(meter: Meter): Meter;
  /** Notes what is denied. */
  iam(iam: Iam): Iam;
  /** Runs what only looks: it is neither recorded nor on the bill. */
  unseen<Result>(work: () => Result): Result;
}

interface Running {
  readonly id: number;
  readonly about: About;
  readonly notes: Notes;
  /** The call in which it was made in process. */
  readonly within: Running | undefined;
  usd: number;
  deliveries: number;
  denied: Denied | undefined;
}

const maxCalls = 4000;
const maxLines = 4000;
/** Characters. */
const maxInput = 4096;
const maxLine = 2048;

/** Keeps what happened last, in memory. */
export function createRecording(clock: () => number = Date.now): Recording {
  const current = new AsyncLocalStorage<Running>();
  const looking = new AsyncLocalStorage<true>();
  /** The runs of functions, by their trace and by their role. */
  const byTrace = new Map<string, Running>();
  const byRole = new Map<string, Set<Running>>();
  const calls = new Ring<Call>(maxCalls);
  const lines = new Ring<Line>(maxLines);
  let ids = 0;

  function parentOf({ about: { trace, principal: known }, notes, within }: Running): Running | undefined {
    const root = trace === undefined ? undefined : rootOf(trace);
    const found = within ?? (root === undefined ? undefined : byTrace.get(root));
    const principal = known ?? notes.principal;
    if (found || principal?.kind !== "role") {
      return found;
    }
    // A call without a trace is of the only run with its role.
    const runs = byRole.get(principal.roleArn);
    return runs?.size === 1 ? [...runs][0] : undefined;
  }

  function finish(running: Running, at: number, ms: number, thrown?: unknown): void {
    const { id, about, notes, usd, deliveries } = running;
    const parent = parentOf(running);
    forget(running);
    const error = thrown === undefined ? notes.error : errorOf(thrown);
    calls.add({
      ...{ id, parent: parent?.id, at, ms, usd, deliveries, error, service: about.service },
      operation: notes.operation ?? about.operation,
      resource: about.resource,
      caller: notes.caller ?? callerOf(about.principal ?? notes.principal),
      role: notes.runsAs?.split("/").at(-1),
      input: shortened(
        notes.input ?? (typeof about.input === "string" ? about.input : about.input()),
        maxInput,
      ),
      denied: error?.code.startsWith("AccessDenied") ? running.denied : undefined,
      lines: notes.lines ?? [],
    });
  }

  function forget({ notes: { trace, runsAs } }: Running): void {
    if (trace !== undefined) {
      byTrace.delete(rootOf(trace));
    }
    if (runsAs !== undefined) {
      const runs = byRole.get(runsAs);
      for (const run of runs ?? []) {
        if (run.notes.trace === trace) {
          runs?.delete(run);
        }
      }
    }
  }

  return {
    calls,
    lines,
    unseen: (work) => looking.run(true, work),
    call(about, work) {
      if (looking.getStore()) {
        return work();
      }
      const running: Running = {
        ...{ id: ++ids, about, notes: {}, within: current.getStore(), usd: 0, deliveries: 0 },
        denied: undefined,
      };
      const at = clock();
      const began = performance.now();
      const end = (thrown?: unknown, result?: unknown) => {
        if (thrown === undefined && about.isEmpty?.(result)) {
          forget(running);
          return;
        }
        finish(running, at, performance.now() - began, thrown);
      };
      return current.run(running, () => {
        try {
          const result = work();
          if (result instanceof Promise) {
            void result.then(
              (value) => end(undefined, value),
              (error: unknown) => end(error),
            );
          } else {
            end(undefined, result);
          }
          return result;
        } catch (error) {
          end(error);
          throw error;
        }
      });
    },
    note(notes) {
      const running = current.getStore();
      if (!running) {
        return;
      }
      Object.assign(running.notes, notes);
      if (notes.trace !== undefined) {
        byTrace.set(rootOf(notes.trace), running);
      }
      if (notes.runsAs !== undefined) {
        const runs = byRole.get(notes.runsAs) ?? new Set();
        byRole.set(notes.runsAs, runs.add(running));
      }
    },
    line(functionName, requestId, text) {
      lines.add({
        ...{ id: ++ids, at: clock(), function: functionName, requestId },
        text: shortened(text, maxLine),
      });
    },
    meter: (meter) => ({
      count(usage, resource, quantity = 1) {
        if (looking.getStore()) {
          return;
        }
        meter.count(usage, resource, quantity);
        const running = current.getStore();
        if (running) {
          running.usd += costOf(prices[usage], quantity);
          running.deliveries += usage === "appsync.updates" ? 1 : 0;
        }
      },
      open: (usage, resource) => meter.open(usage, resource),
    }),
    iam: (iam) => ({
      ...iam,
      authorize(access) {
        try {
          iam.authorize(access);
        } catch (error) {
          const running = current.getStore();
          if (running && error instanceof AwsError && error.code === "AccessDenied") {
            const { action, resource, principal } = access;
            running.denied = { principal: callerOf(principal), action, resource };
          }
          throw error;
        }
      },
    }),
  };
}

/** The part of a trace id that is the run's own. */
const rootOf = (trace: string): string => /Root=([^;]+)/.exec(trace)?.[1] ?? trace;

function callerOf(principal: Principal | undefined): string {
  if (principal === undefined) {
    return "";
  }
  return principal.kind === "role" ? (principal.roleArn.split("/").at(-1) ?? "") : principal.service;
}

/** An error of a GraphQL field, by its shape: this module knows nothing of AppSync. */
interface FieldFailure extends Error {
  readonly errorType: string | null;
}

function errorOf(thrown: unknown): { readonly code: string; readonly message: string } {
  if (thrown instanceof AwsError) {
    return { code: thrown.code, message: thrown.message };
  }
  const { name, errorType, message } = thrown as Partial<FieldFailure>;
  return { code: errorType ?? name ?? "Error", message: message ?? String(thrown) };
}

/** A copy: a part of a long text would keep the whole. */
const shortened = (text: string, max: number): string =>
  text.length <= max ? text : `${Buffer.from(text.slice(0, max)).toString()}…`;
