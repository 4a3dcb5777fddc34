import { givenOf } from "./given.ts";
import { maxTitle } from "./limits.ts";
import { type UpdateAssetInput, updateAssetInputFields } from "./schema.ts";
import { problemOfText } from "./text.ts";

/** What an owner may change of an asset: a change of these alone is an event too. */
export const editableFields = () =>
  updateAssetInputFields.filter((name) => name !== "id" && name !== "expectedVersion");

/** What is wrong with a change of an asset, for the caller to read, or undefined. An empty text removes a field. */
export function problemOfEdit(input: UpdateAssetInput): string | undefined {
  if (givenOf(input, editableFields()).length === 0) {
    return `input: give what is to change: ${editableFields().join(", ")}`;
  }
  return problemOfText("title", input.title === "" ? null : input.title, maxTitle);
}
