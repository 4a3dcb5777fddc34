import { givenOf } from "./given.ts";
import { maxTitle } from "./limits.ts";
import { type UpdateAssetInput, updateAssetInputFields } from "./schema.ts";
import { problemOfText } from "./text.ts";

/** The fields of an asset that its owner may change. Each change is an event. */
export const editableFields = () =>
  updateAssetInputFields.filter((name) => name !== "id" && name !== "expectedVersion");

/** The error message for an invalid change of an asset, or undefined. An empty text removes a field. */
export function problemOfEdit(input: UpdateAssetInput): string | undefined {
  if (givenOf(input, editableFields()).length === 0) {
    return `input: give what is to change: ${editableFields().join(", ")}`;
  }
  return problemOfText("title", input.title === "" ? null : input.title, maxTitle);
}
