/** The values of a request that policies can name, by lower-case key. */
export type Context = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Whether a value fits a pattern, policy variables filled in from the context. */
export type Matcher = (value: string, context: Context) => boolean;

const ANY = Symbol("*");
const ONE = Symbol("?");
interface Variable {
  readonly name: string;
  readonly fallback: string | undefined;
}
type Token = string | typeof ANY | typeof ONE | Variable;

export interface PatternOptions {
  /** Policies before version 2012-10-17 have no variables: `${...}` is plain text in them. */
  readonly variables: boolean;
  readonly wildcards: boolean;
  readonly ignoreCase: boolean;
}

/** Compiles `arn:aws:s3:::bucket/${aws:PrincipalTag/team}/*` once, to be matched many times. */
export function compilePattern(pattern: string, options: PatternOptions): Matcher {
  const tokens = tokenize(options.ignoreCase ? pattern.toLowerCase() : pattern, options);
  const fold = options.ignoreCase ? (value: string) => value.toLowerCase() : (value: string) => value;
  if (!tokens.some((token) => typeof token === "object")) {
    const fixed = tokens as Exclude<Token, Variable>[];
    return (value) => matches(fixed, fold(value));
  }
  return (value, context) => {
    const filled = fill(tokens, context, fold);
    return filled !== undefined && matches(filled, fold(value));
  };
}

/** ARNs in conditions compare part by part: a wildcard stays between its colons. */
export function compileArnPattern(pattern: string, variables: boolean): Matcher {
  const options = { variables, wildcards: true, ignoreCase: false };
  // A colon inside `${aws:...}` separates nothing.
  const parts = sixParts(pattern.split(/:(?![^{]*\})/)).map((part) => compilePattern(part, options));
  return (value, context) => {
    const values = sixParts(value.split(":"));
    return values.length === parts.length && parts.every((part, index) => part(values[index] ?? "", context));
  };
}

/** The six parts; colons after the fifth belong to the resource. */
function sixParts(parts: readonly string[]): string[] {
  return parts.length > 6 ? [...parts.slice(0, 5), parts.slice(5).join(":")] : [...parts];
}

function tokenize(pattern: string, { variables, wildcards }: PatternOptions): Token[] {
  const tokens: Token[] = [];
  for (const [text] of pattern.matchAll(/\$\{[^}]*\}|[^]/g)) {
    if (variables && text.length > 1) {
      tokens.push(...variable(text.slice(2, -1)));
    } else if (wildcards && text === "*") {
      tokens.push(ANY);
    } else if (wildcards && text === "?") {
      tokens.push(ONE);
    } else {
      tokens.push(...codeUnits(text));
    }
  }
  return tokens;
}

/** `${*}`, `${?}` and `${$}` stand for the characters themselves. */
function variable(inside: string): Token[] {
  if (["*", "?", "$"].includes(inside)) {
    return [inside];
  }
  const [, name = inside, fallback] = /^([^,]*?)\s*(?:,\s*'([^']*)')?$/.exec(inside.trim()) ?? [];
  return [{ name: name.toLowerCase(), fallback }];
}

/** The value of a variable is literal: a `*` in it is not a wildcard. Undefined without a single value. */
function fill(
  tokens: readonly Token[],
  context: Context,
  fold: (value: string) => string,
): Exclude<Token, Variable>[] | undefined {
  const filled: Exclude<Token, Variable>[] = [];
  for (const token of tokens) {
    if (typeof token !== "object") {
      filled.push(token);
      continue;
    }
    const value = context[token.name] ?? token.fallback;
    if (typeof value !== "string") {
      return undefined;
    }
    filled.push(...codeUnits(fold(value)));
  }
  return filled;
}

/** Greedy matching with one backtracking point. It is linear in practice, so no pattern blocks the process. */
function matches(tokens: readonly Exclude<Token, Variable>[], value: string): boolean {
  let at = 0;
  let token = 0;
  let star = -1;
  let retry = 0;
  while (at < value.length) {
    const expected = tokens[token];
    if (expected === ANY) {
      star = token++;
      retry = at;
    } else if (expected === ONE || (expected !== undefined && expected === value[at])) {
      token++;
      at++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++retry;
    } else {
      return false;
    }
  }
  return tokens.slice(token).every((rest) => rest === ANY);
}

function codeUnits(text: string): string[] {
  return Array.from({ length: text.length }, (_, index) => text.charAt(index));
}
