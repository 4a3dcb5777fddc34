import { UtilityFault } from "./signals.ts";

/** Escapes for a set of characters, as the content of a class. Java's are ASCII unless Unicode is on. */
const SETS: Readonly<Record<string, string>> = {
  d: "0-9",
  w: "0-9A-Z_a-z",
  s: "\\t\\n\\x0b\\f\\r\\x20",
  h: "\\t\\x20\\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000",
  v: "\\n\\x0b\\f\\r\\x85\\u2028\\u2029",
};

const POSIX: Readonly<Record<string, string>> = {
  Lower: "a-z",
  Upper: "A-Z",
  ASCII: "\\x00-\\x7f",
  Alpha: "a-zA-Z",
  Digit: "0-9",
  Alnum: "0-9a-zA-Z",
  Punct: "\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e",
  Graph: "\\x21-\\x7e",
  Print: "\\x20-\\x7e",
  Blank: "\\x20\\t",
  Cntrl: "\\x00-\\x1f\\x7f",
  XDigit: "0-9a-fA-F",
  Space: "\\t\\n\\x0b\\f\\r\\x20",
  javaLowerCase: "\\p{Lowercase}",
  javaUpperCase: "\\p{Uppercase}",
  javaWhitespace: "\\t-\\r\\x1c-\\x20\\u1680\\u2000-\\u2006\\u2008-\\u200a\\u2028\\u2029\\u205f\\u3000",
};

const CONTROLS: Readonly<Record<string, string>> = {
  a: "\\x07",
  e: "\\x1b",
  t: "\\t",
  n: "\\n",
  r: "\\r",
  f: "\\f",
};

/** A literal character, escaped for use inside and outside of a class. */
export function literal(character: string): string {
  return /[\^$\\.*+?()[\]{}|/&\-!#%,:;<=>@`~]/u.test(character) ? hex(character) : character;
}

/** Reads the class whose `[` is just before `start`, with unions and intersections. */
export function translateClass(pattern: string, start: number): { source: string; end: number } {
  let at = start;
  const negated = pattern[at] === "^" ? "^" : "";
  at += negated.length;
  const operands = [""];
  const add = (text: string) => operands.push((operands.pop() ?? "") + text);
  for (let first = true; at < pattern.length; first = false) {
    if (pattern[at] === "]" && !first) {
      const source = operands.length === 1 ? operands.join("") : operands.map((set) => `[${set}]`).join("&&");
      return { source: `[${negated}${source}]`, end: at + 1 };
    }
    if (pattern.startsWith("&&", at)) {
      operands.push("");
      at += 2;
      continue;
    }
    const member = classMember(pattern, at);
    add(member.source);
    at = member.end;
  }
  throw new UtilityFault(`the regular expression "${pattern}" has an unclosed [`);
}

/** Reads the escape whose backslash is just before `at`. */
export function classEscape(pattern: string, at: number): { source: string; end: number } {
  const rest = pattern.slice(at);
  const letter = rest.charAt(0);
  const set = SETS[letter.toLowerCase()];
  if (set !== undefined) {
    return { source: bracket(set, letter !== letter.toLowerCase()), end: at + 1 };
  }
  if (letter === "p" || letter === "P") {
    return property(pattern, at);
  }
  const control = CONTROLS[letter];
  if (control !== undefined) {
    return { source: control, end: at + 1 };
  }
  const code = /^(?:0([0-3]?[0-7]{1,2})|x([0-9a-f]{2})|x\{([0-9a-f]+)\}|u([0-9a-f]{4})|c([@-_]))/iu.exec(
    rest,
  );
  if (code !== null) {
    const [whole, octal, short, braced, unicode, control64] = code;
    const point =
      octal !== undefined
        ? Number.parseInt(octal, 8)
        : control64 !== undefined
          ? control64.charCodeAt(0) ^ 64
          : Number.parseInt(short ?? braced ?? unicode ?? "0", 16);
    return { source: `\\u{${point.toString(16)}}`, end: at + whole.length };
  }
  if (letter === "" || /[a-z0-9]/iu.test(letter)) {
    throw new UtilityFault(`the regular expression "${pattern}" has \\${letter}, which is not supported`);
  }
  const character = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
  return { source: literal(character), end: at + character.length };
}

/** Reads a nested class, an escape, or a character. A `-` between two characters stays a range. */
function classMember(pattern: string, at: number): { source: string; end: number } {
  const character = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
  if (character === "[") {
    return translateClass(pattern, at + 1);
  }
  const low =
    character === "\\"
      ? classEscape(pattern, at + 1)
      : { source: literal(character), end: at + character.length };
  const next = pattern.charAt(low.end + 1);
  if (pattern[low.end] !== "-" || next === "]" || next === "[" || next === "" || low.source.startsWith("[")) {
    return low;
  }
  const high = classMember(pattern, low.end + 1);
  return { source: `${low.source}-${high.source}`, end: high.end };
}

function property(pattern: string, at: number): { source: string; end: number } {
  const [whole = "", braced, single] = /^[pP](?:\{(\w+(?:=\w+)?)\}|(\w))/u.exec(pattern.slice(at)) ?? [];
  const name = braced ?? single ?? "";
  const set = Object.hasOwn(POSIX, name) ? POSIX[name] : unicodeProperty(name);
  if (set === undefined) {
    throw new UtilityFault(`the regular expression "${pattern}" has \\p{${name}}, which is not supported`);
  }
  return { source: bracket(set, whole.startsWith("P")), end: at + whole.length };
}

/** JavaScript's spelling of a property such as `L`, `Lu`, `IsAlphabetic`, `IsLatin`, `script=Greek`, if it has one. */
function unicodeProperty(name: string): string | undefined {
  const bare = name.replace(/^Is/u, "");
  const script = /^(?:script|sc)=(\w+)$/iu.exec(name)?.[1] ?? bare;
  return [`\\p{${bare}}`, `\\p{Script=${script}}`].find((source) => {
    try {
      return new RegExp(source, "v").source !== "";
    } catch {
      return false;
    }
  });
}

function bracket(set: string, negated: boolean): string {
  return `[${negated ? "^" : ""}${set}]`;
}

function hex(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
