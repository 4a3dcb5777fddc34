/** Maximum length of a user's id, in characters. A DynamoDB key can hold more. */
export const maxUserId = 128;

/** The error message for an invalid text, or undefined. Null and undefined are valid. */
export function problemOfText(
  field: string,
  text: string | null | undefined,
  maxLength: number,
): string | undefined {
  if (text === null || text === undefined) {
    return undefined;
  }
  if (text.length > maxLength || text.trim().length === 0) {
    return `${field}: must be 1 to ${maxLength} characters`;
  }
  return isPlain(text) ? undefined : `${field}: must not contain control characters or unpaired surrogates`;
}

/** What the tables keep for all users together has owners that begin with it: `#admins`, `#all`, `#purged`. */
const reserved = "#";

/** The error message for an invalid id of a user, or undefined. Null and undefined are valid. */
export const problemOfUserId = (id: string | null | undefined): string | undefined =>
  id?.startsWith(reserved) ? `id: must not begin with ${reserved}` : problemOfText("id", id, maxUserId);

/** Whether a text has the form of a user's id. */
export const isUserId = (text: string): boolean => problemOfUserId(text) === undefined;

/**
 * True if the text has no control characters, which can break displays and stores, and no unpaired surrogates, which
 * UTF-8 cannot encode. `split` gives a pair as one element or two, depending on the runtime.
 */
function isPlain(text: string): boolean {
  const characters = text.split("");
  return characters.every((character, index) => {
    if (character.length > 1) {
      return true;
    }
    if (isHigh(character)) {
      return isLow(characters[index + 1]);
    }
    return isLow(character) ? isHigh(characters[index - 1]) : !isControl(character);
  });
}

const isBetween = (character: string | undefined, first: string, last: string): boolean =>
  character !== undefined && character >= first && character <= last;

const isHigh = (character: string | undefined): boolean => isBetween(character, "\ud800", "\udbff");

const isLow = (character: string | undefined): boolean => isBetween(character, "\udc00", "\udfff");

const isControl = (character: string): boolean =>
  isBetween(character, "\u0000", "\u001f") || isBetween(character, "\u007f", "\u009f");
