import { type Asset, parseObjectKey, renditionsOf } from "./asset.ts";
import type { ThumbnailSize } from "./schema.ts";

/** Smaller copies of a picture, which `thumbnail` makes when the picture is received. The code is valid APPSYNC_JS. */

/** The media types of pictures that are decoded. Each further decoder is code that an attacker can reach. */
export const pictureTypes = [
  "image/jpeg",
  "image/png",
  "image/apng",
  "image/gif",
  "image/webp",
  "image/avif",
];

/** Larger pictures are not decoded. */
export const maxPictureBytes = 52_428_800;
export const maxPixels = 50_000_000;

/** Pixels on the longer side. Pictures are never enlarged. */
export const sides: Record<ThumbnailSize, number> = { SMALL: 320, LARGE: 1280 };

/** What a rendition is for. `LABEL` is a JPEG of the large size, for pictures that Rekognition does not take. */
export type Rendition = ThumbnailSize | "LABEL";

export const renditions: Rendition[] = ["SMALL", "LARGE", "LABEL"];

const names: Record<Rendition, string> = { SMALL: "320.webp", LARGE: "1280.webp", LABEL: "label.jpg" };

export const renditionKey = (ownerId: string, id: string, rendition: Rendition): string =>
  `${renditionsOf(ownerId, id)}${names[rendition]}`;

/** The asset that an object belongs to: its upload, or a rendition of it. Undefined for all other keys. */
export function assetOfKey(key: string): { ownerId: string; id: string } | undefined {
  const parts = key.split("/");
  const isRendition = parts.length === 4 && parts[0] === "renditions" && parts[3] !== "";
  return parseObjectKey(isRendition ? `uploads/${parts[1]}/${parts[2]}` : key);
}

/** True if a write starts the making of renditions: they became PENDING, or an asset without them was restored. */
export function asksForRenditions(before: Asset | undefined, after: Asset | undefined): boolean {
  if (!after || after.state === "DELETED" || after.renditions !== "PENDING") {
    return false;
  }
  return !before || before.state === "DELETED" || before.renditions !== "PENDING";
}
