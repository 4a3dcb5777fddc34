import type { Context } from "@aws-appsync/utils";
import { transitions } from "../domain/asset.ts";
import { editableFields, problemOfEdit } from "../domain/edit.ts";
import { givenOf } from "../domain/given.ts";
import type { UpdateAssetArguments } from "../domain/schema.ts";
import { begin } from "./shared/changing.ts";
import { invalid } from "./shared/errors.ts";
import { previous } from "./shared/previous.ts";

export function request(ctx: Context<UpdateAssetArguments>): unknown {
  const { input } = ctx.args;
  const problem = problemOfEdit(input);
  if (problem) {
    invalid(problem);
  }
  const set: Record<string, unknown> = {};
  const remove: string[] = [];
  givenOf(input, editableFields()).forEach(([name, value]) => {
    if (value === "") {
      remove.push(name);
    } else {
      set[name] = value;
    }
  });
  return begin(ctx, {
    id: input.id,
    from: transitions.remove.from,
    expectedVersion: input.expectedVersion,
    set,
    remove,
    refusal: "updateAsset needs an asset that is not deleted",
  });
}

export function response(ctx: Context): unknown {
  return previous(ctx);
}
