import { setTimeout as pause } from "node:timers/promises";
import sharp from "sharp";
import { AwsError } from "../../base/service.ts";
import { invalid } from "./request.ts";

/** The measurements of a picture, rotated by its EXIF orientation. */
export interface Measurement {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and alpha of each pixel of a small copy. */
  readonly pixels: Uint8Array;
}

/**
 * Throws as AWS does, by what its pages and its callers' reports say:
 * - neither JPEG nor PNG, or damaged: `InvalidImageFormatException`;
 * - smaller than 80 pixels: `InvalidParameterException` (boto/botocore#1366), without details;
 * - larger than 10,000 pixels: the message of awsdocs/aws-doc-sdk-examples#4848. The code there is unknown;
 *   `ImageTooLargeException` fits the message.
 * https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
 */
export async function measure(bytes: Buffer): Promise<Measurement> {
  if (!isJpeg(bytes) && !isPng(bytes)) {
    throw invalidFormat();
  }
  return decode(bytes).catch(async (error: unknown) => {
    if (error instanceof AwsError) {
      throw error;
    }
    // A function may have closed decoders for a moment: all threads of the process share them.
    await pause(100);
    return decode(bytes).catch((second: unknown) => {
      throw second instanceof AwsError ? second : invalidFormat();
    });
  });
}

async function decode(bytes: Buffer): Promise<Measurement> {
  // "warning" would refuse what browsers show; "none" would accept half a picture.
  const picture = sharp(bytes, { failOn: "truncated", limitInputPixels: false });
  const { autoOrient: size } = await picture.metadata();
  checkDimensions(size.width, size.height);
  const pixels = await picture
    .autoOrient()
    .resize(128, 128, { fit: "inside", withoutEnlargement: true })
    .toColourspace("srgb")
    .ensureAlpha()
    .raw({ depth: "uchar" })
    .toBuffer();
  return { width: size.width, height: size.height, pixels };
}

function checkDimensions(width: number, height: number): void {
  if (Math.min(width, height) < 80) {
    throw invalid("Request has invalid parameters");
  }
  if (Math.max(width, height) > 10_000) {
    throw new AwsError(
      "ImageTooLargeException",
      `Input image dimensions ${width} x ${height} exceed maximum dimension size of 10000 pixels`,
    );
  }
}

/** No other decoder is used. */
function isJpeg(bytes: Buffer): boolean {
  return bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]));
}

function isPng(bytes: Buffer): boolean {
  return bytes.subarray(0, 8).equals(Buffer.from("\u0089PNG\r\n\u001a\n", "latin1"));
}

function invalidFormat(): AwsError {
  return new AwsError("InvalidImageFormatException", "Request has invalid image format");
}
