import { type Context, type DynamoDBGetItemRequest, runtime } from "@aws-appsync/utils";
import type { ErasureRow } from "../domain/erasure.ts";
import { callerOf, ownOrAdmin } from "./shared/caller.ts";
import { internal } from "./shared/errors.ts";
import { erasureKey, refuseErasing } from "./shared/erasure.ts";
import { previous } from "./shared/previous.ts";

interface Arguments {
  id?: string | null;
  ownerId?: string | null;
  input?: { id?: string | null } | null;
}

/** Fields whose `id` is that of a user. */
const userFields = ["getUser", "createUser", "updateUser", "deleteUser"];

/** The first step of each field that serves a user's data: refuses it while the user is being erased. */
export function request(ctx: Context<Arguments>): DynamoDBGetItemRequest {
  const { id, ownerId, input } = ctx.args;
  const ofUser = userFields.some((field) => field === ctx.info.fieldName);
  const user = (ofUser ? (id ?? input?.id) : ownerId) ?? callerOf(ctx);
  // The field itself refuses other users, in its own words.
  return ownOrAdmin(ctx, user)
    ? { operation: "GetItem", key: erasureKey(user), consistentRead: true }
    : runtime.earlyReturn(previous(ctx));
}

export function response(ctx: Context): unknown {
  if (ctx.error) {
    internal();
  }
  refuseErasing(ctx.result as ErasureRow | null);
  return previous(ctx);
}
