import { util } from "@aws-appsync/utils";
import { transitions } from "../../domain/asset.ts";
import { dueAt } from "../../domain/due.ts";
import { uploadSeconds } from "../../domain/limits.ts";
import type { AssetChange } from "./change.ts";

/** Expiry of an upload URL that is signed now, and the time of the check whether it was used. */
export function uploadUntil(): { uploadExpiresAt: string; dueAt: number } {
  const now = util.time.nowEpochMilliSeconds();
  const uploadExpiresAt = now + uploadSeconds * 1000;
  return {
    uploadExpiresAt: util.time.epochMilliSecondsToISO8601(uploadExpiresAt),
    dueAt: dueAt({ state: "CREATED", labelStatus: "NONE", uploadExpiresAt }, now),
  };
}

/** Extends the expiry of an asset in CREATED to that of its new upload URL. */
export const renewal = (id: string): AssetChange => ({
  id,
  from: transitions.receive.from,
  set: uploadUntil(),
  refusal: "renewUpload needs CREATED",
});
