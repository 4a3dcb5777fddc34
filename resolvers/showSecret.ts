import { type Context, type LambdaRequest, runtime } from "@aws-appsync/utils";
import type { Refusal, WebhookAnswers } from "../domain/messages.ts";
import type { CreateStash } from "./Mutation.createAsset.ts";
import { internal } from "./shared/errors.ts";
import { previous } from "./shared/previous.ts";
import { accepted, askWebhooks } from "./shared/webhooks.ts";

/**
 * Shows the owner their secret if they have not seen it. It is the last step: a secret that is shown in an answer that
 * fails would be lost. A repeated clientToken asks again, since the answer before may not have arrived.
 */
export function request(ctx: Context): LambdaRequest {
  const { asset, replay, unseenSecret } = ctx.stash as CreateStash;
  if (!asset.callbackUrl || !(unseenSecret || replay)) {
    return runtime.earlyReturn(previous(ctx));
  }
  const reserved = previous(ctx) as { asset: { id: string } };
  return askWebhooks({ do: "showSecret", ownerId: asset.ownerId, assetId: reserved.asset.id });
}

export function response(ctx: Context): unknown {
  if (ctx.error) {
    internal();
  }
  const { secret } = accepted(ctx.result as WebhookAnswers["showSecret"] | Refusal);
  return { ...(previous(ctx) as object), webhookSecret: secret };
}
