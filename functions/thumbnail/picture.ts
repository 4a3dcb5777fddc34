import { setTimeout as pause } from "node:timers/promises";
import sharp, { type Sharp } from "sharp";
import type { AssetError } from "../../domain/asset.ts";
import { maxPixels, type Rendition, sides } from "../../domain/renditions.ts";

// A decoder is code that an attacker can reach. Only those of `pictureTypes` are open. SVG and PDF would read other files.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: ["Jpeg", "Png", "Webp", "Nsgif", "Heif"].map((format) => `VipsForeignLoad${format}Buffer`),
});
// A warm function gets no picture twice.
sharp.cache(false);

/** A decoded picture and its renditions. */
export interface Rendered {
  /** Pixels, after the EXIF rotation. */
  readonly width: number;
  readonly height: number;
  /** The size of the large renditions. */
  readonly large: { readonly width: number; readonly height: number };
  readonly files: Readonly<Partial<Record<Rendition, Buffer>>>;
}

/** Why a picture has no renditions. The reason is permanent. */
export interface Refused {
  readonly refused: AssetError;
}

/** Seconds of decoding. Progressive pictures can need much time for few pixels. */
const maxSeconds = 15;

/** Milliseconds before a picture that cannot be decoded is tried again. */
const secondTryAfter = 100;

/**
 * Makes the renditions of a picture: rotated by its EXIF orientation, in sRGB, without metadata, the first frame of an
 * animation. Pictures with too many pixels are refused by their header, before they are decoded. One that cannot be
 * decoded is tried twice, because the refusal is permanent: a decoder also fails without memory, and while another
 * thread of the process closes decoders, which all threads share.
 */
export async function render(bytes: Buffer, wanted: readonly Rendition[]): Promise<Rendered | Refused> {
  const first = await tryToRender(bytes, wanted);
  if (!("refused" in first) || first.refused.code !== "ImageDamaged") {
    return first;
  }
  await pause(secondTryAfter);
  return tryToRender(bytes, wanted);
}

async function tryToRender(bytes: Buffer, wanted: readonly Rendition[]): Promise<Rendered | Refused> {
  const { width, height } = await sizeOf(bytes);
  if (width * height === 0) {
    return refused("ImageDamaged", "The picture cannot be decoded");
  }
  if (width * height > maxPixels) {
    return refused("ImageTooLarge", `${width}x${height} is more than ${maxPixels} pixels`);
  }
  const picture = await decode(bytes);
  if ("refused" in picture) {
    return picture;
  }
  const files = await Promise.all(
    wanted.map(async (rendition) => [rendition, await encode(picture, rendition)] as const),
  );
  return {
    ...{ width, height },
    large: { width: picture.width, height: picture.height },
    files: Object.fromEntries(files),
  };
}

/** Zero for what is not a picture. Only the header is read, so the pixel limit is not needed. */
async function sizeOf(bytes: Buffer): Promise<{ readonly width: number; readonly height: number }> {
  try {
    return (await sharp(bytes, { limitInputPixels: false }).metadata()).autoOrient;
  } catch {
    return { width: 0, height: 0 };
  }
}

interface Pixels {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
}

/** Decodes the picture in the large size. Raw pixels have no metadata that an encoder could keep. */
async function decode(bytes: Buffer): Promise<Pixels | Refused> {
  try {
    const { data, info } = await inside(
      // "warning" would refuse what browsers show; "none" would accept half a picture.
      sharp(bytes, { limitInputPixels: maxPixels, failOn: "truncated" }).autoOrient(),
      sides.LARGE,
    )
      .toColourspace("srgb")
      .timeout({ seconds: maxSeconds })
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height, channels: info.channels };
  } catch (error) {
    return /timeout/i.test(String(error))
      ? refused("ImageTooComplex", `The picture takes more than ${maxSeconds} seconds to decode`)
      : refused("ImageDamaged", "The picture cannot be decoded");
  }
}

/** The default effort of 4 takes twice the time for files of the same size. */
const webp = { effort: 2 };

function encode({ data, width, height, channels }: Pixels, rendition: Rendition): Promise<Buffer> {
  const picture = sharp(data, { raw: { width, height, channels } });
  switch (rendition) {
    case "SMALL":
      return inside(picture, sides.SMALL).webp(webp).toBuffer();
    case "LARGE":
      return picture.webp(webp).toBuffer();
    case "LABEL":
      // JPEG has no transparency.
      return picture.flatten({ background: "white" }).jpeg({ quality: 90 }).toBuffer();
  }
}

const inside = (picture: Sharp, side: number): Sharp =>
  picture.resize(side, side, { fit: "inside", withoutEnlargement: true });

const refused = (code: string, message: string): Refused => ({ refused: { code, message } });
