import { type Context, type LambdaRequest, runtime } from "@aws-appsync/utils";
import type { Refusal, WebhookAnswers } from "../domain/messages.ts";
import type { CreateStash } from "./Mutation.createAsset.ts";
import { internal } from "./shared/errors.ts";
import { accepted, askWebhooks } from "./shared/webhooks.ts";

/** Has the callback's URL checked before anything is written, and the owner's secret made if there is none: showSecret shows it. */
export function request(ctx: Context): LambdaRequest {
  const { asset } = ctx.stash as CreateStash;
  if (!asset.callbackUrl) {
    return runtime.earlyReturn({});
  }
  return askWebhooks({ do: "register", ownerId: asset.ownerId, url: asset.callbackUrl });
}

export function response(ctx: Context): unknown {
  const stash = ctx.stash as CreateStash;
  if (ctx.error) {
    internal();
  }
  const { url, unseen } = accepted(ctx.result as WebhookAnswers["register"] | Refusal);
  stash.asset.callbackUrl = url;
  stash.unseenSecret = unseen;
  return {};
}
