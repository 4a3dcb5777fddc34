import { AwsError, type Invocation } from "../../../base/service.ts";
import type { Deadline } from "../../model/deadline.ts";
import type { Answer, DirectAnswer } from "../../model/source.ts";

export type Invoke = (payload: unknown) => Promise<Invocation>;

type FunctionError = Extract<Invocation, { readonly error: unknown }>["error"];

/** How a field reports an error that the function threw. */
export type ErrorOf = (error: FunctionError) => NonNullable<Answer["error"]>;

export async function answerOf(invocation: Promise<Invocation>, errorOf: ErrorOf): Promise<Answer> {
  try {
    const outcome = await invocation;
    if ("error" in outcome) {
      return { result: null, error: errorOf(outcome.error) };
    }
    return { result: outcome.payload ?? null };
  } catch (error) {
    if (!(error instanceof AwsError)) {
      throw error;
    }
    return failed(error.message, `Lambda:${error.code.replace(/^AccessDenied$/, "AccessDeniedException")}`);
  }
}

export function inTime<Result extends DirectAnswer>(
  deadline: Deadline,
  work: Promise<Result>,
): Promise<Answer | Result> {
  return deadline.race<Answer | Result>(work, () =>
    failed("Execution timed out.", "Lambda:ExecutionTimeoutException"),
  );
}

export function failed(message: string, type: string): Answer {
  return { result: null, error: { message, type } };
}
