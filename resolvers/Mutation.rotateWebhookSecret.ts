import type { Context, LambdaRequest } from "@aws-appsync/utils";
import { callerOf } from "./shared/caller.ts";
import { internal } from "./shared/errors.ts";
import { accepted, type Answered } from "./shared/webhooks.ts";

export function request(ctx: Context): LambdaRequest {
  return { operation: "Invoke", payload: { do: "rotateSecret", ownerId: callerOf(ctx) } };
}

export function response(ctx: Context): unknown {
  return ctx.error ? internal() : accepted(ctx.result as Answered<object>);
}
