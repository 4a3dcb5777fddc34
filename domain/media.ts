/**
 * The media types that may be uploaded, by their registered names where they have one. A browser runs none of them as
 * code. Other files are uploaded as application/octet-stream.
 */
export const mediaTypes = [
  "image/jpeg",
  "image/png",
  "image/apng",
  "image/gif",
  "image/webp",
  "image/avif",
  "image/heic",
  "image/heif",
  "image/heic-sequence",
  "image/heif-sequence",
  "image/tiff",
  "image/bmp",
  "image/jxl",
  "image/jp2",
  "image/x-icon",
  "image/vnd.microsoft.icon",
  "image/vnd.adobe.photoshop",
  "video/mp4",
  "video/quicktime",
  "video/webm",
  "video/ogg",
  "video/x-matroska",
  "video/x-msvideo",
  "audio/mpeg",
  "audio/mp4",
  "audio/aac",
  "audio/flac",
  "audio/ogg",
  "audio/opus",
  "audio/wav",
  "audio/webm",
  "application/ogg",
  "application/pdf",
  "application/rtf",
  "application/msword",
  "application/vnd.ms-excel",
  "application/vnd.ms-powerpoint",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  "application/vnd.oasis.opendocument.text",
  "application/vnd.oasis.opendocument.spreadsheet",
  "application/vnd.oasis.opendocument.presentation",
  "application/epub+zip",
  "application/zip",
  "application/gzip",
  "application/x-tar",
  "application/x-7z-compressed",
  "application/json",
  "application/octet-stream",
  "text/plain",
  "text/csv",
  "text/markdown",
  "text/rtf",
];

/** Aliases that browsers and systems use. */
const otherNames: [string, string][] = [
  ["image/jpg", "image/jpeg"],
  ["image/pjpeg", "image/jpeg"],
  ["image/x-png", "image/png"],
  ["image/tif", "image/tiff"],
  ["image/x-bmp", "image/bmp"],
  ["image/x-ms-bmp", "image/bmp"],
  ["image/x-photoshop", "image/vnd.adobe.photoshop"],
  ["video/avi", "video/x-msvideo"],
  ["video/mov", "video/quicktime"],
  ["audio/mp3", "audio/mpeg"],
  ["audio/m4a", "audio/mp4"],
  ["audio/x-m4a", "audio/mp4"],
  ["audio/wave", "audio/wav"],
  ["audio/x-wav", "audio/wav"],
  ["audio/x-flac", "audio/flac"],
  ["application/x-pdf", "application/pdf"],
  ["application/x-zip", "application/zip"],
  ["application/x-zip-compressed", "application/zip"],
  ["application/x-gzip", "application/gzip"],
  ["text/json", "application/json"],
  ["text/x-markdown", "text/markdown"],
];

/** The error message for an invalid media type, or undefined. An alias is refused, because the type is signed. */
export function problemOfType(type: string): string | undefined {
  if (mediaTypes.indexOf(type) >= 0) {
    return undefined;
  }
  const given = type.toLowerCase().split(";")[0] ?? "";
  const name = given.trim();
  const alias = otherNames.find(([other]) => other === name);
  const right = alias ? alias[1] : name;
  if (mediaTypes.indexOf(right) >= 0) {
    return `contentType: must be ${right}, in lower case, without parameters`;
  }
  return "contentType: must be one of the allowed types; upload other files as application/octet-stream";
}
