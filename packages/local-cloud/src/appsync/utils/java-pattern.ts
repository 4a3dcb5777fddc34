import { translate, type Translation } from "./java-syntax.ts";
import { UtilityFault } from "./signals.ts";

/** `java.util.regex.Pattern` and `Matcher` on JavaScript's engine. APPSYNC_JS's string methods and `util.matches` use Java's patterns. */
export class JavaPattern {
  readonly #translation: Translation;
  readonly #source: string;

  /** Throws `UtilityFault` for syntax that has no JavaScript counterpart. */
  static of(source: string): JavaPattern {
    const known = cache.get(source);
    if (known !== undefined) {
      return known;
    }
    if (cache.size >= CACHE_LIMIT) {
      cache.clear();
    }
    const pattern = new JavaPattern(source);
    cache.set(source, pattern);
    return pattern;
  }

  private constructor(source: string) {
    this.#source = source;
    this.#translation = translate(source);
  }

  matches(value: string): boolean {
    return this.#compile("", "^(?:", ")$").test(value);
  }

  /** The match and its groups, or null. */
  match(value: string): (string | null)[] | null {
    const found = this.#compile("").exec(value);
    if (found === null) {
      return null;
    }
    const groups = Array.from(
      { length: this.#translation.groups },
      (_, index) => found.groups?.[`g${index + 1}`],
    );
    return [found[0], ...groups.map((group) => group ?? null)];
  }

  replaceFirst(value: string, replacement: string): string {
    return this.#replace("", value, replacement);
  }

  replaceAll(value: string, replacement: string): string {
    return this.#replace("g", value, replacement);
  }

  #replace(flags: string, value: string, replacement: string): string {
    const pieces = this.#replacement(replacement);
    return value.replace(this.#compile(flags), (match: string, ...rest: unknown[]) => {
      const groups = rest.at(-1) as Record<string, string | undefined> | string;
      const text = (group: number) =>
        group === 0 ? match : typeof groups === "string" ? "" : (groups[`g${group}`] ?? "");
      return pieces.map((piece) => (typeof piece === "string" ? piece : text(piece))).join("");
    });
  }

  /** Java's replacement syntax: `$1`, `${name}`, and a backslash before a literal character. */
  #replacement(text: string): (string | number)[] {
    const pieces: (string | number)[] = [];
    const tokens = /\\([\s\S])|\$\{(\w+)\}|\$(\d+)|([$\\])|[^$\\]+/gu;
    for (const [token, escaped, name, digits, stray] of text.matchAll(tokens)) {
      if (stray !== undefined) {
        throw new UtilityFault(`illegal group reference in replacement "${text}"`);
      }
      if (escaped !== undefined) {
        pieces.push(escaped);
      } else if (name !== undefined) {
        pieces.push(this.#translation.names.get(name) ?? this.#noGroup(name));
      } else if (digits !== undefined) {
        pieces.push(...this.#numbered(digits));
      } else {
        pieces.push(token);
      }
    }
    return pieces;
  }

  /** `$12` is group 12 if the pattern has it, or else group 1 and the text "2". */
  #numbered(digits: string): (string | number)[] {
    const { groups } = this.#translation;
    let length = 1;
    while (length < digits.length && Number(digits.slice(0, length + 1)) <= groups) {
      length += 1;
    }
    const group = Number(digits.slice(0, length));
    if (group > groups) {
      this.#noGroup(String(group));
    }
    return [group, digits.slice(length)];
  }

  #noGroup(name: string): never {
    throw new UtilityFault(`no group ${name} in "${this.#source}"`);
  }

  #compile(flags: string, before = "", after = ""): RegExp {
    try {
      return new RegExp(`${before}${this.#translation.source}${after}`, `v${flags}`);
    } catch {
      throw new UtilityFault(`"${this.#source}" is not a regular expression`);
    }
  }
}

const CACHE_LIMIT = 500;
const cache = new Map<string, JavaPattern>();
