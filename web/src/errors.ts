import { DarkroomError } from "darkroom-client";
import { texts } from "./texts.ts";

/** What went wrong, for people. Messages of the API are written for them too. */
export function messageOf(error: unknown): string {
  if (!(error instanceof DarkroomError)) {
    return texts.unknownError;
  }
  return texts.errors[error.errorType] ?? (error.message || texts.unknownError);
}

export const isError = (error: unknown, type: string): boolean =>
  error instanceof DarkroomError && error.errorType === type;
