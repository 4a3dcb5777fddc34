import { consistsOf } from "./asset.ts";

/** Largest object that an upload URL is signed for: 100 MiB. */
export const maxContentLength = 104_857_600;

/** How long an upload URL may be used, in seconds. */
export const uploadSeconds = 300;

/** Longest life of a download URL, in seconds. */
export const maxDownloadSeconds = 3600;

/** Most items of a list page. */
export const maxPage = 100;

/** Types that a browser would run if it were given the object's URL. */
const refusedTypes = [
  "text/html",
  "application/xhtml+xml",
  "image/svg+xml",
  "text/javascript",
  "application/javascript",
];

const lower = "abcdefghijklmnopqrstuvwxyz";
const digits = "0123456789";
const base64 = `${lower}${lower.toUpperCase()}${digits}+/=`;

export interface AssetInput {
  contentType: string;
  contentLength: number;
  sha256?: string | null;
  filename?: string | null;
  callbackUrl?: string | null;
  clientToken?: string | null;
}

/** What is wrong with an input, for the caller to read, or undefined. */
export function problemOfAsset(input: AssetInput): string | undefined {
  if (!isContentType(input.contentType)) {
    return "contentType: must be a lower-case media type such as image/jpeg, without parameters";
  }
  if (refusedTypes.indexOf(input.contentType) >= 0) {
    return `contentType: ${input.contentType} is not accepted`;
  }
  if (input.contentLength < 1 || input.contentLength > maxContentLength) {
    return `contentLength: must be 1 to ${maxContentLength} bytes`;
  }
  if (input.sha256 && !isSha256(input.sha256)) {
    return "sha256: must be 64 hexadecimal digits or 44 characters of base64";
  }
  return (
    problemOfLength("filename", input.filename, 255) ?? problemOfLength("clientToken", input.clientToken, 128)
  );
}

export interface UserInput {
  id?: string | null;
  name?: string | null;
  firstName?: string | null;
  lastName?: string | null;
}

/** A user is known by one name, or by a first and a last one. */
export function problemOfUser(input: UserInput, named: boolean): string | undefined {
  if (input.name && (input.firstName || input.lastName)) {
    return "name: give either name, or firstName and lastName";
  }
  if (!!input.firstName !== !!input.lastName) {
    return "firstName and lastName: give both";
  }
  if (named && !input.name && !input.firstName) {
    return "name: give name, or firstName and lastName";
  }
  return (
    problemOfLength("id", input.id, 128) ??
    problemOfLength("name", input.name, 200) ??
    problemOfLength("firstName", input.firstName, 100) ??
    problemOfLength("lastName", input.lastName, 100)
  );
}

/** Null and undefined pass: whether a field may be absent is not a question of its length. */
function problemOfLength(field: string, text: string | null | undefined, most: number): string | undefined {
  if (text === null || text === undefined) {
    return undefined;
  }
  return text.trim().length === 0 || text.length > most
    ? `${field}: must be 1 to ${most} characters`
    : undefined;
}

function isContentType(text: string): boolean {
  const parts = text.split("/");
  return (
    text.length <= 127 &&
    parts.length === 2 &&
    parts.every((part) => part.length > 0 && consistsOf(part, `${lower}${digits}!#$&-^_.+`))
  );
}

const isSha256 = (text: string): boolean =>
  (text.length === 64 && consistsOf(text.toLowerCase(), `${digits}abcdef`)) ||
  (text.length === 44 && text.endsWith("=") && consistsOf(text, base64));
