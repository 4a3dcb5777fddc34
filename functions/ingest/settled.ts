import type { Asset } from "../../domain/asset.ts";
import type { AssetWrite } from "../shared/assets.ts";
import type { Condition } from "../shared/conditional.ts";
import { contentOf, type Contents } from "../shared/contents.ts";
import type { CountedAssets } from "../shared/counted.ts";
import type { Objects } from "./objects.ts";
import { verdictWrite } from "./upload-state.ts";
import type { Verdict } from "./verify.ts";

export interface Settling {
  readonly assets: CountedAssets;
  readonly contents: Contents;
  readonly objects: Pick<Objects, "removeRenditions">;
  readonly now: () => number;
}

/** Writes the verdict on an upload. False if the row has changed since it was read. */
export async function settleUpload(
  asset: Asset,
  verdict: Verdict,
  { assets, contents, now }: Settling,
  more: AssetWrite = { when: "attribute_exists(#id)" },
): Promise<boolean> {
  const write = verdictWrite(asset, verdict, now());
  const content = verdict.kind === "rejected" ? undefined : contentOf(asset);
  const duplicateOf = content && (await contents.register(asset, content));
  const update = {
    ...write,
    set: { ...write.set, ...more.set, ...(duplicateOf && { duplicateOf }) },
    when: `${write.when} AND ${more.when}`,
  };
  return verdict.kind === "rejected" ? assets.release(asset, update) : assets.update(asset, update);
}

/**
 * Removes the row of a removed object, and its renditions. The row comes first, because renditions that are made
 * meanwhile are removed once their row is missing. False if the condition failed.
 */
export async function removeAsset(
  asset: Asset,
  { assets, contents, objects }: Settling,
  condition: Condition,
): Promise<boolean> {
  const content = contentOf(asset);
  const forget = () => content && contents.forget(asset, content);
  await forget();
  if (!(await assets.remove(asset, condition))) {
    return false;
  }
  // A label job may have registered the content again. Without the row, none can.
  await forget();
  await objects.removeRenditions(asset);
  return true;
}
