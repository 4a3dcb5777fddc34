import type { AssetState, LabelStatus, RenditionStatus } from "../../domain/asset.ts";
import { isSettled, settledWait, wait } from "../../domain/due.ts";
import type {
  CheckRequest,
  DeliveryJob,
  EraseJob,
  IndexJob,
  LabelJob,
  ThumbnailJob,
} from "../../domain/messages.ts";
import { orderOfIndexing } from "../shared/indexing.ts";
import type { DueRow, Routed, Source } from "./sweep.ts";

/** A row in the index of due assets. */
interface DueAsset extends DueRow {
  readonly state: AssetState;
  readonly labelStatus: LabelStatus;
  readonly labelRun: number;
  readonly renditions?: RenditionStatus;
}

interface Queues {
  readonly labelQueueUrl: string;
  /** The queue of S3's events. Its function compares rows with their objects. */
  readonly objectQueueUrl: string;
  readonly indexQueueUrl: string;
  readonly thumbnailQueueUrl: string;
}

/**
 * Due label and thumbnail jobs are queued again. In all other cases the row is compared with its object, and with the label index if
 * it may be there.
 */
export const assetSource = (table: string, queues: Queues): Source => ({
  table,
  index: "due",
  // The check of a settled row then writes nothing if the row and its object agree.
  next: (asset: DueAsset, now) => now + (isSettled(asset) ? settledWait(asset.id, now) : wait.again),
  route(asset: DueAsset) {
    const { ownerId, id, labelStatus, dueAt } = asset;
    const jobs = asset.state === "DELETED" ? [] : jobsOf(asset, queues);
    if (jobs.length > 0) {
      return jobs;
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

function jobsOf({ ownerId, id, labelStatus, labelRun, renditions }: DueAsset, queues: Queues): Routed[] {
  const label: LabelJob = { ownerId, id, run: labelRun };
  const thumbnail: ThumbnailJob = { ownerId, id };
  return [
    ...(labelStatus === "PENDING" || labelStatus === "RUNNING"
      ? [{ queueUrl: queues.labelQueueUrl, message: label }]
      : []),
    ...(renditions === "PENDING" ? [{ queueUrl: queues.thumbnailQueueUrl, message: thumbnail }] : []),
  ];
}

/** An erasure whose grace period is over, or whose job crashed. */
export const erasureSource = (table: string, queueUrl: string): Source => ({
  table,
  index: "due",
  route: ({ ownerId, id }) => [{ queueUrl, message: { ownerId, id } satisfies EraseJob }],
});

/** A delivery whose message was lost, or that waits longer than a message can be delayed. */
export const deliverySource = (table: string, queueUrl: string): Source => ({
  table,
  index: "due",
  route: ({ ownerId, id }) => [{ queueUrl, message: { ownerId, id } satisfies DeliveryJob }],
});
