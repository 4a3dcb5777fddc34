import { type Context, type DynamoDBGetItemRequest, runtime, util } from "@aws-appsync/utils";
import type { Asset } from "../domain/asset.ts";
import { maxCorrections } from "../domain/labels.ts";
import { roomOf } from "./shared/corrections.ts";
import type { ChangeStash } from "./shared/change.ts";
import { callerOf } from "./shared/caller.ts";
import { internal, notFound } from "./shared/errors.ts";
import { previous } from "./shared/previous.ts";

/** After a refused change: reads the asset and returns it if the change was already made, otherwise raises the error. */
export function request(ctx: Context): DynamoDBGetItemRequest {
  const { change, refused } = ctx.stash as ChangeStash;
  if (!change || !refused) {
    return runtime.earlyReturn(previous(ctx));
  }
  return {
    operation: "GetItem",
    key: util.dynamodb.toMapValues({ ownerId: callerOf(ctx), id: change.id }),
    consistentRead: true,
  };
}

export function response(ctx: Context): unknown {
  if (ctx.error) {
    internal();
  }
  const change = (ctx.stash as ChangeStash).change;
  const asset = ctx.result as Asset | null;
  if (asset?.purgeRequestedAt && change?.settledPurge) {
    return asset;
  }
  const restoring = (change?.from ?? []).some((state) => state === "DELETED");
  if (!change || !asset || asset.purgeRequestedAt || (asset.state === "DELETED" && !restoring)) {
    return notFound("Asset");
  }
  const stateSettled = !change.settled || change.settled.some((state) => state === asset.state);
  const labelsSettled =
    !change.settledLabels || change.settledLabels.some((status) => status === asset.labelStatus);
  if ((change.settled || change.settledLabels) && stateSettled && labelsSettled) {
    return asset;
  }
  const { expectedVersion } = change;
  const versionDiffers =
    expectedVersion !== null && expectedVersion !== undefined && asset.version !== expectedVersion;
  if (change.corrections && Object.keys(asset.corrections ?? {}).length > roomOf(change.corrections)) {
    util.error(`An asset keeps ${maxCorrections} corrections of labels`, "QuotaExceeded");
  }
  if (versionDiffers && change.from.some((state) => state === asset.state)) {
    util.error(`expectedVersion: the asset has version ${asset.version + 0}`, "VersionConflict");
  }
  return util.error(
    `The asset is ${asset.state} with labels ${asset.labelStatus}; ${change.refusal}`,
    "StateConflict",
  );
}
