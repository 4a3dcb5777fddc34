import { refuse } from "../../base/refusal.ts";
import type { Iam } from "../iam/index.ts";
import type { FunctionConfiguration } from "./configuration.ts";

/** Refuses a role that Lambda may not assume. */
export function requireTrust(iam: Iam, { declared, roleArn, arn }: FunctionConfiguration): void {
  attempt(
    () => iam.assume(roleArn, "lambda.amazonaws.com", arn),
    (why) =>
      refuse(
        declared,
        "role",
        `is ${roleArn}. The role defined for the function cannot be assumed by Lambda: ${why}`,
      ),
  );
}

/** Does some work, or refuses the input that it depends on. `why` is the error's message without its full stop. */
export function attempt<Result>(work: () => Result, refused: (why: string) => never): Result {
  try {
    return work();
  } catch (error) {
    return refused((error as Error).message.replace(/\.$/, ""));
  }
}
