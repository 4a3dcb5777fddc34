import type { Context } from "@aws-appsync/utils";
import { problemOfUser } from "../domain/limits.ts";
import type { UpdateUserArguments } from "../domain/schema.ts";
import { ownOrAdmin } from "./shared/caller.ts";
import { invalid, notFound } from "./shared/errors.ts";
import { previous } from "./shared/previous.ts";

export function request(ctx: Context<UpdateUserArguments>): unknown {
  const { input } = ctx.args;
  if (!ownOrAdmin(ctx, input.id)) {
    notFound("User");
  }
  const problem = problemOfUser(input, false);
  if (problem) {
    invalid(problem);
  }
  if (input.email && input.removeEmail) {
    invalid("removeEmail: give either email or removeEmail");
  }
  return {};
}

export function response(ctx: Context): unknown {
  return previous(ctx);
}
