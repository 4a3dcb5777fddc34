import { type Context, extensions, type NONERequest, util } from "@aws-appsync/utils";
import { isUlid } from "../domain/asset.ts";
import { ownOrAdmin } from "./shared/caller.ts";
import { invalid } from "./shared/errors.ts";

/** Runs once, as a subscription is made: who may listen, and to what. */
export function request(ctx: Context<{ ownerId: string; assetId?: string | null }>): NONERequest {
  const assetId = ctx.args.assetId;
  if (!ownOrAdmin(ctx, ctx.args.ownerId)) {
    util.unauthorized();
  }
  if (assetId !== null && assetId !== undefined && !isUlid(assetId)) {
    invalid("assetId: is not the id of an asset");
  }
  return { payload: null };
}

/** A filter of our own, since AppSync's argument filter takes a null assetId for "events of no asset". */
export function response(ctx: Context<{ ownerId: string; assetId?: string | null }>): null {
  const { ownerId, assetId } = ctx.args;
  extensions.setSubscriptionFilter(
    util.transform.toSubscriptionFilter({
      ownerId: { eq: ownerId },
      ...(assetId ? { assetId: { eq: assetId } } : {}),
    }),
  );
  return null;
}
