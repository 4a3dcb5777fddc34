import type { Principal } from "../../base/service.ts";
import { sourceContext } from "../iam/caller.ts";
import type { Target } from "../targets.ts";
import { nonExistent } from "./addresses.ts";
import type { Queue } from "./queues.ts";
import type { Requests, RequestsOptions } from "./requests.ts";

/** Queues as targets of other services. The policy of a queue decides which service may send to it. */
export function createTarget(
  { queues, authorize, accountId }: Pick<RequestsOptions, "queues" | "authorize" | "accountId">,
  send: Requests["send"],
): Required<Target> {
  const permitted = (principal: Principal, queueArn: string, sourceArn?: string): Queue => {
    const name = queueArn.split(":").at(-1) ?? "";
    authorize(principal, "SendMessage", name, sourceContext(sourceArn, accountId));
    const queue = queues.get(name);
    if (queue === undefined) {
      throw nonExistent();
    }
    return queue;
  };
  return {
    check(principal, queueArn, sourceArn) {
      permitted(principal, queueArn, sourceArn);
    },
    async receive(principal, queueArn, { body, attributes, groupId, deduplicationId }, sourceArn) {
      await send(principal, permitted(principal, queueArn, sourceArn), {
        MessageBody: body,
        MessageAttributes: attributes ?? null,
        MessageGroupId: groupId ?? null,
        MessageDeduplicationId: deduplicationId ?? null,
      });
    },
  };
}
