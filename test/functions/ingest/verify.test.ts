import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import sharp from "sharp";
import { signedTypes } from "../../../functions/ingest/magic.ts";
import { verify } from "../../../functions/ingest/verify.ts";

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "teal" } });

let jpeg: Buffer;
let png: Buffer;

beforeAll(async () => {
  jpeg = await picture(200, 100).jpeg().toBuffer();
  png = await picture(200, 100).png().toBuffer();
});

/** The part of a JPEG that has its size, in a frame that begins with this marker. */
function jpegOf(width: number, height: number, marker = 0xc0): Buffer {
  const frame = Buffer.from([0xff, marker, 0, 11, 8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), frame]);
}

/** The part of a PNG that has its size. */
function pngOf(width: number, height: number): Buffer {
  const bytes = Buffer.from("89504e470d0a1a0a0000000d494844520000000000000000", "hex");
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

const asset = (bytes: Uint8Array, contentType: string, sha256?: string) => ({
  contentType,
  contentLength: bytes.length,
  ...(sha256 && { sha256 }),
});

const object = (bytes: Uint8Array, contentType: string, sha256?: string) => ({
  contentLength: bytes.length,
  contentType,
  sha256,
  head: bytes.subarray(0, 256 * 1024),
});

const codeOf = (verdict: ReturnType<typeof verify>) =>
  "error" in verdict ? `${verdict.kind} ${verdict.error.code}` : verdict.kind;

describe("an upload as it was signed", () => {
  it("is labelled if it is JPEG or PNG", () => {
    expect(codeOf(verify(asset(jpeg, "image/jpeg"), object(jpeg, "image/jpeg")))).toBe("labellable");
    expect(codeOf(verify(asset(png, "image/png"), object(png, "image/png")))).toBe("labellable");
  });

  it("can have its checksum in hexadecimal", () => {
    const digest = createHash("sha256").update(jpeg);
    const hex = digest.copy().digest("hex");
    const base64 = digest.digest("base64");
    expect(codeOf(verify(asset(jpeg, "image/jpeg", hex), object(jpeg, "image/jpeg", base64)))).toBe(
      "labellable",
    );
  });

  it.each([
    ["text/plain", "some bytes"],
    ["text/plain", "<html>"],
    ["application/octet-stream", "<html>"],
    ["image/heic", "\0\0\0\x18ftypheic"],
    ["image/tiff", "II*\0"],
    ["application/pdf", "%PDF-1.7"],
  ])("is skipped if it is %s and begins like it: %p", (type, text) => {
    const bytes = Buffer.from(text, "latin1");
    expect(codeOf(verify(asset(bytes, type), object(bytes, type)))).toBe("skipped NotAnImage");
  });

  it.each([
    ["image/webp", "RIFF\0\0\0\0WEBPVP8 "],
    ["image/gif", "GIF89a"],
    ["image/avif", "\0\0\0\x1cftypavif"],
    ["image/apng", "\x89PNG\r\n\x1a\n"],
  ])("is labelled by its rendition if it is %s", (type, text) => {
    const bytes = Buffer.from(text, "latin1");
    expect(codeOf(verify(asset(bytes, type), object(bytes, type)))).toBe("rendered");
  });

  it.each(["image/jpg", "image/pjpeg"])("is labelled under the other name of JPEG too: %s", (type) => {
    expect(codeOf(verify(asset(jpeg, type), object(jpeg, type)))).toBe("labellable");
  });

  it("is skipped or rendered if Rekognition refuses its dimensions", async () => {
    const small = await picture(79, 200).jpeg().toBuffer();
    const long = await picture(10_001, 80).png().toBuffer();
    const many = await picture(9000, 6000).png().toBuffer();
    expect(codeOf(verify(asset(small, "image/jpeg"), object(small, "image/jpeg")))).toBe(
      "skipped ImageDimensions",
    );
    expect(codeOf(verify(asset(long, "image/png"), object(long, "image/png")))).toBe("rendered");
    expect(codeOf(verify(asset(many, "image/png"), object(many, "image/png")))).toBe("skipped ImageTooLarge");
  });

  it.each([
    [80, 80, "labellable"],
    [79, 80, "skipped ImageDimensions"],
    [80, 79, "skipped ImageDimensions"],
    [0, 100, "skipped ImageDimensions"],
    [10_000, 5000, "labellable"],
    [5000, 10_000, "labellable"],
    [10_000, 5001, "skipped ImageTooLarge"],
    [10_001, 80, "rendered"],
    [80, 10_001, "rendered"],
    [10_001, 79, "skipped ImageDimensions"],
    [10_001, 5000, "skipped ImageTooLarge"],
    [10_000, 10_000, "skipped ImageTooLarge"],
  ])("of %i x %i pixels is %3$s, as JPEG and as PNG", (width, height, code) => {
    for (const [type, bytes] of [
      ["image/jpeg", jpegOf(width, height)],
      ["image/png", pngOf(width, height)],
    ] as const) {
      expect(codeOf(verify(asset(bytes, type), object(bytes, type)))).toBe(code);
    }
  });

  it.each([
    [15 * 1024 * 1024, "labellable"],
    [15 * 1024 * 1024 + 1, "rendered"],
    [50 * 1024 * 1024, "rendered"],
    [50 * 1024 * 1024 + 1, "skipped ImageTooLarge"],
  ])("of %i bytes is %s", (contentLength, code) => {
    const large = { ...asset(jpeg, "image/jpeg"), contentLength };
    expect(codeOf(verify(large, { ...object(jpeg, "image/jpeg"), contentLength }))).toBe(code);
  });

  it.each<[string, string, Buffer]>([
    ["a JPEG that ends before its frame", "image/jpeg", jpegOf(200, 100).subarray(0, -10)],
    ["a JPEG that has only a beginning", "image/jpeg", Buffer.from("ffd8ff", "hex")],
    ["a JPEG whose segments lead nowhere", "image/jpeg", Buffer.from("ffd8ffe00001ffffffffffffffff", "hex")],
    ["a JPEG with data before its frame", "image/jpeg", Buffer.from("ffd8ffda00080000000000000000", "hex")],
    ["a JPEG that ends at once", "image/jpeg", Buffer.from("ffd8ffd900080000000000000000", "hex")],
    [
      "a JPEG with something between segments",
      "image/jpeg",
      Buffer.from("ffd8ffe0000200c0001108ffffffff", "hex"),
    ],
    ["a PNG that ends before its size", "image/png", pngOf(200, 100).subarray(0, 23)],
    [
      "a PNG with another first chunk",
      "image/png",
      Buffer.from(pngOf(200, 100).toString("latin1").replace("IHDR", "CgBI"), "latin1"),
    ],
  ])("is labelled by its rendition if its size is not known: %s", (_, type, bytes) => {
    expect(codeOf(verify(asset(bytes, type), object(bytes, type)))).toBe("rendered");
  });

  it.each([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf])(
    "is measured whatever its frame is: %i",
    (marker) => {
      const bytes = jpegOf(10_000, 10_000, marker);
      expect(codeOf(verify(asset(bytes, "image/jpeg"), object(bytes, "image/jpeg")))).toBe(
        "skipped ImageTooLarge",
      );
    },
  );

  it.each([0xc4, 0xc8, 0xcc, 0xe0, 0xfe])("is not measured by a segment other than a frame: %i", (marker) => {
    const segment = Buffer.from([0xff, marker, 0, 11, 8, 0, 100, 0, 100, 0, 0, 0, 0]);
    const bytes = Buffer.concat([
      jpegOf(1, 1).subarray(0, 2),
      segment,
      Buffer.from([0xff]),
      jpegOf(9000, 9000).subarray(2),
    ]);
    expect(codeOf(verify(asset(bytes, "image/jpeg"), object(bytes, "image/jpeg")))).toBe(
      "skipped ImageTooLarge",
    );
  });
});

describe("an upload that differs from what was signed", () => {
  it("is rejected by its size", () => {
    expect(
      codeOf(verify({ ...asset(jpeg, "image/jpeg"), contentLength: 1 }, object(jpeg, "image/jpeg"))),
    ).toBe("rejected SizeMismatch");
  });

  it.each([-1, 1])("is rejected by a size that differs by %i", (difference) => {
    const other = { ...object(jpeg, "image/jpeg"), contentLength: jpeg.length + difference };
    expect(codeOf(verify(asset(jpeg, "image/jpeg"), other))).toBe("rejected SizeMismatch");
  });

  it("is rejected by its type", () => {
    expect(codeOf(verify(asset(jpeg, "image/jpeg"), object(jpeg, "image/png")))).toBe(
      "rejected TypeMismatch",
    );
  });

  it("is rejected by its checksum, and without one", () => {
    const wanted = asset(jpeg, "image/jpeg", "a".repeat(64));
    expect(codeOf(verify(wanted, object(jpeg, "image/jpeg", "b")))).toBe("rejected ChecksumMismatch");
    expect(codeOf(verify(wanted, object(jpeg, "image/jpeg")))).toBe("rejected ChecksumMismatch");
  });

  it.each([...signedTypes, "image/jpg", "image/pjpeg"])(
    "is rejected if it only says that it is %s",
    (type) => {
      const page = Buffer.from("<html><script>alert(1)</script></html>".padEnd(300));
      expect(codeOf(verify(asset(page, type), object(page, type)))).toBe("rejected ContentMismatch");
    },
  );

  it("is rejected if it is empty", () => {
    const nothing = new Uint8Array();
    expect(codeOf(verify(asset(nothing, "image/png"), object(nothing, "image/png")))).toBe(
      "rejected ContentMismatch",
    );
  });
});

describe("the beginning of a file", () => {
  it.each<[string, string]>([
    ["image/heic", "\0\0\0\x18ftypheic"],
    ["image/tiff", "II*\0"],
    ["image/bmp", "BM6"],
    ["application/zip", "PK\x03\x04"],
    ["application/x-tar", `${"\0".repeat(257)}ustar`],
    ["video/mp4", "\0\0\0\x18ftyp"],
    ["video/quicktime", "\0\0\0\x08wide"],
    ["video/webm", "\x1a\x45\xdf\xa3"],
    ["audio/mpeg", "\xff\xfb\x90"],
    ["audio/wav", "RIFF\x24\0\0\0WAVE"],
  ])("that is right for its type is taken: %s", (type, text) => {
    const bytes = Buffer.from(text, "latin1");
    expect(codeOf(verify(asset(bytes, type), object(bytes, type)))).toBe("skipped NotAnImage");
    const shorter = bytes.subarray(0, -1);
    const isSign = !["image/bmp", "audio/mpeg"].includes(type);
    expect(codeOf(verify(asset(shorter, type), object(shorter, type)))).toBe(
      isSign ? "rejected ContentMismatch" : "skipped NotAnImage",
    );
  });

  it("of another type of the same family is rejected", () => {
    const wave = Buffer.from("RIFF\x24\0\0\0WAVEfmt ", "latin1");
    expect(codeOf(verify(asset(wave, "image/webp"), object(wave, "image/webp")))).toBe(
      "rejected ContentMismatch",
    );
    expect(codeOf(verify(asset(png, "image/jpeg"), object(png, "image/jpeg")))).toBe(
      "rejected ContentMismatch",
    );
  });
});
