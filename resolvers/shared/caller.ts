import { type AppSyncIdentityCognito, type Context, util } from "@aws-appsync/utils";
import { isUserId } from "../../domain/text.ts";
import { invalid } from "./errors.ts";

/** The group whose members may read and manage the data of all users. */
const admins = "admins";

/** The caller's id: the `sub` of the token. AppSync has verified the token. */
export const callerOf = (ctx: Context): string => (ctx.identity as AppSyncIdentityCognito).sub;

export const isAdmin = (ctx: Context): boolean =>
  ((ctx.identity as AppSyncIdentityCognito).groups ?? []).some((group) => group === admins);

/** Whether the caller may read and change the data of a user. False for an invalid id. */
export const ownOrAdmin = (ctx: Context, id: string): boolean =>
  isUserId(id) && (id === callerOf(ctx) || isAdmin(ctx));

/** The owner of the items that a list shows: the caller, or the given owner if the caller is an admin. */
export function ownerOf(ctx: Context<{ ownerId?: string | null }>): string {
  const caller = callerOf(ctx);
  const ownerId = ctx.args.ownerId ?? caller;
  if (ownerId !== caller && !isAdmin(ctx)) {
    util.unauthorized();
  }
  if (!isUserId(ownerId)) {
    invalid("ownerId: must be the id of a user");
  }
  return ownerId;
}
