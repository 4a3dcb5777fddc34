/** The globals of APPSYNC_JS, with their members; null for a constant. Source: https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html */
export const GLOBALS: Readonly<Record<string, readonly string[] | null>> = {
  NaN: null,
  Infinity: null,
  undefined: null,
  Object: ["assign", "entries", "hasOwn", "keys", "values"],
  String: ["raw"],
  Number: ["isFinite", "isNaN"],
  Math: ["random", "min", "max", "round", "floor", "ceil"],
  JSON: ["parse", "stringify"],
  console: ["log", "error", "debug"],
};

/** Globals that are also exports of `@aws-appsync/utils`. */
export const LIBRARY_GLOBALS = ["util", "extensions", "runtime"] as const;

/**
 * Methods of values. Three are not in AWS's list: `substring`, which AWS's own samples use
 * (github.com/aws-samples/aws-appsync-resolver-samples); `match`, which its ESLint plugin allows; and `includes`, which
 * runs on AWS (aws-appsync-community#279, #305).
 */
export const METHODS = {
  String: [
    "charAt",
    "concat",
    "endsWith",
    "includes",
    "indexOf",
    "lastIndexOf",
    "match",
    "replace",
    "replaceAll",
    "slice",
    "split",
    "startsWith",
    "substring",
    "toLowerCase",
    "toUpperCase",
    "trim",
    "trimEnd",
    "trimStart",
  ],
  Array: [
    "concat",
    "every",
    "fill",
    "filter",
    "find",
    "findIndex",
    "findLast",
    "findLastIndex",
    "flat",
    "flatMap",
    "forEach",
    "includes",
    "indexOf",
    "join",
    "lastIndexOf",
    "map",
    "pop",
    "push",
    "reduce",
    "reduceRight",
    "reverse",
    "shift",
    "slice",
    "some",
    "sort",
    "splice",
    "unshift",
  ],
} as const;

/** String methods that take a Java pattern. `split` takes plain text: AWS's samples split by "?", which is not a valid pattern. */
export const PATTERN_METHODS = ["match", "replace", "replaceAll"] as const;

/** The methods that take a function. */
export const CALLBACK_METHODS: ReadonlySet<string> = new Set([
  "every",
  "filter",
  "find",
  "findIndex",
  "findLast",
  "findLastIndex",
  "flatMap",
  "forEach",
  "map",
  "reduce",
  "reduceRight",
  "some",
]);

/** Keys that lead from an object to its constructor. Refused in the code, and again when a computed key is evaluated. */
export const FORBIDDEN_KEYS: readonly string[] = [
  "__proto__",
  "constructor",
  "prototype",
  "__defineGetter__",
  "__defineSetter__",
  "__lookupGetter__",
  "__lookupSetter__",
];

/** Names with this prefix are reserved for the instrumented code. */
export const RESERVED_PREFIX = "__appsync_";

/** Items of an array that `reduce`, `map` and for-of go through; AWS leaves out the rest without an error (aws-appsync-community#371). */
export const MAX_ITEMS = 1_000;
