import type { Context } from "@aws-appsync/utils";
import { previous } from "./shared/previous.ts";

/** Code of a field with one step of its own, between steps that it shares with other fields. */
export function request(): unknown {
  return {};
}

export function response(ctx: Context): unknown {
  return previous(ctx);
}
