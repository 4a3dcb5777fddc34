import { util } from "@aws-appsync/utils";
import { transitions } from "../../domain/asset.ts";
import { uploadSeconds } from "../../domain/limits.ts";
import type { AssetChange } from "./change.ts";

/** When an upload URL signed now lapses. */
export const uploadExpiry = (): string =>
  util.time.epochMilliSecondsToISO8601(util.time.nowEpochMilliSeconds() + uploadSeconds * 1000);

/** Keeps an asset waiting for as long as the URL about to be signed. */
export const renewal = (id: string): AssetChange => ({
  id,
  from: transitions.receive.from,
  set: { uploadExpiresAt: uploadExpiry() },
  refusal: "renewUpload needs CREATED",
});
