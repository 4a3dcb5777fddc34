import type { Log } from "../base/service.ts";
import { actionFaults } from "./actions.ts";
import { deliveryFaults } from "./deliveries.ts";
import type { FaultInjector, Injecting } from "./injector.ts";
import { randomStreams } from "./random.ts";
import { checkFaults, type Faults, type KillFault, matches, type SubscriptionFault } from "./settings.ts";

export type { Faults } from "./settings.ts";

/** Throws a `TypeError` for settings that are none, and for a pattern of `kill` that fits none of the functions. */
export function createFaults(
  settings: Faults | undefined,
  functions: readonly string[],
  log: Log,
): FaultInjector {
  const { seed = Math.trunc(Math.random() * 2 ** 32), ...faults } = checkFaults(settings ?? {});
  const counts = {
    failed: 0,
    lost: 0,
    repeated: 0,
    delayed: 0,
    reordered: 0,
    killed: 0,
    dropped: 0,
    deaf: 0,
  };
  const random = randomStreams(seed);
  const stopping = new AbortController();
  let started = false;
  const injecting: Injecting = {
    random,
    stopping: stopping.signal,
    happens: (stream, rate) =>
      started && rate !== undefined && !stopping.signal.aborted && random(stream)() < rate,
    count(kind, about) {
      counts[kind] += 1;
      log.info("fault injected", { kind, ...about });
    },
  };
  const { sockets, subscriptions } = faults;
  return {
    counts: () => ({ ...counts }),
    ...actionFaults(faults.actions ?? [], injecting),
    ...deliveryFaults(faults.events, injecting),
    dies: faults.kill && deaths(faults.kill, functions, injecting),
    drops: sockets && (() => drops(sockets.rate, injecting)),
    deafness: subscriptions && (() => deafness(subscriptions, injecting)),
    start() {
      started = true;
      if (settings) {
        log.info("things will go wrong on purpose", { seed, ...faults });
      }
    },
    stop() {
      stopping.abort();
      if (settings) {
        log.info("faults injected in all", counts);
      }
    },
  };
}

/** Before or after each of its first calls, or as it returns: every such point is as likely. */
function deaths(
  { rate, functions: patterns = ["*"], calls = 4 }: KillFault,
  functions: readonly string[],
  { happens, random, count }: Injecting,
) {
  const mortal = new Set<string>();
  for (const [index, pattern] of patterns.entries()) {
    const found = functions.filter((name) => matches(pattern, name));
    if (found.length === 0) {
      throw new TypeError(`faults.kill.functions[${index}]: ${pattern} fits none of ${functions.join(", ")}`);
    }
    for (const name of found) {
      mortal.add(name);
    }
  }
  return (functionName: string): number | undefined => {
    const stream = `kill ${functionName}`;
    if (!mortal.has(functionName) || !happens(stream, rate)) {
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

function deafness({ rate, milliseconds }: SubscriptionFault, { happens, count }: Injecting): number {
  if (!happens("subscriptions", rate)) {
    return 0;
  }
  count("deaf", { milliseconds });
  return milliseconds;
}
