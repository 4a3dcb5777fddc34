import { type Context, type LambdaRequest, runtime } from "@aws-appsync/utils";
import type { Refusal, WebhookAnswers } from "../domain/messages.ts";
import type { CreateStash } from "./Mutation.createAsset.ts";
import { internal } from "./shared/errors.ts";
import { accepted, invokeWebhooks } from "./shared/webhooks.ts";

/** Checks the callback URL before anything is written. Creates the owner's secret if there is none; showSecret shows it. */
export function request(ctx: Context): LambdaRequest {
  const { asset } = ctx.stash as CreateStash;
  if (!asset.callbackUrl) {
    return runtime.earlyReturn({});
  }
  return invokeWebhooks({ do: "register", ownerId: asset.ownerId, url: asset.callbackUrl });
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
