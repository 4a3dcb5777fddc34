import { type Context, type DynamoDBUpdateItemRequest, runtime, util } from "@aws-appsync/utils";
import { updateExpression } from "../domain/update.ts";
import { roomOf } from "./shared/corrections.ts";
import type { AssetChange, ChangeStash } from "./shared/change.ts";
import { callerOf } from "./shared/caller.ts";
import { conditionFailed, internal } from "./shared/errors.ts";
import { previous } from "./shared/previous.ts";

/** Writes `stash.change`, if there is one. The condition is that the asset is in a state that the change can start from. */
export function request(ctx: Context): DynamoDBUpdateItemRequest {
  const change = (ctx.stash as ChangeStash).change;
  if (!change) {
    return runtime.earlyReturn(previous(ctx));
  }
  const { expression, names, values } = updateExpression({
    set: { updatedAt: util.time.nowISO8601(), ...change.set },
    setIn: change.corrections ? { corrections: change.corrections } : {},
    copy: change.copy,
    increment: (change.increment ?? []).concat(["version"]),
    remove: change.remove,
  });
  const condition = conditionOf(change, names, values);
  return {
    operation: "UpdateItem",
    key: util.dynamodb.toMapValues({ ownerId: callerOf(ctx), id: change.id }),
    update: {
      expression,
      expressionNames: names,
      expressionValues: util.dynamodb.toMapValues(values),
    },
    condition: { expression: condition },
  };
}

/** A write without a resulting item counts as refused. The next function finds the reason. */
export function response(ctx: Context): unknown {
  if (ctx.error && !conditionFailed(ctx.error)) {
    internal();
  }
  const refused = !!ctx.error || !ctx.result;
  (ctx.stash as ChangeStash).refused = refused;
  return refused ? null : (ctx.result as unknown);
}

/** The condition of the change. Adds its names and values to the given maps. */
function conditionOf(
  change: AssetChange,
  names: Record<string, string>,
  values: Record<string, unknown>,
): string {
  names["#state"] = "state";
  const states = change.from.map((state, index) => {
    values[`:from${index}`] = state;
    return `:from${index}`;
  });
  const labels = (change.fromLabels ?? []).map((status, index) => {
    values[`:labels${index}`] = status;
    return `:labels${index}`;
  });
  const conditions = [`#state IN (${states.join(", ")})`];
  if (change.from.some((state) => state === "DELETED")) {
    names["#purgeRequestedAt"] = "purgeRequestedAt";
    conditions.push("attribute_not_exists(#purgeRequestedAt)");
  }
  if (labels.length > 0) {
    names["#labelStatus"] = "labelStatus";
    conditions.push(`#labelStatus IN (${labels.join(", ")})`);
  }
  if (change.corrections) {
    values[":room"] = roomOf(change.corrections);
    conditions.push("size(#corrections) <= :room");
  }
  const { expectedVersion } = change;
  if (expectedVersion !== null && expectedVersion !== undefined) {
    values[":expectedVersion"] = expectedVersion;
    conditions.push("#version = :expectedVersion");
  }
  return conditions.join(" AND ");
}
