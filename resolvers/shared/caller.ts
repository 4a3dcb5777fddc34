import { type AppSyncIdentityCognito, type Context, util } from "@aws-appsync/utils";
import { isUserId } from "../../domain/text.ts";
import { invalid } from "./errors.ts";

/** The group whose members see and manage what is not theirs. */
const admins = "admins";

/** The caller's id: the subject of the token, whose signature AppSync has verified. */
export const callerOf = (ctx: Context): string => (ctx.identity as AppSyncIdentityCognito).sub;

export const isAdmin = (ctx: Context): boolean =>
  ((ctx.identity as AppSyncIdentityCognito).groups ?? []).some((group) => group === admins);

/** Whether the caller may touch the user of this id; an id that no user can have is nobody's. */
export const ownOrAdmin = (ctx: Context, id: string): boolean =>
  isUserId(id) && (id === callerOf(ctx) || isAdmin(ctx));

/** Whose things a list shows: the caller's own, or for admins those of the user that they name. */
export function ownerOf(ctx: Context<{ ownerId?: string | null }>): string {
  const caller = callerOf(ctx);
  const ownerId = ctx.args.ownerId ?? caller;
  if (ownerId !== caller && !isAdmin(ctx)) {
    util.unauthorized();
  }
  if (!isUserId(ownerId)) {
    invalid("ownerId: is not the id of a user");
  }
  return ownerId;
}
