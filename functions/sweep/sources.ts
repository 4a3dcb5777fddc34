import type { AssetState, LabelStatus } from "../../domain/asset.ts";
import type { CheckRequest, DeliveryJob, IndexJob, LabelJob } from "../../domain/messages.ts";
import { orderOfIndexing } from "../shared/indexing.ts";
import type { DueRow, Source } from "./sweep.ts";

/** A row in the index of due assets. */
interface DueAsset extends DueRow {
  readonly state: AssetState;
  readonly labelStatus: LabelStatus;
  readonly labelRun: number;
}

interface Queues {
  readonly labelQueueUrl: string;
  /** The queue of S3's events. Its function compares rows with their objects. */
  readonly objectQueueUrl: string;
  readonly indexQueueUrl: string;
}

/**
 * Due label jobs are queued again. In all other cases the row is compared with its object, and with the label index if
 * it may be there.
 */
export const assetSource = (table: string, queues: Queues): Source => ({
  table,
  index: "due",
  route({ ownerId, id, state, labelStatus, labelRun, dueAt }: DueAsset) {
    if (state !== "DELETED" && (labelStatus === "PENDING" || labelStatus === "RUNNING")) {
      return [{ queueUrl: queues.labelQueueUrl, message: { ownerId, id, run: labelRun } satisfies LabelJob }];
    }
    const check: CheckRequest = { check: { ownerId, id } };
    const compare = { queueUrl: queues.objectQueueUrl, message: check };
    if (labelStatus === "NONE") {
      return [compare];
    }
    const job: IndexJob = { ownerId, id, cause: `due ${dueAt}` };
    return [compare, { queueUrl: queues.indexQueueUrl, message: job, order: orderOfIndexing(job) }];
  },
});

/** A delivery whose message was lost, or that waits longer than a message can be delayed. */
export const deliverySource = (table: string, queueUrl: string): Source => ({
  table,
  index: "due",
  route: ({ ownerId, id }) => [{ queueUrl, message: { ownerId, id } satisfies DeliveryJob }],
});
