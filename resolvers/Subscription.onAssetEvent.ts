import {
  type AppSyncIdentityCognito,
  type Context,
  type DynamoDBGetItemRequest,
  extensions,
  util,
} from "@aws-appsync/utils";
import { isUlid } from "../domain/asset.ts";
import { isRevoked } from "../domain/revocation.ts";
import type { OnAssetEventArguments } from "../domain/schema.ts";
import { callerOf, ownOrAdmin } from "./shared/caller.ts";
import { internal, invalid } from "./shared/errors.ts";
import { type Revocation, revocationKey } from "./shared/revocation.ts";

type Listen = Context<OnAssetEventArguments>;

/** Runs once, as a subscription is made: who may listen, and to what. */
export function request(ctx: Listen): DynamoDBGetItemRequest {
  const assetId = ctx.args.assetId;
  if (!ownOrAdmin(ctx, ctx.args.ownerId)) {
    util.unauthorized();
  }
  if (assetId !== null && assetId !== undefined && !isUlid(assetId)) {
    invalid("assetId: is not the id of an asset");
  }
  return { operation: "GetItem", key: revocationKey(callerOf(ctx)), consistentRead: true };
}

/** A filter of our own, since AppSync's argument filter takes a null assetId for "events of no asset". */
export function response(ctx: Listen): null {
  const { ownerId, assetId } = ctx.args;
  if (ctx.error) {
    internal();
  }
  if (ownerId !== callerOf(ctx)) {
    listenAsAdmin(ctx);
  }
  extensions.setSubscriptionFilter(
    util.transform.toSubscriptionFilter({
      ownerId: { eq: ownerId },
      ...(assetId ? { assetId: { eq: assetId } } : {}),
    }),
  );
  return null;
}

/** Others' events are for a token that still counts as an admin's, and until endAdminSubscriptions names the caller. */
function listenAsAdmin(ctx: Listen): void {
  const revocation = ctx.result as Revocation | null;
  const { iat } = (ctx.identity as AppSyncIdentityCognito).claims as { iat?: number };
  if (isRevoked(iat, revocation?.revokedAt)) {
    util.unauthorized();
  }
  extensions.setSubscriptionInvalidationFilter(
    util.transform.toSubscriptionFilter({ userId: { eq: callerOf(ctx) } }),
  );
}
