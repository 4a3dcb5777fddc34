import { type Filter, invalidPattern, unescaped } from "./syntax.ts";

interface Term {
  readonly sign: "" | "-" | "?";
  readonly isIn: Filter;
}

/**
 * All terms must be in the line, and none with a `-`; of those with a `?` one is enough. AWS ignores a `?` beside other
 * terms, and this refuses it.
 */
export function compileTerms(text: string): Filter {
  const terms = readTerms(text);
  const signed = (sign: Term["sign"]) => terms.filter((term) => term.sign === sign);
  const optional = signed("?");
  if (optional.length > 0 && optional.length < terms.length) {
    throw invalidPattern("terms with ? beside other terms are not supported locally");
  }
  if (optional.length > 0) {
    return (line) => optional.some(({ isIn }) => isIn(line));
  }
  const [required, excluded] = [signed(""), signed("-")];
  return (line) => required.every(({ isIn }) => isIn(line)) && !excluded.some(({ isIn }) => isIn(line));
}

const token = /([-?]?)(?:"((?:[^"\\]|\\.)+)"|(\w+))(?=\s|$)\s*/y;

function readTerms(text: string): Term[] {
  const terms: Term[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const [found, sign = "", quoted, word = unescaped(quoted ?? "")] = token.exec(text) ?? [];
    if (found === undefined) {
      const [rest = ""] = /\S+/.exec(text.slice(at)) ?? [];
      throw invalidPattern(`Invalid character(s) in term '${rest}'`);
    }
    terms.push({ sign: sign as Term["sign"], isIn: containing(word) });
  }
  return terms;
}

/**
 * A term is a whole word: AWS's page finds AUTHORIZED in UNAUTHORIZED only by a regular expression. Case matters.
 */
function containing(term: string): Filter {
  const literal = term.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  const start = /^\w/.test(term) ? String.raw`(?<!\w)` : "";
  const end = /\w$/.test(term) ? String.raw`(?!\w)` : "";
  const word = new RegExp(start + literal + end);
  return (line) => word.test(line);
}
