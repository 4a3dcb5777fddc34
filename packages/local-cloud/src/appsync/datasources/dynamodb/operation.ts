import type { Fields, Input } from "./request.ts";
import type { Tokens } from "./tokens.ts";

/** Turns a request object into one call of DynamoDB. Throws `RequestError`, or `TokenRefused`. */
export type Operation = (
  source: { readonly table: string; readonly tokens: Tokens },
  request: Fields,
) => Prepared;

export interface Prepared {
  readonly action: string;
  readonly input: Input;
  /** DynamoDB's output as ctx.result shows it. */
  readonly read: (output: Fields) => unknown;
  /** Whether a failed condition leaves the item as it was wanted; given what is there. */
  readonly forgives?: (current: Fields | null) => boolean;
}

/** A nextToken that was not made here for this query. */
export class TokenRefused extends Error {
  readonly code = "UserIllegalArgumentException";
  override readonly message =
    "com.amazonaws.deepdish.common.pagination.InvalidPaginationTokenException: Invalid pagination token given.";
}
