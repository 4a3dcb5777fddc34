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

type Subscribing = Context<OnAssetEventArguments>;

/** Runs once, when a subscription starts. Checks whether the caller may subscribe. */
export function request(ctx: Subscribing): DynamoDBGetItemRequest {
  const assetId = ctx.args.assetId;
  if (!ownOrAdmin(ctx, ctx.args.ownerId)) {
    util.unauthorized();
  }
  if (assetId !== null && assetId !== undefined && !isUlid(assetId)) {
    invalid("assetId: must be the id of an asset");
  }
  return { operation: "GetItem", key: revocationKey(callerOf(ctx)), consistentRead: true };
}

/** Sets a filter, because AppSync's default filter delivers no events if assetId is an explicit null. */
export function response(ctx: Subscribing): null {
  const { ownerId, assetId } = ctx.args;
  if (ctx.error) {
    internal();
  }
  const toOwner = { ownerId: { eq: ownerId } };
  const others = ownerId !== callerOf(ctx);
  if (others) {
    refuseRevoked(ctx);
  }
  // eraseUser ends the subscriptions to one owner, endAdminSubscriptions those of one admin.
  extensions.setSubscriptionInvalidationFilter(
    util.transform.toSubscriptionFilter(
      others ? { or: [{ userId: { eq: callerOf(ctx) } }, toOwner] } : toOwner,
    ),
  );
  extensions.setSubscriptionFilter(
    util.transform.toSubscriptionFilter({
      ownerId: { eq: ownerId },
      ...(assetId ? { assetId: { eq: assetId } } : {}),
    }),
  );
  return null;
}

/** Refuses a revoked admin's token. */
function refuseRevoked(ctx: Subscribing): void {
  const revocation = ctx.result as Revocation | null;
  const { iat } = (ctx.identity as AppSyncIdentityCognito).claims as { iat?: number };
  if (isRevoked(iat, revocation?.revokedAt)) {
    util.unauthorized();
  }
}
