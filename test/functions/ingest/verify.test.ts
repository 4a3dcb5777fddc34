import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import sharp from "sharp";
import { verify } from "../../../functions/ingest/verify.ts";

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "teal" } });

let jpeg: Buffer;
let png: Buffer;

beforeAll(async () => {
  jpeg = await picture(200, 100).jpeg().toBuffer();
  png = await picture(200, 100).png().toBuffer();
});

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
  verdict.kind === "labellable" ? verdict.kind : `${verdict.kind} ${verdict.error.code}`;

describe("an upload that is what was signed for", () => {
  it("is to be labelled if it is JPEG or PNG", () => {
    expect(codeOf(verify(asset(jpeg, "image/jpeg"), object(jpeg, "image/jpeg")))).toBe("labellable");
    expect(codeOf(verify(asset(png, "image/png"), object(png, "image/png")))).toBe("labellable");
  });

  it("may have its checksum in hexadecimal", () => {
    const digest = createHash("sha256").update(jpeg);
    const hex = digest.copy().digest("hex");
    const base64 = digest.digest("base64");
    expect(codeOf(verify(asset(jpeg, "image/jpeg", hex), object(jpeg, "image/jpeg", base64)))).toBe(
      "labellable",
    );
  });

  it.each(["text/plain", "image/webp", "application/pdf"])("is skipped if it is %s", (type) => {
    const bytes = Buffer.from("some bytes");
    expect(codeOf(verify(asset(bytes, type), object(bytes, type)))).toBe("skipped NotAnImage");
  });

  it("is skipped if Rekognition would not take its dimensions", async () => {
    const small = await picture(79, 200).jpeg().toBuffer();
    const long = await picture(10_001, 80).png().toBuffer();
    const many = await picture(9000, 6000).png().toBuffer();
    expect(codeOf(verify(asset(small, "image/jpeg"), object(small, "image/jpeg")))).toBe(
      "skipped ImageDimensions",
    );
    expect(codeOf(verify(asset(long, "image/png"), object(long, "image/png")))).toBe(
      "skipped ImageDimensions",
    );
    expect(codeOf(verify(asset(many, "image/png"), object(many, "image/png")))).toBe("skipped ImageTooLarge");
  });

  it("is skipped if it is too large to be labelled", () => {
    const huge = { ...asset(jpeg, "image/jpeg"), contentLength: 16 * 1024 * 1024 };
    expect(codeOf(verify(huge, { ...object(jpeg, "image/jpeg"), contentLength: 16 * 1024 * 1024 }))).toBe(
      "skipped ImageTooLarge",
    );
  });

  it("is left to Rekognition if its header cannot be read", () => {
    const corrupt = Buffer.concat([jpeg.subarray(0, 4), Buffer.alloc(100)]);
    expect(codeOf(verify(asset(corrupt, "image/jpeg"), object(corrupt, "image/jpeg")))).toBe("labellable");
  });
});

describe("an upload that is not what was signed for", () => {
  it("is rejected by its size", () => {
    expect(
      codeOf(verify({ ...asset(jpeg, "image/jpeg"), contentLength: 1 }, object(jpeg, "image/jpeg"))),
    ).toBe("rejected SizeMismatch");
  });

  it("is rejected by its type", () => {
    expect(codeOf(verify(asset(jpeg, "image/jpeg"), object(jpeg, "image/png")))).toBe(
      "rejected TypeMismatch",
    );
  });

  it("is rejected by its checksum, and for having none", () => {
    const wanted = asset(jpeg, "image/jpeg", "a".repeat(64));
    expect(codeOf(verify(wanted, object(jpeg, "image/jpeg", "b")))).toBe("rejected ChecksumMismatch");
    expect(codeOf(verify(wanted, object(jpeg, "image/jpeg")))).toBe("rejected ChecksumMismatch");
  });

  it.each(["image/jpeg", "image/png"])("is rejected if it only says that it is %s", (type) => {
    const page = Buffer.from("<html><script>alert(1)</script></html>");
    expect(codeOf(verify(asset(page, type), object(page, type)))).toBe("rejected ContentMismatch");
  });

  it("is rejected if it is empty", () => {
    const nothing = new Uint8Array();
    expect(codeOf(verify(asset(nothing, "image/png"), object(nothing, "image/png")))).toBe(
      "rejected ContentMismatch",
    );
  });
});
