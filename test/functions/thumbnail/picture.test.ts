import { describe, expect, it } from "@jest/globals";
import sharp from "sharp";
import { render, type Rendered } from "../../../functions/thumbnail/picture.ts";
import { corners, cornersOf, jpeg, pixelBomb } from "../../support/pictures.ts";

/** Renders a picture that must be rendered. */
async function rendered(bytes: Buffer): Promise<Rendered> {
  const result = await render(bytes, ["SMALL", "LARGE", "LABEL"]);
  if ("refused" in result) {
    throw new Error(result.refused.code);
  }
  return result;
}

async function refusal(bytes: Buffer): Promise<string | undefined> {
  const result = await render(bytes, ["SMALL"]);
  return "refused" in result ? result.refused.code : undefined;
}

const file = (result: Rendered, name: "SMALL" | "LARGE" | "LABEL"): Buffer =>
  result.files[name] ?? Buffer.alloc(0);

const metadataOf = (result: Rendered, name: "SMALL" | "LARGE" | "LABEL") =>
  sharp(file(result, name)).metadata();

describe("renditions", () => {
  it("have 320 and 1280 pixels on the longer side as WebP; for labelling they are JPEG", async () => {
    const result = await rendered(await corners(3000, 1500).jpeg().toBuffer());
    expect(result).toMatchObject({ width: 3000, height: 1500, large: { width: 1280, height: 640 } });
    expect(await metadataOf(result, "SMALL")).toMatchObject({ format: "webp", width: 320, height: 160 });
    expect(await metadataOf(result, "LARGE")).toMatchObject({ format: "webp", width: 1280, height: 640 });
    expect(await metadataOf(result, "LABEL")).toMatchObject({ format: "jpeg", width: 1280, height: 640 });
  });

  it("are made at the second try if no decoder was open at the first", async () => {
    const bytes = await jpeg();
    const decoders = ["Jpeg", "Png", "Webp", "Nsgif", "Heif"].map(
      (format) => `VipsForeignLoad${format}Buffer`,
    );
    sharp.block({ operation: decoders });
    const result = rendered(bytes);
    await expect(sharp(bytes).metadata()).rejects.toThrow("unsupported image format");
    sharp.unblock({ operation: decoders });
    expect(Object.keys((await result).files)).toEqual(["SMALL", "LARGE", "LABEL"]);
  });

  it("are made only as requested", async () => {
    const result = await render(await jpeg(), ["SMALL", "LARGE"]);
    expect("files" in result && Object.keys(result.files)).toEqual(["SMALL", "LARGE"]);
  });

  it.each([
    [100, 60],
    [320, 320],
  ])("are never enlarged: %dx%d", async (width, height) => {
    const result = await rendered(await corners(width, height).png().toBuffer());
    expect(await metadataOf(result, "SMALL")).toMatchObject({ width, height });
    expect(await metadataOf(result, "LARGE")).toMatchObject({ width, height });
  });

  it("of a thin picture keep one pixel", async () => {
    const result = await rendered(await corners(9000, 2).png().toBuffer());
    expect(await metadataOf(result, "SMALL")).toMatchObject({ width: 320, height: 1 });
  });

  // https://www.cipa.jp/std/documents/e/DC-008-2012_E.pdf, 4.6.4, tag Orientation
  it.each([
    [1, "red green blue white", 600, 400],
    [2, "green red white blue", 600, 400],
    [3, "white blue green red", 600, 400],
    [4, "blue white red green", 600, 400],
    [5, "red blue green white", 400, 600],
    [6, "blue red white green", 400, 600],
    [7, "white green blue red", 400, 600],
    [8, "green white red blue", 400, 600],
  ])("are rotated by the EXIF orientation %d", async (orientation, shown, width, height) => {
    const bytes = await corners(600, 400).jpeg().withMetadata({ orientation }).toBuffer();
    const result = await rendered(bytes);
    expect(result).toMatchObject({ width, height });
    expect(await cornersOf(file(result, "SMALL"))).toBe(shown);
    expect(await cornersOf(file(result, "LABEL"))).toBe(shown);
    expect((await metadataOf(result, "LABEL")).orientation).toBeUndefined();
  });

  it("have no metadata: no place, no camera, no profile, no comment", async () => {
    const bytes = await corners(600, 400)
      .withExif({
        IFD0: { Copyright: "Alice" },
        IFD3: { GPSLatitude: "48/1 51/1 30/1", GPSLatitudeRef: "N" },
      })
      .withIccProfile("p3")
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><secret/></x:xmpmeta>')
      .jpeg()
      .toBuffer();
    expect(await sharp(bytes).metadata()).toMatchObject({ exif: expect.anything(), xmp: expect.anything() });
    const result = await rendered(bytes);
    for (const name of ["SMALL", "LARGE", "LABEL"] as const) {
      const { exif, icc, iptc, xmp } = await metadataOf(result, name);
      expect({ exif, icc, iptc, xmp }).toEqual({});
      expect(file(result, name).includes("Alice")).toBe(false);
    }
  });
});

describe("a picture of any kind", () => {
  it("keeps its transparency; for labelling it is on white", async () => {
    const clear = { r: 255, g: 0, b: 0, alpha: 0 };
    const bytes = await sharp({ create: { width: 600, height: 400, channels: 4, background: clear } })
      .png()
      .toBuffer();
    const result = await rendered(bytes);
    expect((await sharp(file(result, "SMALL")).stats()).isOpaque).toBe(false);
    const { channels } = await sharp(file(result, "LABEL")).stats();
    expect(channels.map(({ mean }) => Math.round(mean))).toEqual([255, 255, 255]);
  });

  it.each(["gif", "webp"] as const)("is shown by its first frame: %s", async (format) => {
    const frames = await Promise.all(
      ["red", "lime"].map((background) =>
        sharp({ create: { width: 90, height: 60, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const bytes = await sharp(frames, { join: { animated: true } })
      .toFormat(format)
      .toBuffer();
    expect((await sharp(bytes).metadata()).pages).toBe(2);
    const result = await rendered(bytes);
    expect(result).toMatchObject({ width: 90, height: 60 });
    expect(await metadataOf(result, "SMALL")).toMatchObject({ width: 90, height: 60 });
    expect(await cornersOf(file(result, "SMALL"))).toBe("red red red red");
  });

  it.each(["jpeg", "png", "gif", "webp", "avif"] as const)("can be %s", async (format) => {
    const bytes = await corners(200, 100).toFormat(format).toBuffer();
    const result = await rendered(bytes);
    expect(result).toMatchObject({ width: 200, height: 100 });
    expect(await cornersOf(file(result, "LARGE"))).toBe("red green blue white");
  });

  it("can be CMYK, and becomes sRGB", async () => {
    const bytes = await corners(200, 100).toColourspace("cmyk").jpeg().toBuffer();
    expect((await sharp(bytes).metadata()).space).toBe("cmyk");
    const result = await rendered(bytes);
    expect((await metadataOf(result, "LARGE")).space).toBe("srgb");
    expect((await cornersOf(file(result, "LARGE"))).startsWith("red")).toBe(true);
  });

  it("can have 16 bits, or only grey", async () => {
    const deep = await corners(200, 100).toColourspace("rgb16").png().toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe("ushort");
    expect(await cornersOf(file(await rendered(deep), "LARGE"))).toBe("red green blue white");
    const grey = await corners(200, 100).toColourspace("b-w").png().toBuffer();
    expect((await metadataOf(await rendered(grey), "LABEL")).space).toBe("srgb");
  });

  it("can be an interlaced PNG or a progressive JPEG", async () => {
    for (const bytes of [
      await corners(700, 500).png({ progressive: true }).toBuffer(),
      await corners(700, 500).jpeg({ progressive: true }).toBuffer(),
    ]) {
      expect(await rendered(bytes)).toMatchObject({ width: 700, height: 500 });
    }
  });
});

describe("an attack", () => {
  it("by pixels is refused by its header, before it is decoded", async () => {
    const bomb = pixelBomb(50_000, 50_000);
    expect(bomb.length).toBeLessThan(2000);
    const before = process.memoryUsage().rss;
    const started = performance.now();
    expect(await refusal(bomb)).toBe("ImageTooLarge");
    expect(performance.now() - started).toBeLessThan(1000);
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
  });

  it("by a header that does not match its data has a small result or none", async () => {
    const result = await render(pixelBomb(100, 100), ["LARGE"]);
    expect("refused" in result || result.large).toEqual({ width: 100, height: 100 });
    expect(await refusal(pixelBomb(7000, 7000))).toBe("ImageDamaged");
  });

  it("by a bomb in the EXIF thumbnail has no effect, because that thumbnail is not read", async () => {
    const picture = await corners(200, 100).jpeg().toBuffer();
    const tiff = Buffer.from("Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0", "latin1");
    const body = Buffer.concat([tiff, pixelBomb(50_000, 50_000)]);
    const head = Buffer.from([0xff, 0xe1, (body.length + 2) >> 8, (body.length + 2) & 0xff]);
    const bytes = Buffer.concat([picture.subarray(0, 2), head, body, picture.subarray(2)]);
    expect(await rendered(bytes)).toMatchObject({ width: 200, height: 100 });
  });

  it.each(["jpeg", "png", "gif", "webp", "avif"] as const)(
    "by half a file is refused: %s",
    async (format) => {
      const whole = await corners(600, 400).toFormat(format).toBuffer();
      expect(await refusal(whole.subarray(0, Math.floor(whole.length / 2)))).toBe("ImageDamaged");
    },
  );

  it.each([
    ["nothing", ""],
    ["text", "This is a text."],
    [
      "an SVG",
      '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><rect width="9" height="9"/></svg>',
    ],
    ["a PDF", "%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"],
    ["a format of libvips that reads other files", "\x08\xf2\xa6\xb6"],
    ["a table of numbers", "1,2,3\n4,5,6\n"],
    ["a TIFF", "II*\0\x08\0\0\0\0\0"],
    ["a HEIC", "\0\0\0\x18ftypheic\0\0\0\0mif1heic"],
    ["a magic number alone", "\xff\xd8\xff\xe0"],
  ])("by %s is refused", async (_, text) => {
    expect(await refusal(Buffer.from(text, "latin1"))).toBe("ImageDamaged");
  });
});
