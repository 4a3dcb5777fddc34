import type { Context, NONERequest } from "@aws-appsync/utils";
import type { PublishAssetEventArguments } from "../domain/schema.ts";

/** Stores nothing. Subscribers get what the relay publishes. */
export function request(ctx: Context<PublishAssetEventArguments>): NONERequest {
  return { payload: ctx.args.input };
}

export function response(ctx: Context): unknown {
  return ctx.result as unknown;
}
