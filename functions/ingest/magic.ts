/**
 * The first bytes of files by media type. Types without a signature, such as text, are not listed. Text can contain HTML,
 * but a download is an attachment of the declared type, so browsers do not run it.
 */

/** Bytes at an offset. `?` matches any byte. */
interface Sign {
  readonly at: number;
  readonly bytes: readonly (number | "?")[];
}

const sign = (at: number, text: string): Sign => ({
  at,
  bytes: Array.from(text, (character) => (character === "?" ? "?" : character.charCodeAt(0))),
});

const begins = (...texts: string[]): Sign[] => texts.map((text) => sign(0, text));

/** ISO base media files, by the brand in the first box. */
const brands = (...names: string[]): Sign[] => names.map((name) => sign(4, `ftyp${name}`));

const jpeg = begins("\xff\xd8\xff");
const png = begins("\x89PNG\r\n\x1a\n");
const zip = begins("PK\x03\x04", "PK\x05\x06", "PK\x07\x08");
const ogg = begins("OggS");
const matroska = begins("\x1a\x45\xdf\xa3");
const heif = brands("heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1");
const mp4 = brands("");
const wave = begins("RIFF????WAVE");
const icon = begins("\0\0\x01\0");
const office = "application/vnd.openxmlformats-officedocument";

const signs: Readonly<Record<string, readonly Sign[]>> = {
  "image/jpeg": jpeg,
  "image/png": png,
  "image/apng": png,
  "image/gif": begins("GIF87a", "GIF89a"),
  "image/webp": begins("RIFF????WEBP"),
  "image/avif": brands("avif", "avis"),
  "image/heic": heif,
  "image/heif": heif,
  "image/heic-sequence": heif,
  "image/heif-sequence": heif,
  "image/tiff": begins("II*\0", "MM\0*", "II+\0", "MM\0+"),
  "image/bmp": begins("BM"),
  "image/x-icon": icon,
  "image/vnd.microsoft.icon": icon,
  "image/jxl": begins("\xff\x0a", "\0\0\0\x0cJXL \r\n\x87\n"),
  "image/jp2": begins("\0\0\0\x0cjP  \r\n\x87\n"),
  "image/vnd.adobe.photoshop": begins("8BPS"),
  "application/pdf": begins("%PDF-"),
  "application/zip": zip,
  "application/epub+zip": zip,
  [`${office}.wordprocessingml.document`]: zip,
  [`${office}.spreadsheetml.sheet`]: zip,
  [`${office}.presentationml.presentation`]: zip,
  "application/vnd.oasis.opendocument.text": zip,
  "application/vnd.oasis.opendocument.spreadsheet": zip,
  "application/vnd.oasis.opendocument.presentation": zip,
  "application/gzip": begins("\x1f\x8b"),
  "application/x-7z-compressed": begins("7z\xbc\xaf\x27\x1c"),
  "application/x-tar": [sign(257, "ustar")],
  "application/msword": begins("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
  "application/vnd.ms-excel": begins("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
  "application/vnd.ms-powerpoint": begins("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
  "application/rtf": begins("{\\rtf"),
  "text/rtf": begins("{\\rtf"),
  "application/ogg": ogg,
  "audio/ogg": ogg,
  "video/ogg": ogg,
  "audio/opus": ogg,
  "audio/mpeg": begins("ID3", "\xff\xfa", "\xff\xfb", "\xff\xf2", "\xff\xf3", "\xff\xe2", "\xff\xe3"),
  "audio/aac": begins("\xff\xf1", "\xff\xf9", "ID3"),
  "audio/flac": begins("fLaC"),
  "audio/wav": wave,
  "audio/x-wav": wave,
  "audio/mp4": mp4,
  "audio/webm": matroska,
  "video/mp4": mp4,
  "video/quicktime": [...mp4, ...["moov", "mdat", "wide", "free", "skip"].map((box) => sign(4, box))],
  "video/webm": matroska,
  "video/x-matroska": matroska,
  "video/x-msvideo": begins("RIFF????AVI "),
  "font/woff": begins("wOFF"),
  "font/woff2": begins("wOF2"),
  "font/otf": begins("OTTO"),
  "font/ttf": begins("\0\x01\0\0", "true"),
};

/** Aliases of types. */
const aliases: Readonly<Record<string, string>> = {
  "image/jpg": "image/jpeg",
  "image/pjpeg": "image/jpeg",
  "image/x-png": "image/png",
};

/** The name of a type in `signs`. */
export const typeOf = (contentType: string): string => aliases[contentType] ?? contentType;

/** Types whose files have a signature. */
export const signedTypes = Object.keys(signs);

/** False if files of the type cannot begin with these bytes. */
export function mayBegin(contentType: string, head: Uint8Array): boolean {
  const known = signs[typeOf(contentType)];
  return (
    known === undefined ||
    known.some(({ at, bytes }) =>
      bytes.every((byte, index) => (byte === "?" ? at + index < head.length : head[at + index] === byte)),
    )
  );
}
