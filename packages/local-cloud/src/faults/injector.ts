import type { Handler } from "../aws/gateway/listener.ts";
import type { Iam } from "../aws/iam/index.ts";
import type { Lambda } from "../aws/lambda/index.ts";
import type { Handing } from "../aws/s3/delivery.ts";
import type { Service } from "../base/service.ts";
import type { Random } from "./random.ts";

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
