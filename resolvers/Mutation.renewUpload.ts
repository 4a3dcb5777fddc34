import type { Context } from "@aws-appsync/utils";
import type { RenewUploadArguments } from "../domain/schema.ts";
import { begin } from "./shared/changing.ts";
import { renewal } from "./shared/upload.ts";
import { previous } from "./shared/previous.ts";

export function request(ctx: Context<RenewUploadArguments>): unknown {
  return begin(ctx, renewal(ctx.args.id));
}

export function response(ctx: Context): unknown {
  return previous(ctx);
}
