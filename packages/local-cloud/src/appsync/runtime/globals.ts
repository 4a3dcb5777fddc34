/** The globals of APPSYNC_JS, with their members; null for a constant. https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html */
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
 * Methods of values. Not in AWS's list are `substring`, which AWS's own samples use
 * (github.com/aws-samples/aws-appsync-resolver-samples), `match`, which its ESLint plugin does not deny, and `includes`,
 * which runs on AWS (aws-appsync-community#279, #305).
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

/** String methods that take a Java pattern. `split` takes text as it is: AWS's samples split by "?", which is no pattern. */
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

/** Keys that lead out of an object to what made it. Refused in the code, and again when a computed key runs. */
export const FORBIDDEN_KEYS: readonly string[] = [
  "__proto__",
  "constructor",
  "prototype",
  "__defineGetter__",
  "__defineSetter__",
  "__lookupGetter__",
  "__lookupSetter__",
];

/** Names that the instrumented code keeps for itself. */
export const RESERVED_PREFIX = "__appsync_";

/** Items that `reduce`, `map` and for-of take of an array; the rest is left out in silence (aws-appsync-community#371). */
export const MOST_ITEMS = 1_000;
