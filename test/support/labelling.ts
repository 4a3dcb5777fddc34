import { createHash } from "node:crypto";
import { cacheIn } from "../../functions/label/cache.ts";
import type { Labelling } from "../../functions/label/label.ts";
import type { FunctionSide } from "./function.ts";

/** The services of `label`. Each picture has bytes of its own, unless `hash` says otherwise. */
export function labellingOf(
  { assets, contents, dynamodb, table }: FunctionSide,
  given: Pick<Labelling, "budget" | "detect" | "now" | "lease"> & Partial<Labelling>,
): Labelling {
  return {
    ...{ assets, contents, cache: cacheIn(dynamodb, table("contents"), given.lease, given.now) },
    hash: (key) => Promise.resolve(createHash("sha256").update(key).digest("base64")),
    question: { maxLabels: 50, minConfidence: 55 },
    pause: () => Promise.resolve(),
    counted: () => undefined,
    ...given,
  };
}
