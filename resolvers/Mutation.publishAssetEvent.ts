import type { Context, NONERequest } from "@aws-appsync/utils";

/** Stores nothing: what the relay publishes is what subscribers get. */
export function request(ctx: Context<{ input: object }>): NONERequest {
  return { payload: ctx.args.input };
}

export function response(ctx: Context): unknown {
  return ctx.result as unknown;
}
