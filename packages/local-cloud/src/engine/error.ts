import { stripVTControlCharacters } from "node:util";

/** Why a program could not be evaluated. */
export type EvaluationCode =
  | "ConfigInvalid"
  | "ConfigMissing"
  | "DuplicateUrn"
  | "NameInvalid"
  | "OutputAsText"
  | "ProgramFailed"
  | "SecretMissing"
  | "StackMissing"
  | "UnknownInvoke"
  | "UnknownResourceType"
  | "Unsupported";

/** The program or its configuration is wrong. The message says what to do. */
export class EvaluationError extends Error {
  override readonly name = "EvaluationError";
  readonly code: EvaluationCode;

  constructor(code: EvaluationCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The program's own message, without colours, stack frames and properties of the error, but with its cause. */
export function programsWords(message: string): string {
  const lines = stripVTControlCharacters(message)
    .replace(/^Unhandled exception: /, "")
    // The suffix by which a resident program loads its modules again.
    .replace(/\?run=\d+/g, "")
    .split("\n")
    .filter((line) => !/^Running program .* failed with an unhandled exception:$/.test(line));
  const firstFrame = lines.findIndex((line) => /^\s+at /.test(line));
  if (firstFrame === -1) {
    return lines.join("\n").trim();
  }
  const causes = lines.filter((line) => line.trimStart().startsWith("[cause]:"));
  return [...lines.slice(0, firstFrame), ...causes].join("\n").trim();
}
