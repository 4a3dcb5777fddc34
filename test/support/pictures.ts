import sharp from "sharp";

/** A picture that Rekognition takes. */
export const jpeg = (background = "teal"): Promise<Buffer> =>
  sharp({ create: { width: 320, height: 200, channels: 3, background } })
    .jpeg()
    .toBuffer();

export const png = (): Promise<Buffer> =>
  sharp({ create: { width: 100, height: 100, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0.5 } } })
    .png()
    .toBuffer();

/** Begins like a JPEG, and ends in the middle. */
export const corruptJpeg = async (): Promise<Buffer> => {
  const whole = await jpeg();
  return whole.subarray(0, Math.floor(whole.length / 2));
};
