import { createHash } from "node:crypto";
import sharp from "sharp";
import type { Content } from "./plan.ts";

/** The bytes of an upload, and their declared type. */
export interface Upload {
  readonly contentType: string;
  readonly bytes: Buffer;
  /** Hexadecimal. */
  readonly sha256: string;
}

const colours = ["teal", "tomato", "gold", "indigo", "silver", "olive"];

/** The pictures are drawn once. A text after the end of the picture makes each upload's bytes unique. */
export async function drawPictures(): Promise<(content: Content, index: number) => Upload> {
  const create = (background: string) => ({ width: 160, height: 120, channels: 3 as const, background });
  const jpegs = await Promise.all(
    colours.map((colour) =>
      sharp({ create: create(colour) })
        .jpeg()
        .toBuffer(),
    ),
  );
  const pngs = await Promise.all(
    colours.map((colour) =>
      sharp({ create: create(colour) })
        .png()
        .toBuffer(),
    ),
  );
  const webps = await Promise.all(
    colours.map((colour) =>
      sharp({ create: create(colour) })
        .webp()
        .toBuffer(),
    ),
  );
  return (content, index) => {
    const jpeg = jpegs[index % jpegs.length] ?? Buffer.alloc(0);
    const png = pngs[index % pngs.length] ?? Buffer.alloc(0);
    const [contentType, start] = {
      jpeg: ["image/jpeg", jpeg] as const,
      png: ["image/png", png] as const,
      webp: ["image/webp", webps[index % webps.length] ?? Buffer.alloc(0)] as const,
      // Cut off in the middle.
      corrupt: ["image/jpeg", jpeg.subarray(0, jpeg.length / 2)] as const,
      text: ["text/plain", Buffer.from("Not a picture: ")] as const,
      mismatched: ["image/png", jpeg] as const,
    }[content];
    const bytes = Buffer.concat([start, Buffer.from(`asset ${index}`)]);
    return { contentType, bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
  };
}
