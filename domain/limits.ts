import { consistsOf } from "./asset.ts";
import { problemOfType } from "./media.ts";
import type { CreateAssetInput, CreateUserInput, UpdateUserInput } from "./schema.ts";
import { problemOfText, problemOfUserId } from "./text.ts";

/** Maximum size of an upload in bytes: 100 MiB. */
export const maxContentLength = 104_857_600;

/** Validity of an upload URL, in seconds. */
export const uploadSeconds = 300;

/** Maximum validity of a download URL, in seconds. */
export const maxDownloadSeconds = 3600;

/** Maximum length of an asset's title, in characters. */
export const maxTitle = 255;

/** Maximum number of items on a list page. */
export const maxPage = 100;

const lower = "abcdefghijklmnopqrstuvwxyz";
const digits = "0123456789";
const base64 = `${lower}${lower.toUpperCase()}${digits}+/`;

/** The characters that can end the base64 of 32 bytes, before the padding: their last two bits are 0. */
const lastOf32 = "AEIMQUYcgkosw048";

/** The error message for an invalid input, or undefined. */
export function problemOfAsset(input: CreateAssetInput): string | undefined {
  const typeProblem = problemOfType(input.contentType);
  if (typeProblem) {
    return typeProblem;
  }
  if (input.contentLength < 1 || input.contentLength > maxContentLength) {
    return `contentLength: must be 1 to ${maxContentLength} bytes`;
  }
  if (input.sha256 !== null && input.sha256 !== undefined && !isSha256(input.sha256)) {
    return "sha256: must be 32 bytes, as 64 hexadecimal digits or as 44 characters of base64";
  }
  return (
    problemOfText("filename", input.filename, 255) ??
    problemOfText("title", input.title, maxTitle) ??
    problemOfText("clientToken", input.clientToken, 128)
  );
}

/** The fields that the inputs of createUser and updateUser share. */
export type UserInput = Partial<Pick<CreateUserInput, keyof CreateUserInput & keyof UpdateUserInput>>;

/**
 * The error message for an invalid user, or undefined. A user has either a full name, or a first and a last name.
 * @param named whether a name is required
 */
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
    problemOfUserId(input.id) ??
    problemOfText("name", input.name, 200) ??
    problemOfText("firstName", input.firstName, 100) ??
    problemOfText("lastName", input.lastName, 100) ??
    problemOfText("email", input.email, 254)
  );
}

/** Hexadecimal, or base64 with padding. Any other text is not 32 bytes, so no upload could match it. */
const isSha256 = (text: string): boolean =>
  (text.length === 64 && consistsOf(text.toLowerCase(), `${digits}abcdef`)) ||
  (text.length === 44 &&
    text.endsWith("=") &&
    consistsOf(text.slice(0, 43), base64) &&
    lastOf32.indexOf(text.slice(42, 43)) >= 0);
