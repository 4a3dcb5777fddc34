import type { Context } from "@aws-appsync/utils";

/** What the pipeline's step before gave. */
export const previous = (ctx: Context): unknown => (ctx.prev as { result: unknown }).result;
