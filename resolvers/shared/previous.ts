import type { Context } from "@aws-appsync/utils";

/** The result of the previous function of the pipeline. */
export const previous = (ctx: Context): unknown => (ctx.prev as { result: unknown }).result;
