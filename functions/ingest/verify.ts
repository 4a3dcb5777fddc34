import type { Asset, AssetError } from "../../domain/asset.ts";
import { sha256Base64 } from "../shared/checksum.ts";
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

/** `rejected`: different from what was signed. `skipped`: valid, but Rekognition cannot label it. */
export type Verdict =
  | { readonly kind: "labellable" }
  | { readonly kind: "skipped"; readonly error: AssetError }
  | { readonly kind: "rejected"; readonly error: AssetError };

/** Rekognition's limits for DetectLabels on an S3 object. */
export const rekognition = {
  types: ["image/jpeg", "image/png"],
  bytes: 15 * 1024 * 1024,
  minSide: 80,
  maxSide: 10_000,
};

/** Pictures with more pixels are not labelled. */
const maxPixels = 50_000_000;

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
  if (!rekognition.types.includes(type)) {
    return skipped("NotAnImage", `${asset.contentType} is not labelled; JPEG and PNG are`);
  }
  if (asset.contentLength > rekognition.bytes) {
    return skipped("ImageTooLarge", `Pictures above ${rekognition.bytes} bytes are not labelled`);
  }
  const size = measure(type, head);
  if (size === "unknown" || "more" in size) {
    // The picture can have any size.
    return skipped("ImageDimensions", "The dimensions of the picture cannot be read");
  }
  const { width, height } = size;
  if (Math.min(width, height) < rekognition.minSide || Math.max(width, height) > rekognition.maxSide) {
    return skipped(
      "ImageDimensions",
      `${width}x${height} is outside ${rekognition.minSide} to ${rekognition.maxSide} pixels a side`,
    );
  }
  return width * height > maxPixels
    ? skipped("ImageTooLarge", `${width}x${height} is more than ${maxPixels} pixels`)
    : { kind: "labellable" };
}

const rejected = (code: string, message: string): Verdict => ({ kind: "rejected", error: { code, message } });

const skipped = (code: string, message: string): Verdict => ({ kind: "skipped", error: { code, message } });
