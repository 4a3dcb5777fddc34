/** Rekognition's limits for DetectLabels on an S3 object. */
export const rekognition = {
  types: ["image/jpeg", "image/png"],
  bytes: 15 * 1024 * 1024,
  minSide: 80,
  maxSide: 10_000,
};
