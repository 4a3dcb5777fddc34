import { DarkroomError } from "darkroom-client";
import { texts } from "./texts.ts";

/** What went wrong, for people. Messages of the API are written for them too. */
export function messageOf(error: unknown): string {
  if (!(error instanceof DarkroomError)) {
    return texts.unknownError;
  }
  const { errorType, message } = error;
  return texts.refusals[message] ?? texts.errors[errorType] ?? (message || texts.unknownError);
}

export const isError = (error: unknown, type: string): boolean =>
  error instanceof DarkroomError && error.errorType === type;
