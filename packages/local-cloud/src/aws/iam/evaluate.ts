import type { Context } from "./match.ts";
import type { Caller, Statement } from "./policy.ts";

export interface Question {
  readonly caller: Caller;
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

/** The policies that decide a question. */
export interface Policies {
  readonly identity: readonly Statement[];
  readonly resource: readonly Statement[];
}

/** `allowed`, or the end of AWS's message: what denied it, or what failed to allow it. */
export type Decision = "allowed" | `${"because" | "with"} ${string}`;

/**
 * Decides as AWS does within one account: an explicit deny wins, then an allow of the identity's policies or
 * of the resource's is enough, then the answer is no.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 */
export function evaluate(question: Question, policies: Policies): Decision {
  for (const kind of ["identity", "resource"] as const) {
    if (policies[kind].some((statement) => applies(statement, "Deny", question) !== "no")) {
      return `with an explicit deny in ${kind === "identity" ? "an identity" : "a resource"}-based policy`;
    }
  }
  const identity = policies.identity.some((statement) => applies(statement, "Allow", question) !== "no");
  // A statement for the whole account only delegates to the identity's policies, which are already evaluated.
  if (identity || policies.resource.some((statement) => applies(statement, "Allow", question) === "direct")) {
    return "allowed";
  }
  const lacking = question.caller.kind === "role" ? "identity" : "resource";
  return `because no ${lacking}-based policy allows the ${question.action} action`;
}

function applies(statement: Statement, effect: Statement["effect"], question: Question) {
  const { caller, action, resource, context } = question;
  if (statement.effect !== effect || !statement.action(action)) {
    return "no";
  }
  if (!statement.resource(resource, context) || !statement.condition(context)) {
    return "no";
  }
  return statement.names(caller);
}
