export { ask, DarkroomError, type Endpoint } from "./api.ts";
export { followAssetEvents, type FollowOptions, newestSeq } from "./follow.ts";
export { hashOf } from "./hash.ts";
export { listAll, search } from "./list.ts";
export type { Operation, OperationOptions } from "./operation.ts";
export * from "./operations.ts";
export type * from "./schema.ts";
export { received, upload, type Uploaded, type UploadOptions } from "./upload.ts";
export { type Outcome, uploadAll, type UploadAllOptions, type UploadItem } from "./upload-all.ts";
export {
  type QueuedUpload,
  UploadQueue,
  type UploadQueueOptions,
  type UploadQueueState,
  type UploadTotals,
} from "./upload-queue.ts";
