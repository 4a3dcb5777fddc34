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

/** How many items to read. AppSync does not pass the schema's defaults on (aws/aws-appsync-community#59). */
export function pageSize(args: PageArguments, usual: number): number {
  const limit = args.limit ?? usual;
  if (limit < 1 || limit > maxPage) {
    invalid(`limit: must be 1 to ${maxPage}`);
  }
  return limit;
}

/** What DynamoDB says of itself, and not of the request. */
const transient = [
  "InternalServerError",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ServiceUnavailable",
  "ThrottlingException",
];

/**
 * AppSync encrypts its cursors, and DynamoDB refuses one that lies outside the query; either way the fault is
 * the cursor's, unless none was given, or the error is one that passes: who was told of a bad cursor gives up.
 */
export function failedPage(args: PageArguments, error?: { type: string }): never {
  const type = error?.type ?? "";
  if (args.nextToken && !transient.some((code) => type.endsWith(code))) {
    util.error("nextToken: is not a cursor of this list", "InvalidToken");
  }
  return internal();
}
