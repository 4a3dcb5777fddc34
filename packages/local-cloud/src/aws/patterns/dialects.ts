/** What a service accepts in a pattern. All take values, `exists`, `$or` and `anything-but` with values. */
export interface Dialect {
  readonly operators: readonly string[];
  /** The operators that may stand inside `anything-but`. */
  readonly exclusions: readonly string[];
  /** `anything-but` takes strings, numbers, booleans and null in one list. */
  readonly mixedExclusions?: true;
  /** `prefix` and `suffix` take `equals-ignore-case`. */
  readonly affixesIgnoringCase?: true;
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
export const eventBridge: Dialect = {
  operators: [
    "exactly",
    "prefix",
    "suffix",
    "equals-ignore-case",
    "wildcard",
    "anything-but",
    "numeric",
    "cidr",
  ],
  exclusions: ["prefix", "suffix", "wildcard", "equals-ignore-case"],
  affixesIgnoringCase: true,
};

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax */
export const eventSourceMapping: Dialect = {
  operators: ["prefix", "suffix", "equals-ignore-case", "anything-but", "numeric"],
  exclusions: [],
};

/** https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html */
export const filterPolicy: Dialect = {
  operators: ["prefix", "suffix", "equals-ignore-case", "anything-but", "numeric", "cidr"],
  exclusions: ["prefix"],
  mixedExclusions: true,
};
