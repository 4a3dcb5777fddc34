import type { Handler } from "../aws/gateway/listener.ts";
import type { Iam } from "../aws/iam/index.ts";
import type { Lambda } from "../aws/lambda/index.ts";
import type { DeliveryPlan } from "../aws/s3/delivery.ts";
import type { Service } from "../base/service.ts";
import type { Random } from "./random.ts";

/** What happened on purpose. */
export interface FaultCounts {
  /** Calls that were refused before they had an effect. */
  readonly failed: number;
  /** Calls that had their effect, and whose answer was lost. */
  readonly lost: number;
  readonly repeated: number;
  readonly delayed: number;
  readonly reordered: number;
  /** Workers of functions that were ended during a run. */
  readonly killed: number;
  /** WebSockets that were closed. */
  readonly dropped: number;
  /** Subscriptions that missed what was published right after their start_ack. */
  readonly delayedSubscriptions: number;
}

type Invoker = Pick<Lambda, "invoke" | "send">;

/** The places where faults are injected. Without a setting, a place is undefined or returns its argument unchanged. */
export interface FaultInjector {
  readonly counts: () => FaultCounts;
  /** Makes actions fail that IAM has granted. */
  readonly iam: (iam: Iam) => Iam;
  /** Follows each call to the service, so that its answer can be lost. */
  readonly service: <S extends Service>(service: S) => S;
  readonly graphql: (listener: Handler) => Handler;
  /** How often and when an S3 event is delivered. */
  readonly deliveryPlans: (() => readonly DeliveryPlan[]) | undefined;
  /** Wraps how event source mappings and schedules invoke functions. */
  readonly invoker: (invoker: Invoker) => Invoker;
  /** At which point the function's next run crashes; undefined for a run that does not. */
  readonly crashPoint: ((functionName: string) => number | undefined) | undefined;
  /** Whether a WebSocket closes instead of receiving or sending its next frame. */
  readonly drops: (() => boolean) | undefined;
  /** Milliseconds after start_ack during which a subscription gets no events. */
  readonly subscriptionDelay: (() => number) | undefined;
  /** Nothing fails before: a boot calls the services itself. */
  start(): void;
  /** Injects the configured faults from now on, or none. Undefined if no faults are configured. */
  readonly toggle: ((on: boolean) => void) | undefined;
  readonly isOn: () => boolean;
  /** Ends the delays that are running. */
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
