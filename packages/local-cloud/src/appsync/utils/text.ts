import { JavaPattern } from "./java-pattern.ts";
import { UtilityFault } from "./signals.ts";

/** The string functions of `util`, with Java's results: AppSync's utilities run on Java. */
export const text = {
  escapeJavaScript: (value: string): string => value.replace(/["'\\/]|[^\x20-\x7f]/g, escapeCharacter),

  /** As Java's `URLEncoder`: a space becomes `+`, and only letters, digits and `.-*_` stay. */
  urlEncode: (value: string): string =>
    encodeURIComponent(value.replace(/\p{Surrogate}/gu, "?"))
      .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll("%20", "+"),

  urlDecode(value: string): string {
    const malformed = /%(?![0-9a-f]{2})/iu.exec(value);
    if (malformed !== null) {
      throw new UtilityFault(
        `urlDecode: malformed escape ${value.slice(malformed.index, malformed.index + 3)}`,
      );
    }
    const spaced = value.replaceAll("+", " ");
    return spaced.replace(/(?:%[0-9a-f]{2})+/giu, (run) =>
      Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"),
    );
  },

  base64Encode: (bytes: string): string => Buffer.from(bytes, "utf8").toString("base64"),
  base64Decode: (value: string): string => Buffer.from(value, "base64").toString("utf8"),

  /** True if all of `value` matches, as with Java's `Pattern.matches`; the documented example is Java's. */
  matches: (pattern: string, value: string): boolean => JavaPattern.of(pattern).matches(value),
};

export const str = {
  normalize(value: string, form: string): string {
    if (!["nfc", "nfd", "nfkc", "nfkd"].includes(form)) {
      throw new UtilityFault(`normalize knows nfc, nfd, nfkc and nfkd, not ${form}`);
    }
    return value.normalize(form.toUpperCase());
  },
};

const SHORT: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\n": "\\n",
  "\t": "\\t",
  "\f": "\\f",
  "\r": "\\r",
};

function escapeCharacter(character: string): string {
  if (/["'\\/]/.test(character)) {
    return `\\${character}`;
  }
  return SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}
