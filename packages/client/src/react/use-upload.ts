import { useSyncExternalStore } from "react";
import type { UploadQueue, UploadQueueState } from "../upload-queue.ts";
import { useDarkroom } from "./provider.ts";

/** The provider's queue of uploads, and how far each is. */
export function useUpload(): UploadQueueState & Pick<UploadQueue, "add" | "retry" | "cancel" | "clear"> {
  const { uploads: queue } = useDarkroom();
  const { uploads, totals } = useSyncExternalStore(queue.subscribe, queue.state, queue.state);
  const { add, retry, cancel, clear } = queue;
  return { uploads, totals, add, retry, cancel, clear };
}
