import { util } from "@aws-appsync/utils";

/** Errors of the API. Their messages must not name a table, key, ARN or stack frame. */
export const notFound = (what: string): never => util.error(`${what} not found`, "NotFound");

export const invalid = (message: string): never => util.error(message, "ValidationError");

/** A limit is reached. The message begins with its name. */
export const exceeded = (message: string): never => util.error(message, "QuotaExceeded");

/** An error that the caller did not cause. The details are in the data source's log only. */
export const internal = (): never => util.error("The request could not be completed; try again", "Internal");

export const conditionFailed = (error: { type: string } | undefined): boolean =>
  error?.type === "DynamoDB:ConditionalCheckFailedException";
