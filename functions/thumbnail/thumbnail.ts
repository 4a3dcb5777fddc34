import { type Asset, type AssetError, labelTransitions, objectKey, stored } from "../../domain/asset.ts";
import { dueAt } from "../../domain/due.ts";
import type { ThumbnailJob } from "../../domain/messages.ts";
import { maxPictureBytes, type Rendition } from "../../domain/renditions.ts";
import type { Assets } from "../shared/assets.ts";
import { rekognition } from "../shared/rekognition.ts";
import type { Refused, Rendered } from "./picture.ts";
import type { Pictures } from "./pictures.ts";

export interface Thumbnailing {
  readonly assets: Pick<Assets, "get" | "update">;
  readonly pictures: Pictures;
  readonly render: (bytes: Buffer, wanted: readonly Rendition[]) => Promise<Rendered | Refused>;
  readonly now: () => number;
}

/**
 * `made` and `refused` changed the row. `refused` has the code of the reason. `gone`: the asset was removed, or its purge
 * requested, while its renditions were made.
 */
export type Outcome = "made" | "not due" | "gone" | { readonly refused: string };

/**
 * Makes the renditions of one asset. A job does nothing if they were made, or if the asset is not shown. A picture that
 * cannot be decoded is an outcome, because a retry would find the same bytes. Errors of S3 and DynamoDB are thrown.
 */
export async function makeThumbnails(job: ThumbnailJob, thumbnailing: Thumbnailing): Promise<Outcome> {
  const asset = await thumbnailing.assets.get(job);
  if (!asset || !isDue(asset)) {
    return "not due";
  }
  const result = await resultOf(asset, thumbnailing);
  const written = "files" in result ? await thumbnailing.pictures.put(job, result.files) : [];
  const outcome = await settle(asset, result, thumbnailing);
  if (outcome === "gone") {
    // Who removed the asset may not have found them.
    await thumbnailing.pictures.remove(written);
  }
  return outcome;
}

/** Ends the job of a dead letter, so that the sweep does not send it again without end. */
export async function giveUp(
  job: ThumbnailJob,
  thumbnailing: Pick<Thumbnailing, "assets" | "now">,
): Promise<Outcome> {
  const asset = await thumbnailing.assets.get(job);
  const code = "ThumbnailsUnavailable";
  return asset
    ? settle(asset, refused(code, "Decoding the picture failed repeatedly"), thumbnailing)
    : "not due";
}

const isDue = (asset: Asset): boolean => stored.includes(asset.state) && asset.renditions === "PENDING";

async function resultOf(
  asset: Asset,
  { pictures, render }: Pick<Thumbnailing, "pictures" | "render">,
): Promise<Rendered | Refused> {
  if (asset.contentLength > maxPictureBytes) {
    return refused("ImageTooLarge", `Pictures above ${maxPictureBytes} bytes are not decoded`);
  }
  const bytes = await pictures.get(objectKey(asset.ownerId, asset.id));
  return bytes
    ? render(bytes, labelsWait(asset) ? ["SMALL", "LARGE", "LABEL"] : ["SMALL", "LARGE"])
    : refused("ObjectMissing", "The object has been removed");
}

/**
 * Writes the result if the row is still due. The condition is the row's version, because the due time depends on the
 * labels, which change meanwhile.
 */
async function settle(
  asset: Asset | undefined,
  result: Rendered | Refused,
  { assets, now }: Pick<Thumbnailing, "assets" | "now">,
): Promise<Outcome> {
  if (!asset || asset.purgeRequestedAt) {
    return "gone";
  }
  if (!isDue(asset)) {
    return "not due";
  }
  const set = {
    ...("files" in result
      ? { renditions: "DONE" as const, width: result.width, height: result.height }
      : { renditions: "FAILED" as const }),
    ...(labelsWait(asset) ? labelsAfter(result) : {}),
  };
  const due = dueAt({ ...asset, ...set, uploadExpiresAt: 0 }, now());
  const when = { when: "#version = :seen", values: { seen: asset.version } };
  if (await assets.update(asset, { set: { ...set, dueAt: due }, ...when })) {
    return "files" in result ? "made" : { refused: result.refused.code };
  }
  // The number of changes is limited, so the repetition ends.
  return settle(await assets.get(asset), result, { assets, now });
}

/** True if labelling needs a rendition, because Rekognition does not take the object. */
const labelsWait = ({ labelledFrom, labelStatus }: Asset): boolean =>
  labelledFrom !== undefined && labelStatus === "NONE";

function labelsAfter(result: Rendered | Refused): Pick<Asset, "labelStatus" | "labelError"> {
  const error = "refused" in result ? result.refused : problemOf(result);
  return error
    ? { labelStatus: labelTransitions.skip.to, labelError: error }
    : { labelStatus: labelTransitions.queue.to };
}

function problemOf({ large: { width, height } }: Rendered): AssetError | undefined {
  return Math.min(width, height) < rekognition.minSide
    ? {
        code: "ImageDimensions",
        message: `${width}x${height}, the size for labelling, is below ${rekognition.minSide} pixels a side`,
      }
    : undefined;
}

const refused = (code: string, message: string): Refused => ({ refused: { code, message } });
