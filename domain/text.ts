/** Characters of a user's id, at most: well below what a key may hold. */
export const maxUserId = 128;

/** What is wrong with a text, for the caller to read. Null and undefined pass: absence is no question of form. */
export function problemOfText(
  field: string,
  text: string | null | undefined,
  most: number,
): string | undefined {
  if (text === null || text === undefined) {
    return undefined;
  }
  if (text.length > most || text.trim().length === 0) {
    return `${field}: must be 1 to ${most} characters`;
  }
  return isPlain(text) ? undefined : `${field}: must have no control characters and no half characters`;
}

/** False for an id that no user can have: it is looked for nowhere. */
export const isUserId = (text: string): boolean => problemOfText("id", text, maxUserId) === undefined;

/**
 * True without control characters, which end lines and texts where they are shown or stored, and without halves of a
 * surrogate pair, which UTF-8 has no bytes for. A pair may be one element or two, as the runtime splits it.
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
