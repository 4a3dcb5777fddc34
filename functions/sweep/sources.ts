import type { AssetState, LabelStatus } from "../../domain/asset.ts";
import type { CheckRequest, DeliveryJob, LabelJob } from "../../domain/messages.ts";
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
}

/** Due label jobs are queued again. In all other cases the row is compared with its object. */
export const assetSource = (table: string, { labelQueueUrl, objectQueueUrl }: Queues): Source => ({
  table,
  index: "due",
  route({ ownerId, id, state, labelStatus, labelRun }: DueAsset) {
    if (state !== "DELETED" && (labelStatus === "PENDING" || labelStatus === "RUNNING")) {
      return { queueUrl: labelQueueUrl, message: { ownerId, id, run: labelRun } satisfies LabelJob };
    }
    return { queueUrl: objectQueueUrl, message: { check: { ownerId, id } } satisfies CheckRequest };
  },
});

/** A delivery whose message was lost, or that waits longer than a message can be delayed. */
export const deliverySource = (table: string, queueUrl: string): Source => ({
  table,
  index: "due",
  route: ({ ownerId, id }) => ({ queueUrl, message: { ownerId, id } satisfies DeliveryJob }),
});
