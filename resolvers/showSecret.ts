import { type Context, type LambdaRequest, runtime } from "@aws-appsync/utils";
import type { Refusal, WebhookAnswers } from "../domain/messages.ts";
import type { CreateStash } from "./Mutation.createAsset.ts";
import { internal } from "./shared/errors.ts";
import { previous } from "./shared/previous.ts";
import { accepted, invokeWebhooks } from "./shared/webhooks.ts";

/**
 * Shows the owner's secret if it has not been shown yet. This is the last function, because a secret in a failed answer
 * would be lost. A repeated clientToken shows it again, because the first answer may not have arrived.
 */
export function request(ctx: Context): LambdaRequest {
  const { asset, replay, unseenSecret } = ctx.stash as CreateStash;
  if (!asset.callbackUrl || !(unseenSecret || replay)) {
    return runtime.earlyReturn(previous(ctx));
  }
  const reserved = previous(ctx) as { asset: { id: string } };
  return invokeWebhooks({ do: "showSecret", ownerId: asset.ownerId, assetId: reserved.asset.id });
}

export function response(ctx: Context): unknown {
  if (ctx.error) {
    internal();
  }
  const { secret } = accepted(ctx.result as WebhookAnswers["showSecret"] | Refusal);
  return { ...(previous(ctx) as object), webhookSecret: secret };
}
