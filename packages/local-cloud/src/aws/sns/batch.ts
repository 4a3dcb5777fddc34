import { itemsIn, type QueryObject } from "../gateway/query.ts";
import { AwsError } from "../../base/service.ts";
import { maxMessageSize, textIn } from "./publish.ts";

interface Entry {
  readonly Id: string;
  readonly entry: QueryObject;
}

/** The entries of PublishBatch. https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html */
export function readBatch(input: QueryObject): readonly Entry[] {
  const entries = itemsIn(input["PublishBatchRequestEntries"], "member").map((entry): Entry => {
    if (typeof entry !== "object") {
      throw new AwsError("MalformedInput", "PublishBatchRequestEntries is malformed.");
    }
    return { Id: textIn(entry, "Id") ?? "", entry };
  });
  if (entries.length === 0) {
    throw new AwsError("EmptyBatchRequest", "The batch request doesn't contain any entries.");
  }
  if (entries.length > 10) {
    throw new AwsError(
      "TooManyEntriesInBatchRequest",
      "The batch request contains more entries than permissible.",
    );
  }
  if (!entries.every(({ Id }) => /^[\w-]{1,80}$/.test(Id))) {
    throw new AwsError(
      "InvalidBatchEntryId",
      "The Id of a batch entry in a batch request doesn't abide by the specification.",
    );
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw new AwsError(
      "BatchEntryIdsNotDistinct",
      "Two or more batch entries in the request have the same Id.",
    );
  }
  const bytes = entries.reduce(
    (sum, { entry }) => sum + Buffer.byteLength(textIn(entry, "Message") ?? ""),
    0,
  );
  if (bytes > maxMessageSize) {
    throw new AwsError(
      "BatchRequestTooLong",
      "The length of all the batch messages put together is more than the limit.",
    );
  }
  return entries;
}
