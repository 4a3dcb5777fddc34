import type { Context, LambdaRequest } from "@aws-appsync/utils";
import type { Refusal, WebhookAnswers } from "../domain/messages.ts";
import type { ReplayDeliveryArguments } from "../domain/schema.ts";
import { callerOf } from "./shared/caller.ts";
import { deliveryView } from "./shared/delivery.ts";
import { internal } from "./shared/errors.ts";
import { accepted, invokeWebhooks } from "./shared/webhooks.ts";

export function request(ctx: Context<ReplayDeliveryArguments>): LambdaRequest {
  return invokeWebhooks({ do: "replay", ownerId: callerOf(ctx), id: ctx.args.id });
}

export function response(ctx: Context): unknown {
  return ctx.error ? internal() : deliveryView(accepted(ctx.result as WebhookAnswers["replay"] | Refusal));
}
