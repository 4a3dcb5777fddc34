import { randomUUID } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import sharp, { type Sharp } from "sharp";

/** A picture that Rekognition accepts. Its bytes are new each time, because the same bytes are labelled only once. */
export const jpeg = async (background = "teal"): Promise<Buffer> => {
  const picture = sharp({ create: { width: 320, height: 200, channels: 3, background } });
  return Buffer.concat([await picture.jpeg().toBuffer(), Buffer.from(randomUUID())]);
};

export const png = (): Promise<Buffer> =>
  sharp({ create: { width: 100, height: 100, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0.5 } } })
    .png()
    .toBuffer();

/** A JPEG that is cut off. */
export const corruptJpeg = async (): Promise<Buffer> => {
  const whole = await jpeg();
  return whole.subarray(0, Math.floor(whole.length / 2));
};

/** A picture whose four corners have colours of their own: red and green above, blue and white below. */
export const corners = (width: number, height: number): Sharp => {
  const pixels = Buffer.alloc(width * height * 3);
  for (let at = 0; at < width * height; at += 1) {
    const right = at % width >= width / 2;
    const below = Math.floor(at / width) >= height / 2;
    const colour = below ? (right ? [255, 255, 255] : [0, 0, 255]) : right ? [0, 255, 0] : [255, 0, 0];
    pixels.set(colour, at * 3);
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
};

/** The names of the colours of a picture's corners: above left, above right, below left, below right. */
export async function cornersOf(bytes: Buffer): Promise<string> {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const colourAt = (x: number, y: number): string => {
    const at = (y * info.width + x) * info.channels;
    return Array.from(data.subarray(at, at + 3), (value) => (value > 128 ? "1" : "0")).join("");
  };
  const [right, below] = [info.width - 3, info.height - 3];
  const names: Record<string, string> = { "100": "red", "010": "green", "001": "blue", "111": "white" };
  return [colourAt(2, 2), colourAt(right, 2), colourAt(2, below), colourAt(right, below)]
    .map((colour) => names[colour] ?? colour)
    .join(" ");
}

/** A PNG of a few hundred bytes whose header declares these dimensions. Its data decodes to zeros without end. */
export function pixelBomb(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.alloc(1_000_000))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}
