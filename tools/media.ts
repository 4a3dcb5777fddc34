/** Media types by the first bytes of a file. */
const signatures: readonly (readonly [string, RegExp])[] = [
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/png", /^\x89PNG\r\n\x1a\n/],
  ["image/gif", /^GIF8[79]a/],
  ["image/webp", /^RIFF.{4}WEBP/s],
  ["image/avif", /^.{4}ftypavi[fs]/s],
  ["image/heic", /^.{4}ftyp(?:hei[cx]|mif1)/s],
  ["image/tiff", /^(?:II\*\0|MM\0\*)/],
  ["image/bmp", /^BM.{4}\0{4}/s],
  ["video/quicktime", /^.{4}ftypqt /s],
  ["video/mp4", /^.{4}ftyp(?:isom|iso[2-9]|mp4[12]|avc1|M4V )/s],
  ["video/webm", /^\x1aE\xdf\xa3.{0,60}webm/s],
  ["application/pdf", /^%PDF-/],
];

/** Bytes of a file's beginning that decide. */
export const signatureBytes = 64;

/** The media type of a file by its first bytes. Undefined if they are of none that is known. */
export function mediaTypeOf(beginning: Buffer): string | undefined {
  const text = beginning.toString("latin1", 0, signatureBytes);
  return signatures.find(([, signature]) => signature.test(text))?.[0];
}
