import { util } from "@aws-appsync/utils";

/** Errors of the contract. Messages name no table, key, ARN or stack frame. */
export const notFound = (what: string): never => util.error(`${what} not found`, "NotFound");

export const invalid = (message: string): never => util.error(message, "ValidationError");

/** A fault that is not the caller's. What it was is in the data source's log, not in the answer. */
export const internal = (): never => util.error("The request could not be completed; try again", "Internal");

export const conditionFailed = (error: { type: string } | undefined): boolean =>
  error?.type === "DynamoDB:ConditionalCheckFailedException";
