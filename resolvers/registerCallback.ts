import { type Context, type LambdaRequest, runtime } from "@aws-appsync/utils";
import type { CreateStash } from "./Mutation.createAsset.ts";
import { internal } from "./shared/errors.ts";
import { type Answered, accepted } from "./shared/webhooks.ts";

interface Registration {
  url: string;
  secret: string | null;
}

/** Has the callback's URL checked before anything is written, and the owner's secret made if there is none. */
export function request(ctx: Context): LambdaRequest {
  const { asset } = ctx.stash as CreateStash;
  if (!asset.callbackUrl) {
    return runtime.earlyReturn();
  }
  return {
    operation: "Invoke",
    payload: { do: "register", ownerId: asset.ownerId, url: asset.callbackUrl },
  };
}

export function response(ctx: Context): unknown {
  const stash = ctx.stash as CreateStash;
  if (ctx.error) {
    internal();
  }
  const { url, secret } = accepted(ctx.result as Answered<Registration>);
  stash.asset.callbackUrl = url;
  stash.webhookSecret = secret;
  return null;
}
