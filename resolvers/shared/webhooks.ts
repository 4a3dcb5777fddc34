import { type LambdaRequest, util } from "@aws-appsync/utils";
import type { Refusal, WebhookRequest } from "../../domain/messages.ts";

/** Asks the function for callbacks. */
export const askWebhooks = (payload: WebhookRequest): LambdaRequest => ({ operation: "Invoke", payload });

/** What the function answers to what it was asked to do; a refusal is the caller's, and is raised. */
export function accepted<Answer extends object>(answer: Answer | Refusal): Answer {
  const { refused, message } = answer as Partial<Refusal>;
  if (refused) {
    util.error(message ?? "", refused);
  }
  return answer as Answer;
}
