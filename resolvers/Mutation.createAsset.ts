import { type Context, util } from "@aws-appsync/utils";
import { type Asset, stateId, transitions } from "../domain/asset.ts";
import { type AssetInput, problemOfAsset } from "../domain/limits.ts";
import { callerOf } from "./shared/caller.ts";
import { invalid } from "./shared/errors.ts";
import { uploadUntil } from "./shared/upload.ts";
import { previous } from "./shared/previous.ts";

/** What the pipeline's functions hand on. */
export interface CreateStash {
  asset: Omit<Asset, "dueShard">;
  clientToken?: string | null;
  /** The input in one text: a clientToken stands for this input and no other. */
  fingerprint: string;
  /** The owner has a secret that they have not been shown. */
  unseenSecret?: boolean;
  /** The token was used before. */
  replay?: boolean;
}

export function request(ctx: Context<{ input: AssetInput }>): unknown {
  const input = ctx.args.input;
  const problem = problemOfAsset(input);
  if (problem) {
    invalid(problem);
  }
  const id = util.autoUlid();
  const now = util.time.nowISO8601();
  const state = transitions.receive.from[0] ?? "CREATED";
  const stash = ctx.stash as CreateStash;
  stash.asset = {
    ownerId: callerOf(ctx),
    id,
    contentType: input.contentType,
    contentLength: input.contentLength,
    ...(input.filename ? { filename: input.filename } : {}),
    ...(input.sha256 ? { sha256: input.sha256 } : {}),
    ...(input.callbackUrl ? { callbackUrl: input.callbackUrl } : {}),
    state,
    labelStatus: "NONE",
    createdAt: now,
    updatedAt: now,
    version: 1,
    liveId: id,
    stateId: stateId(state, id),
    labelRun: 1,
    ...uploadUntil(),
  };
  stash.clientToken = input.clientToken ?? null;
  stash.fingerprint = JSON.stringify([
    input.contentType,
    input.contentLength,
    input.sha256,
    input.filename,
    input.callbackUrl,
  ]);
  return {};
}

export function response(ctx: Context): unknown {
  return previous(ctx);
}
