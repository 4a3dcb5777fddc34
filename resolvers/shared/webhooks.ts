import { util } from "@aws-appsync/utils";

/** What the function for callbacks answers: a refusal that is the caller's, or what was asked for. */
export type Answered<Result> = Result & { refused?: string; message?: string };

/** The result, unless it is a refusal, which is raised. */
export function accepted<Result>(answer: Answered<Result>): Result {
  if (answer.refused) {
    util.error(answer.message ?? "", answer.refused);
  }
  return answer;
}
