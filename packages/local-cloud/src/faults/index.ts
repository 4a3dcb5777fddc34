import type { Handler } from "../aws/gateway/listener.ts";
import type { Iam } from "../aws/iam/index.ts";
import type { Lambda } from "../aws/lambda/index.ts";
import type { Handing } from "../aws/s3/delivery.ts";
import type { Log, Service } from "../aws/service.ts";
import { actionFaults } from "./actions.ts";
import { deliveryFaults } from "./deliveries.ts";
import { type Random, randomStreams } from "./random.ts";
import { checkFaults, type Faults, type KillFault, matches, type SubscriptionFault } from "./settings.ts";

export type { Faults } from "./settings.ts";

/** What happened on purpose. */
export interface FaultCounts {
  /** Calls that were refused. */
  readonly failed: number;
  /** Calls that were done and whose answers were lost. */
  readonly lost: number;
  readonly repeated: number;
  readonly delayed: number;
  readonly reordered: number;
  /** Functions that died. */
  readonly killed: number;
  /** WebSockets. */
  readonly dropped: number;
  /** Subscriptions that heard nothing at first. */
  readonly deaf: number;
}

type Invoker = Pick<Lambda, "invoke" | "send">;

/** The places where things go wrong. What is not set is undefined, or gives back what it is given. */
export interface FaultInjector {
  readonly counts: () => FaultCounts;
  /** Refuses actions after IAM has granted them. */
  readonly iam: (iam: Iam) => Iam;
  /** Tells the service's calls apart, and loses answers. */
  readonly service: <S extends Service>(service: S) => S;
  readonly graphql: (listener: Handler) => Handler;
  /** How an S3 event is handed to its queue. */
  readonly handings: (() => readonly Handing[]) | undefined;
  /** What event source mappings and schedules call. */
  readonly invoker: (invoker: Invoker) => Invoker;
  /** At which point the next run of this function dies; undefined if it lives. */
  readonly dies: ((functionName: string) => number | undefined) | undefined;
  /** Whether a WebSocket drops instead of taking or giving its next frame. */
  readonly drops: (() => boolean) | undefined;
  /** For how many milliseconds a subscription that has just been acknowledged hears nothing. */
  readonly deafness: (() => number) | undefined;
  /** From now on things go wrong: a cloud that boots asks IAM for itself. */
  start(): void;
  /** Ends what is held back. */
  stop(): void;
}

/** What the parts of the injector share. */
export interface Injecting {
  /** True with this probability, drawn from the stream of that name; false until the start. */
  readonly happens: (stream: string, rate: number | undefined) => boolean;
  readonly random: (stream: string) => Random;
  readonly count: (kind: keyof FaultCounts, about: Readonly<Record<string, unknown>>) => void;
  readonly stopping: AbortSignal;
}

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
