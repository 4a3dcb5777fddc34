import type { Context, LambdaRequest } from "@aws-appsync/utils";
import type { Refusal, WebhookAnswers } from "../domain/messages.ts";
import { callerOf } from "./shared/caller.ts";
import { internal } from "./shared/errors.ts";
import { accepted, invokeWebhooks } from "./shared/webhooks.ts";

export function request(ctx: Context): LambdaRequest {
  return invokeWebhooks({ do: "rotateSecret", ownerId: callerOf(ctx) });
}

export function response(ctx: Context): unknown {
  return ctx.error ? internal() : accepted(ctx.result as WebhookAnswers["rotateSecret"] | Refusal);
}
