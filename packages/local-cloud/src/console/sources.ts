import type { AppSync } from "../appsync/index.ts";
import type { Cognito } from "../aws/cognito/index.ts";
import type { S3 } from "../aws/s3/index.ts";
import type { Scheduler } from "../aws/scheduler/index.ts";
import type { Sqs } from "../aws/sqs/index.ts";
import type { Executor } from "../base/service.ts";
import type { Graph } from "../base/graph.ts";
import type { FaultInjector } from "../faults/injector.ts";
import type { Bill } from "../meter/index.ts";
import type { Recording } from "../record/index.ts";

/** What the console reads. */
export interface Sources {
  /** Of the Pulumi project, and of its stack. */
  readonly title: string;
  readonly graph: Graph;
  readonly recording: Pick<Recording, "calls" | "lines" | "unseen">;
  readonly bill: () => Bill;
  readonly faults: Pick<FaultInjector, "counts" | "toggle" | "isOn">;
  readonly sqs: Pick<Sqs, "execute" | "peek">;
  readonly dynamodb: Executor;
  readonly s3: Pick<S3, "keys">;
  readonly cognito: Pick<Cognito, "execute">;
  readonly scheduler: Pick<Scheduler, "states" | "run">;
  readonly appsync: Pick<AppSync, "subscriptions">;
  readonly mailFile: string;
}
