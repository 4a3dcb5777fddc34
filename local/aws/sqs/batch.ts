import type { JsonObject } from "../gateway/json.ts";
import { AwsError } from "../service.ts";
import type { Operation, Request } from "./operations.ts";
import { objectOf, wrongType } from "./types.ts";

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

/** Throws for a batch that is none, or whose ids cannot tell its entries apart. */
export function readEntries(value: unknown): JsonObject[] {
  const list = value ?? [];
  if (!Array.isArray(list)) throw wrongType(list, "a List");
  const entries = list.map(objectOf);
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
