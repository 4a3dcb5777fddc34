import type { JsonObject } from "../gateway/json.ts";
import { AwsError } from "../../base/service.ts";
import type { Operation, Request } from "./operation.ts";
import { missing, textIn } from "./parameters.ts";

/** Runs the entries of a batch one by one. An entry that fails does not stop the others. */
export async function batch(
  request: Request,
  kind: EntryKind,
  operation: Operation,
): Promise<Record<string, unknown>> {
  const entries = readEntries(request.input, kind);
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const { Id, ...input } of entries) {
    try {
      Successful.push({ Id, ...(await operation({ ...request, input })) });
    } catch (error) {
      if (!(error instanceof AwsError)) {
        throw error;
      }
      Failed.push({ Id, Code: error.code, Message: error.message, SenderFault: true });
    }
  }
  return { ...(Successful.length > 0 && { Successful }), ...(Failed.length > 0 && { Failed }) };
}

/** The name of the entries in error messages. */
export type EntryKind = `${"SendMessage" | "DeleteMessage" | "ChangeMessageVisibility"}BatchRequestEntry`;

/** Throws for no entries, for more than ten, and for invalid or repeated ids. */
export function readEntries({ Entries }: JsonObject, kind: EntryKind): readonly JsonObject[] {
  if (Entries === undefined) {
    throw missing("Entries");
  }
  const entries = Entries as readonly JsonObject[];
  if (entries.length === 0) {
    throw new AwsError("EmptyBatchRequest", `There should be at least one ${kind} in the request.`);
  }
  if (entries.length > 10) {
    throw new AwsError(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  }
  const ids = entries.map((entry, index) => {
    const id = textIn(entry, "Id");
    if (id === undefined) {
      throw missing(`${kind}.${index + 1}.Id`);
    }
    return id;
  });
  if (!ids.every((id) => /^[\w-]{1,80}$/.test(id))) {
    throw new AwsError(
      "InvalidBatchEntryId",
      "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
    );
  }
  const repeated = ids.find((id, index) => ids.indexOf(id) < index);
  if (repeated !== undefined) {
    throw new AwsError("BatchEntryIdsNotDistinct", `Id ${repeated} repeated.`);
  }
  return entries;
}
