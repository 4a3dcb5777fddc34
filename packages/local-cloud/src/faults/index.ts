import type { Log } from "../base/service.ts";
import { actionFaults } from "./actions.ts";
import { deliveryFaults } from "./deliveries.ts";
import type { FaultInjector, Injecting } from "./injector.ts";
import { randomStreams } from "./random.ts";
import { checkFaults, type Faults, type KillFault, matches, type SubscriptionFault } from "./settings.ts";

export type { Faults } from "./settings.ts";

/** Throws a `TypeError` for invalid settings, and for a pattern of `kill` that matches no function. */
export function createFaults(
  settings: Faults | undefined,
  functions: readonly string[],
  log: Log,
): FaultInjector {
  const { seed = Math.trunc(Math.random() * 2 ** 32), ...faults } = checkFaults(settings ?? {});
  const { injecting, counts, start, stop, toggle, isOn } = switchOf(randomStreams(seed), log);
  const { sockets, subscriptions } = faults;
  return {
    counts: () => ({ ...counts }),
    toggle: settings && toggle,
    isOn: () => settings !== undefined && isOn(),
    ...actionFaults(faults.actions ?? [], injecting),
    ...deliveryFaults(faults.events, injecting),
    crashPoint: faults.kill && crashes(faults.kill, functions, injecting),
    drops: sockets && (() => drops(sockets.rate, injecting)),
    subscriptionDelay: subscriptions && (() => subscriptionDelay(subscriptions, injecting)),
    start() {
      start();
      if (settings) {
        log.info("faults will be injected", { seed, ...faults });
      }
    },
    stop() {
      stop();
      if (settings) {
        log.info("faults injected in total", counts);
      }
    },
  };
}

/** Decides whether a fault is injected, from `start` to `stop`, and counts and logs those that are. */
function switchOf(random: Injecting["random"], log: Log) {
  const counts = {
    failed: 0,
    lost: 0,
    repeated: 0,
    delayed: 0,
    reordered: 0,
    killed: 0,
    dropped: 0,
    delayedSubscriptions: 0,
  };
  const stopping = new AbortController();
  let started = false;
  let on = true;
  const injecting: Injecting = {
    random,
    stopping: stopping.signal,
    happens: (stream, rate) =>
      started && on && rate !== undefined && !stopping.signal.aborted && random(stream)() < rate,
    count(kind, about) {
      counts[kind] += 1;
      log.info("fault injected", { kind, ...about });
    },
  };
  return {
    ...{ injecting, counts },
    start: () => void (started = true),
    stop: () => stopping.abort(),
    toggle: (next: boolean) => {
      on = next;
      log.info(on ? "faults are injected again" : "no faults are injected", {});
    },
    isOn: () => on,
  };
}

/** A run crashes before or after one of its first calls, or as it returns. Each point has the same probability. */
function crashes(
  { rate, functions: patterns = ["*"], calls = 4 }: KillFault,
  functions: readonly string[],
  { happens, random, count }: Injecting,
) {
  const chosen = new Set<string>();
  for (const [index, pattern] of patterns.entries()) {
    const found = functions.filter((name) => matches(pattern, name));
    if (found.length === 0) {
      throw new TypeError(
        `faults.kill.functions[${index}]: ${pattern} matches none of ${functions.join(", ")}`,
      );
    }
    for (const name of found) {
      chosen.add(name);
    }
  }
  return (functionName: string): number | undefined => {
    const stream = `kill ${functionName}`;
    if (!chosen.has(functionName) || !happens(stream, rate)) {
      return undefined;
    }
    const point = Math.floor(random(`${stream} point`)() * (2 * calls + 1));
    count("killed", { function: functionName, point });
    return point;
  };
}

function drops(rate: number, { happens, count }: Injecting): boolean {
  const dropped = happens("sockets", rate);
  if (dropped) {
    count("dropped", {});
  }
  return dropped;
}

function subscriptionDelay({ rate, milliseconds }: SubscriptionFault, { happens, count }: Injecting): number {
  if (!happens("subscriptions", rate)) {
    return 0;
  }
  count("delayedSubscriptions", { milliseconds });
  return milliseconds;
}
