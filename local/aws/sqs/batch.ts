import type { JsonObject } from "../gateway/json.ts";
import { AwsError } from "../service.ts";
import type { Operation, Request } from "./operations.ts";

/** Runs each entry of a batch by itself: one that fails is told of, the others are done. */
export async function batch(request: Request, operation: Operation): Promise<Record<string, unknown>> {
  const entries = readEntries(request.input["Entries"]);
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const { Id, ...input } of entries) {
    try {
      Successful.push({ Id, ...(await operation({ ...request, input })) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id, Code: error.code, Message: error.message, SenderFault: true });
    }
  }
  return { Successful, ...(Failed.length > 0 && { Failed }) };
}

function readEntries(value: unknown): JsonObject[] {
  const entries = Array.isArray(value) ? (value as JsonObject[]) : [];
  const ids = entries.map(({ Id }) => Id);
  if (entries.length === 0)
    throw failure("EmptyBatchRequest", "There should be at least one entry in the request.");
  if (entries.length > 10) {
    throw failure(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  }
  if (!ids.every((id) => typeof id === "string" && /^[\w-]{1,80}$/.test(id))) {
    throw failure(
      "InvalidBatchEntryId",
      "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
    );
  }
  if (new Set(ids).size < ids.length)
    throw failure("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.");
  return entries;
}

function failure(code: string, message: string): AwsError {
  return new AwsError(code, message);
}
