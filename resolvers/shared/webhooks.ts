import { type LambdaRequest, util } from "@aws-appsync/utils";
import type { Refusal, WebhookRequest } from "../../domain/messages.ts";

/** Invokes the function `webhooks`. */
export const invokeWebhooks = (payload: WebhookRequest): LambdaRequest => ({ operation: "Invoke", payload });

/** The answer of `webhooks`. A refusal is raised as an error. */
export function accepted<Answer extends object>(answer: Answer | Refusal): Answer {
  const { refused, message } = answer as Partial<Refusal>;
  if (refused) {
    util.error(message ?? "", refused);
  }
  return answer as Answer;
}
