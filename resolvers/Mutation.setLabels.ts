import { type Context, util } from "@aws-appsync/utils";
import { type Corrections, stored } from "../domain/asset.ts";
import { correctionKey, maxLabelChanges, problemOfLabels } from "../domain/labels.ts";
import type { SetLabelsArguments } from "../domain/schema.ts";
import { begin } from "./shared/changing.ts";
import { invalid } from "./shared/errors.ts";
import { previous } from "./shared/previous.ts";

export function request(ctx: Context<SetLabelsArguments>): unknown {
  const add = ctx.args.add ?? [];
  const remove = ctx.args.remove ?? [];
  const count = add.length + remove.length;
  if (count < 1 || count > maxLabelChanges) {
    invalid(`add, remove: give 1 to ${maxLabelChanges} labels in all`);
  }
  [problemOfLabels("add", add), problemOfLabels("remove", remove)].forEach((problem) => {
    if (problem) {
      invalid(problem);
    }
  });
  const corrections: Corrections = {};
  add.forEach((given) => {
    const name = util.str.normalize(given, "nfc");
    corrections[correctionKey(name)] = { name, shown: true };
  });
  remove.forEach((given) => {
    const name = util.str.normalize(given, "nfc");
    if (corrections[correctionKey(name)]?.shown) {
      invalid(`remove: ${name} is in add too`);
    }
    corrections[correctionKey(name)] = { name, shown: false };
  });
  return begin(ctx, {
    id: ctx.args.id,
    from: stored,
    set: {},
    corrections,
    refusal: "setLabels needs RECEIVED or UPLOADED",
  });
}

export function response(ctx: Context): unknown {
  return previous(ctx);
}
