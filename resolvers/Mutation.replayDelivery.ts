import type { Context, LambdaRequest } from "@aws-appsync/utils";
import type { Delivery } from "../domain/callback.ts";
import { callerOf } from "./shared/caller.ts";
import { deliveryView } from "./shared/delivery.ts";
import { internal } from "./shared/errors.ts";
import { accepted, type Answered } from "./shared/webhooks.ts";

export function request(ctx: Context<{ id: string }>): LambdaRequest {
  return { operation: "Invoke", payload: { do: "replay", ownerId: callerOf(ctx), id: ctx.args.id } };
}

export function response(ctx: Context): unknown {
  return ctx.error ? internal() : deliveryView(accepted(ctx.result as Answered<Delivery>));
}
