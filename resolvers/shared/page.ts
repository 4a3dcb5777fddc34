import { util } from "@aws-appsync/utils";
import { maxPage } from "../../domain/limits.ts";
import { internal, invalid } from "./errors.ts";

export interface PageArguments {
  limit?: number | null;
  nextToken?: string | null;
}

export interface Page<Item> {
  items: Item[];
  nextToken?: string | null;
}

/** The number of items to read. AppSync does not pass defaults of the schema (aws/aws-appsync-community#59). */
export function pageSize(args: PageArguments, defaultLimit: number): number {
  const limit = args.limit ?? defaultLimit;
  if (limit < 1 || limit > maxPage) {
    invalid(`limit: must be 1 to ${maxPage}`);
  }
  return limit;
}

/** Errors of DynamoDB that are not caused by the request. */
const transient = [
  "InternalServerError",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ServiceUnavailable",
  "ThrottlingException",
];

/**
 * Raises the error of a failed list. If a cursor was given, it is invalid: AppSync cannot decrypt it, or DynamoDB refuses
 * it because it is from another query. Transient errors are `Internal`, because callers do not retry an invalid cursor.
 */
export function failedPage(args: PageArguments, error?: { type: string }): never {
  const type = error?.type ?? "";
  if (args.nextToken && !transient.some((code) => type.endsWith(code))) {
    util.error("nextToken: does not belong to this list", "InvalidToken");
  }
  return internal();
}
