import { classEscape, literal, translateClass } from "./java-class.ts";
import { UtilityFault } from "./signals.ts";

/** A Java pattern as the source of a JavaScript pattern with the flag `v`. */
export interface Translation {
  /** Java's group 1 is named `g1` here, because possessive quantifiers add groups, which shift the numbers. */
  readonly source: string;
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
}

/** Throws `UtilityFault` for syntax that JavaScript cannot express: `\G`, `\X`, blocks, UNIX_LINES. */
export function translate(pattern: string): Translation {
  const parser = new Parser(pattern);
  const source = parser.alternatives(NO_FLAGS);
  if (!parser.atEnd()) {
    throw unsupported(pattern, "an unmatched )");
  }
  return { source, groups: parser.groups, names: parser.names };
}

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
  readonly x: boolean;
}

const NO_FLAGS: Flags = { i: false, m: false, s: false, x: false };
const LINE_END = "[\\n\\r\\x85\\u2028\\u2029]";
const END = "(?![\\s\\S])";
const START = "(?<![\\s\\S])";

/** Escapes for constructs, not for characters. */
const CONSTRUCTS: Readonly<Record<string, string>> = {
  A: START,
  z: END,
  Z: `(?=(?:\\r\\n|${LINE_END})?${END})`,
  b: "\\b",
  B: "\\B",
  R: `(?:\\r\\n|[\\n-\\r\\x85\\u2028\\u2029])`,
};

class Parser {
  groups = 0;
  readonly names = new Map<string, number>();
  readonly #pattern: string;
  #at = 0;
  #possessive = 0;
  /** Inline flags apply to the end of their group. */
  #flags = NO_FLAGS;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  atEnd(): boolean {
    return this.#at >= this.#pattern.length;
  }

  alternatives(flags: Flags): string {
    const outer = this.#flags;
    this.#flags = flags;
    let source = "";
    while (!this.atEnd() && this.#peek() !== ")") {
      if (this.#skipComment()) {
        continue;
      }
      source += this.#take("|") ? "|" : this.#quantified();
    }
    this.#flags = outer;
    return source;
  }

  #quantified(): string {
    const atom = this.#atom();
    const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})/u.exec(this.#pattern.slice(this.#at))?.[0];
    if (quantifier === undefined) {
      return atom;
    }
    this.#at += quantifier.length;
    if (this.#take("?")) {
      return `${atom}${quantifier}?`;
    }
    return this.#take("+") ? this.#atomic(`${atom}${quantifier}`) : `${atom}${quantifier}`;
  }

  /** JavaScript does not backtrack into a lookahead, so that its capture is atomic. */
  #atomic(source: string): string {
    this.#possessive += 1;
    const name = `p${this.#possessive}`;
    return `(?:(?=(?<${name}>${source}))\\k<${name}>)`;
  }

  #atom(): string {
    const character = this.#next();
    switch (character) {
      case "(":
        return this.#group();
      case "[": {
        const { source, end } = translateClass(this.#pattern, this.#at);
        this.#at = end;
        return this.#cased(source);
      }
      case "\\":
        return this.#escape();
      case ".":
        return this.#flags.s ? "[\\s\\S]" : "[^\\n\\r\\x85\\u2028\\u2029]";
      case "^":
        return this.#flags.m ? `(?:${START}|(?<=${LINE_END})(?<!\\r(?=\\n))(?!${END}))` : START;
      case "$":
        return this.#flags.m
          ? `(?:(?=${LINE_END})(?<!\\r(?=\\n))|${END})`
          : `(?=(?:\\r\\n|${LINE_END})?${END})`;
      case "*":
      case "+":
      case "?":
      case "{":
        throw unsupported(this.#pattern, `a dangling ${character}`);
      default:
        return this.#cased(literal(character));
    }
  }

  #group(): string {
    if (!this.#take("?")) {
      return this.#capture();
    }
    const named = this.#match(/^<([a-z][a-z0-9]*)>/iu);
    if (named !== undefined) {
      return this.#capture(named);
    }
    if (this.#take(">")) {
      return this.#atomic(`(?:${this.#close()})`);
    }
    for (const kind of [":", "=", "!", "<=", "<!"]) {
      if (this.#take(kind)) {
        return `(?${kind}${this.#close()})`;
      }
    }
    return this.#flagGroup();
  }

  #capture(name?: string): string {
    this.groups += 1;
    const group = this.groups;
    if (name !== undefined) {
      this.names.set(name, group);
    }
    return `(?<g${group}>${this.#close()})`;
  }

  #flagGroup(): string {
    const letters = this.#match(/^([a-zA-Z-]*)(?=[:)])/u) ?? "";
    const [on = "", off = ""] = letters.split("-");
    const refused = /[^imsxuU-]/u.exec(letters)?.[0];
    if (refused !== undefined || letters === "") {
      throw unsupported(this.#pattern, `(?${refused ?? ""}`);
    }
    const flag = (name: keyof Flags) => (on.includes(name) || this.#flags[name]) && !off.includes(name);
    const flags = { i: flag("i"), m: flag("m"), s: flag("s"), x: flag("x") };
    if (this.#take(":")) {
      return `(?:${this.#close(flags)})`;
    }
    this.#next();
    this.#flags = flags;
    return "";
  }

  #close(flags = this.#flags): string {
    const source = this.alternatives(flags);
    if (!this.#take(")")) {
      throw unsupported(this.#pattern, "an unclosed group");
    }
    return source;
  }

  #escape(): string {
    if (this.#take("Q")) {
      const end = this.#pattern.indexOf("\\E", this.#at);
      const quoted = this.#pattern.slice(this.#at, end < 0 ? undefined : end);
      this.#at = end < 0 ? this.#pattern.length : end + 2;
      return this.#cased(`(?:${Array.from(quoted, literal).join("")})`);
    }
    const reference = this.#match(/^k<([a-z][a-z0-9]*)>/iu);
    if (reference !== undefined) {
      return this.#backreference(reference, this.names.get(reference));
    }
    const number = this.#match(/^([1-9]\d*)/u);
    if (number !== undefined) {
      return this.#backreference(number, Number(number));
    }
    const construct = CONSTRUCTS[this.#peek()];
    if (construct !== undefined) {
      this.#at += 1;
      return construct;
    }
    const { source, end } = classEscape(this.#pattern, this.#at);
    this.#at = end;
    return this.#cased(source);
  }

  #backreference(name: string, group = 0): string {
    if (group < 1 || group > this.groups) {
      throw unsupported(this.#pattern, `group ${name} before or without it`);
    }
    return this.#cased(`\\k<g${group}>`);
  }

  /** Decided for each atom, since `(?i)` may come in the middle of a group. */
  #cased(source: string): string {
    return this.#flags.i ? `(?i:${source})` : source;
  }

  #skipComment(): boolean {
    return this.#flags.x && this.#match(/^(\s+|#[^\n]*)/u) !== undefined;
  }

  #peek(): string {
    return this.#pattern.charAt(this.#at);
  }

  #next(): string {
    const character = String.fromCodePoint(this.#pattern.codePointAt(this.#at) ?? 0);
    this.#at += character.length;
    return character;
  }

  #take(text: string): boolean {
    if (!this.#pattern.startsWith(text, this.#at)) {
      return false;
    }
    this.#at += text.length;
    return true;
  }

  #match(regex: RegExp): string | undefined {
    const found = regex.exec(this.#pattern.slice(this.#at));
    if (found === null) {
      return undefined;
    }
    this.#at += found[0].length;
    return found[1];
  }
}

function unsupported(pattern: string, what: string): UtilityFault {
  return new UtilityFault(`the regular expression "${pattern}" has ${what}, which is not supported`);
}
