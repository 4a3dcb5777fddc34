import { util } from "@aws-appsync/utils";
import { resolverFault } from "../../domain/fault.ts";

/** APPSYNC_JS has it, and its package of types does not. */
declare const console: { error(text: string): void };

/** Errors of the API. Their messages must not name a table, key, ARN or stack frame. */
export const notFound = (what: string): never => util.error(`${what} not found`, "NotFound");

export const invalid = (message: string): never => util.error(message, "ValidationError");

/** A limit is reached. The message begins with its name. */
export const exceeded = (message: string): never => util.error(message, "QuotaExceeded");

/** An error that the caller did not cause. The word in the log starts an alarm; the answer's status is 200. */
export function internal(): never {
  console.error(resolverFault);
  return util.error("The request could not be completed; try again", "Internal");
}

export const conditionFailed = (error: { type: string } | undefined): boolean =>
  error?.type === "DynamoDB:ConditionalCheckFailedException";
