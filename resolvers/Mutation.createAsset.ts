import { type Context, util } from "@aws-appsync/utils";
import { type Asset, stateId, transitions } from "../domain/asset.ts";
import { givenOf } from "../domain/given.ts";
import { problemOfAsset } from "../domain/limits.ts";
import {
  type CreateAssetArguments,
  type CreateAssetInput,
  createAssetInputFields,
} from "../domain/schema.ts";
import { callerOf } from "./shared/caller.ts";
import { invalid } from "./shared/errors.ts";
import { uploadUntil } from "./shared/upload.ts";
import { previous } from "./shared/previous.ts";

/** The stash that the pipeline's functions share. */
export interface CreateStash {
  asset: Omit<Asset, "dueShard" | "counted">;
  clientToken?: string | null;
  /** The whole input as a text. The same clientToken with another input is a conflict. */
  fingerprint: string;
  /** True if the owner's secret has not been shown yet. */
  unseenSecret?: boolean;
  /** True if the clientToken was already used. */
  replay?: boolean;
  /** True once the asset is reserved, or found by its clientToken. */
  settled?: boolean;
  /** True after a transaction that was in conflict with another. */
  tried?: boolean;
}

/** The fields of the row that are the same as in the input. */
type Reserved = {
  [Name in Exclude<keyof CreateAssetInput, "clientToken">]: NonNullable<CreateAssetInput[Name]>;
};

export function request(ctx: Context<CreateAssetArguments>): unknown {
  const input = ctx.args.input;
  const problem = problemOfAsset(input);
  if (problem) {
    invalid(problem);
  }
  const given = givenOf(
    input,
    createAssetInputFields.filter((name) => name !== "clientToken"),
  );
  const reserved: Record<string, unknown> = {};
  given.forEach(([name, value]) => {
    reserved[name] = value;
  });
  const id = util.autoUlid();
  const now = util.time.nowISO8601();
  const state = transitions.receive.from[0] ?? "CREATED";
  const stash = ctx.stash as CreateStash;
  stash.asset = {
    ownerId: callerOf(ctx),
    id,
    ...(reserved as Reserved),
    state,
    labelStatus: "NONE",
    createdAt: now,
    updatedAt: now,
    version: 1,
    liveId: id,
    stateId: stateId(state, id),
    labelRun: 1,
    corrections: {},
    ...uploadUntil(),
  };
  stash.clientToken = input.clientToken ?? null;
  stash.fingerprint = JSON.stringify(given);
  return {};
}

export function response(ctx: Context): unknown {
  return previous(ctx);
}
