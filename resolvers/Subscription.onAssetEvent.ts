import { type Context, extensions, type NONERequest, util } from "@aws-appsync/utils";
import { ownOrAdmin } from "./shared/caller.ts";

/** Runs once, as a subscription is made: who may listen, and to what. */
export function request(ctx: Context<{ ownerId: string }>): NONERequest {
  if (!ownOrAdmin(ctx, ctx.args.ownerId)) {
    util.unauthorized();
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
