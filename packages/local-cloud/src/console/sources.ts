import type { Executor } from "../base/service.ts";
import type { Graph } from "../base/graph.ts";
import type { FaultCounts } from "../faults/injector.ts";
import type { Bill } from "../meter/index.ts";
import type { Recording } from "../record/index.ts";

/** What the console reads. */
export interface Sources {
  /** Of the Pulumi project, and of its stack. */
  readonly title: string;
  readonly graph: Graph;
  readonly recording: Pick<Recording, "calls" | "lines">;
  readonly bill: () => Bill;
  readonly faults: () => FaultCounts;
  readonly sqs: Executor;
  readonly mailFile: string;
}
