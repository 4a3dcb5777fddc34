import type { Context } from "@aws-appsync/utils";
import { problemOfUser, type UserInput } from "../domain/limits.ts";
import { ownOrAdmin } from "./shared/caller.ts";
import { invalid, notFound } from "./shared/errors.ts";
import { previous } from "./shared/previous.ts";

export interface UpdateUserArguments {
  input: UserInput & {
    id: string;
    email?: string | null;
    removeEmail?: boolean | null;
    expectedVersion?: number | null;
  };
}

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
