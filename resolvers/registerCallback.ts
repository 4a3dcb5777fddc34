import { type Context, type LambdaRequest, runtime } from "@aws-appsync/utils";
import type { CreateStash } from "./Mutation.createAsset.ts";
import { internal } from "./shared/errors.ts";
import { type Answered, accepted } from "./shared/webhooks.ts";

interface Registration {
  url: string;
  unseen: boolean;
}

/** Has the callback's URL checked before anything is written, and the owner's secret made if there is none: showSecret shows it. */
export function request(ctx: Context): LambdaRequest {
  const { asset } = ctx.stash as CreateStash;
  if (!asset.callbackUrl) {
    return runtime.earlyReturn({});
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
  const { url, unseen } = accepted(ctx.result as Answered<Registration>);
  stash.asset.callbackUrl = url;
  stash.unseenSecret = unseen;
  return {};
}
