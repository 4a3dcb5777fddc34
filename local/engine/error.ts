/** Why a program could not be evaluated. */
export type EvaluationCode =
  | "ConfigInvalid"
  | "ConfigMissing"
  | "DuplicateUrn"
  | "NameInvalid"
  | "OutputAsText"
  | "ProgramFailed"
  | "SecretMissing"
  | "UnknownInvoke"
  | "UnknownResourceType"
  | "Unsupported";

/** The program, or its configuration, is at fault; the message says what to do. */
export class EvaluationError extends Error {
  override readonly name = "EvaluationError";
  readonly code: EvaluationCode;

  constructor(code: EvaluationCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
