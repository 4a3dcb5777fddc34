import type { AssetError, DetectedLabel } from "../../domain/asset.ts";

/** What the model finds in a picture, or why it can find nothing in it. The same bytes always have the same answer. */
export type Found = { readonly labels: DetectedLabel[] } | { readonly error: AssetError };

/** Rekognition's result. With `mayPass` the error is permanent only after the last try. */
export type Detection =
  | { readonly labels: DetectedLabel[]; readonly model?: string | undefined }
  | { readonly error: AssetError; readonly mayPass?: boolean };

/** For a picture that is missing, or that the function may not read. A new permission may not apply everywhere yet. */
export const unreadable: Detection = {
  error: { code: "InvalidS3Object", message: "The picture could not be read" },
  mayPass: true,
};
