import { createHash } from "node:crypto";
import sharp, { type Sharp } from "sharp";
import type { Content } from "./journeys.ts";

/** The bytes of an upload, and their declared type. */
export interface Upload {
  readonly contentType: string;
  readonly bytes: Buffer;
  /** Hexadecimal. */
  readonly sha256: string;
}

const colours = ["teal", "tomato", "gold", "indigo", "silver", "olive"];

/** Pixels of all pictures that can be decoded, as people see them. */
export const sizeOf = (content: Content): { readonly width: number; readonly height: number } | undefined =>
  content === "rotated" ? { width: side.height, height: side.width } : content in formats ? side : undefined;

const side = { width: 160, height: 120 };

const formats = {
  jpeg: (picture: Sharp) => picture.jpeg(),
  rotated: (picture: Sharp) => picture.jpeg().withMetadata({ orientation: 6 }),
  png: (picture: Sharp) => picture.png(),
  webp: (picture: Sharp) => picture.webp(),
  gif: (picture: Sharp) => picture.gif(),
  avif: (picture: Sharp) => picture.avif(),
} as const satisfies Partial<Record<Content, (picture: Sharp) => Sharp>>;

/** Pictures that Rekognition gets as a rendition. */
export const isRendered = (content: Content): boolean => ["webp", "gif", "avif"].includes(content);

/** The pictures are drawn once. A text after the end of the picture makes each upload's bytes unique. */
export async function drawPictures(): Promise<(content: Content, index: number) => Upload> {
  const draw = (format: keyof typeof formats, background: string) =>
    formats[format](sharp({ create: { ...side, channels: 3, background } })).toBuffer();
  const drawn = new Map<Content, readonly Buffer[]>();
  for (const format of Object.keys(formats) as (keyof typeof formats)[]) {
    drawn.set(format, await Promise.all(colours.map((colour) => draw(format, colour))));
  }
  const picture = (content: Content, index: number) => drawn.get(content)?.[index % colours.length];
  return (content, index) => {
    const text = Buffer.from(`asset ${index}`);
    const jpeg = picture("jpeg", index) ?? Buffer.alloc(0);
    const others: Partial<Record<Content, Buffer>> = {
      heic: box("ftyp", Buffer.from("heic\0\0\0\0mif1heic")),
      bomb: bomb(),
      // Cut off in the middle.
      corrupt: jpeg.subarray(0, jpeg.length / 2),
      text: Buffer.from("Not a picture: "),
      mismatched: jpeg,
    };
    const start = picture(content, index) ?? others[content] ?? Buffer.alloc(0);
    const isBoxes = content === "avif" || content === "heic";
    const bytes = Buffer.concat([start, isBoxes ? box("free", text) : text]);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { contentType: contentTypes[content], bytes, sha256 };
  };
}

const contentTypes: Readonly<Record<Content, string>> = {
  jpeg: "image/jpeg",
  rotated: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  gif: "image/gif",
  avif: "image/avif",
  heic: "image/heic",
  bomb: "image/png",
  corrupt: "image/jpeg",
  text: "text/plain",
  mismatched: "image/png",
};

/** A box of ISO BMFF. Readers skip those named "free". */
function box(name: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length + 8, 0);
  head.write(name, 4, "latin1");
  return Buffer.concat([head, content]);
}

/** The beginning of a PNG that declares 2.5 billion pixels. */
function bomb(): Buffer {
  const header = Buffer.alloc(25);
  header.writeUInt32BE(13, 0);
  header.write("IHDR", 4, "latin1");
  header.writeUInt32BE(50_000, 8);
  header.writeUInt32BE(50_000, 12);
  header.set([8, 6, 0, 0, 0], 16);
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), header]);
}
