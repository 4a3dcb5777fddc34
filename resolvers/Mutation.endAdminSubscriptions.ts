import { type Context, type DynamoDBPutItemRequest, extensions, util } from "@aws-appsync/utils";
import { revocationSeconds } from "../domain/revocation.ts";
import { isUserId } from "../domain/text.ts";
import type { EndAdminSubscriptionsArguments } from "../domain/schema.ts";
import { internal, invalid } from "./shared/errors.ts";
import { revocationKey } from "./shared/revocation.ts";

/** The revocation is written before the subscriptions end, so that they cannot be started again with the same token. */
export function request(ctx: Context<EndAdminSubscriptionsArguments>): DynamoDBPutItemRequest {
  const { userId } = ctx.args;
  if (!isUserId(userId)) {
    invalid("userId: must be the id of a user");
  }
  const revokedAt = util.time.nowEpochSeconds();
  return {
    operation: "PutItem",
    key: revocationKey(userId),
    attributeValues: util.dynamodb.toMapValues({ revokedAt, expiresAt: revokedAt + revocationSeconds }),
  };
}

export function response(ctx: Context<EndAdminSubscriptionsArguments>): string {
  const { userId } = ctx.args;
  if (ctx.error) {
    internal();
  }
  extensions.invalidateSubscriptions({ subscriptionField: "onAssetEvent", payload: { userId } });
  return userId;
}
