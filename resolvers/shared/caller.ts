import type { AppSyncIdentityCognito, Context } from "@aws-appsync/utils";

/** The group whose members see and manage what is not theirs. */
const admins = "admins";

/** The caller's id: the subject of the token, whose signature AppSync has verified. */
export const callerOf = (ctx: Context): string => (ctx.identity as AppSyncIdentityCognito).sub;

export const isAdmin = (ctx: Context): boolean =>
  ((ctx.identity as AppSyncIdentityCognito).groups ?? []).some((group) => group === admins);

/** Whether the caller may touch the user of this id; an id that no key can hold is nobody's. */
export const ownOrAdmin = (ctx: Context, id: string): boolean =>
  id !== "" && (id === callerOf(ctx) || isAdmin(ctx));
