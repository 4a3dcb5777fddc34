import type { Fields, Input } from "./request.ts";
import type { Tokens } from "./tokens.ts";

/** Converts a request object to one call of DynamoDB. Throws `RequestError` or `TokenRefused`. */
export type Operation = (
  source: { readonly table: string; readonly tokens: Tokens },
  request: Fields,
) => Prepared;

export interface Prepared {
  readonly action: string;
  readonly input: Input;
  /** ctx.result of DynamoDB's output. */
  readonly read: (output: Fields) => unknown;
  /** Whether the current item is the wanted one, so that a failed condition is not an error. */
  readonly forgives?: (current: Fields | null) => boolean;
}

/** A nextToken that is not of this query. */
export class TokenRefused extends Error {
  readonly code = "UserIllegalArgumentException";
  override readonly message =
    "com.amazonaws.deepdish.common.pagination.InvalidPaginationTokenException: Invalid pagination token given.";
}
