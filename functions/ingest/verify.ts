import type { Asset, AssetError } from "../../domain/asset.ts";
import { maxPictureBytes, maxPixels, pictureTypes } from "../../domain/renditions.ts";
import { sha256Base64 } from "../shared/checksum.ts";
import { rekognition } from "../shared/rekognition.ts";
import { measure } from "./dimensions.ts";
import { mayBegin, typeOf } from "./magic.ts";

/** An object's metadata and first bytes. */
export interface StoredObject {
  readonly contentLength: number;
  readonly contentType: string;
  /** Base64. Present if the upload was signed with a checksum. */
  readonly sha256?: string | undefined;
  /** The first bytes, with the magic number and the dimensions. */
  readonly head: Uint8Array;
}

/**
 * `rejected`: different from what was signed. `skipped`: valid, but it cannot be labelled. `rendered`: Rekognition does
 * not take the object, but perhaps a rendition of it.
 */
export type Verdict =
  | { readonly kind: "labellable" | "rendered" }
  | { readonly kind: "skipped"; readonly error: AssetError }
  | { readonly kind: "rejected"; readonly error: AssetError };

/** Compares an object with the signed properties of its upload. */
export function verify(
  asset: Pick<Asset, "contentLength" | "contentType" | "sha256">,
  object: StoredObject,
): Verdict {
  if (object.contentLength !== asset.contentLength) {
    return rejected(
      "SizeMismatch",
      `${object.contentLength} bytes came, ${asset.contentLength} were signed for`,
    );
  }
  if (object.contentType !== asset.contentType) {
    return rejected("TypeMismatch", `The object is ${object.contentType}, not ${asset.contentType}`);
  }
  if (asset.sha256 && object.sha256 !== sha256Base64(asset.sha256)) {
    return rejected("ChecksumMismatch", "The bytes do not have the SHA-256 that was signed for");
  }
  if (!mayBegin(asset.contentType, object.head)) {
    return rejected("ContentMismatch", `The bytes are not ${asset.contentType}`);
  }
  return labellable(asset, object.head);
}

function labellable(asset: Pick<Asset, "contentLength" | "contentType">, head: Uint8Array): Verdict {
  const type = typeOf(asset.contentType);
  if (!pictureTypes.includes(type)) {
    return skipped("NotAnImage", `${asset.contentType} is not labelled; JPEG, PNG, GIF, WebP and AVIF are`);
  }
  if (asset.contentLength > maxPictureBytes) {
    return skipped("ImageTooLarge", `Pictures above ${maxPictureBytes} bytes are not labelled`);
  }
  if (!rekognition.types.includes(type)) {
    return { kind: "rendered" };
  }
  const size = measure(type, head);
  if (size === "unknown" || "more" in size) {
    // The picture can have any size. A rendition has a known one.
    return { kind: "rendered" };
  }
  const { width, height } = size;
  if (Math.min(width, height) < rekognition.minSide) {
    return skipped("ImageDimensions", `${width}x${height} is below ${rekognition.minSide} pixels a side`);
  }
  if (width * height > maxPixels) {
    return skipped("ImageTooLarge", `${width}x${height} is more than ${maxPixels} pixels`);
  }
  return asset.contentLength > rekognition.bytes || Math.max(width, height) > rekognition.maxSide
    ? { kind: "rendered" }
    : { kind: "labellable" };
}

const rejected = (code: string, message: string): Verdict => ({ kind: "rejected", error: { code, message } });

const skipped = (code: string, message: string): Verdict => ({ kind: "skipped", error: { code, message } });
