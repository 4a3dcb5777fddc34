import type { Principal } from "../../base/service.ts";
import { deniedAs } from "../iam/denied.ts";
import type { Iam } from "../iam/index.ts";
import type { Queue } from "./queues.ts";

export interface AccessOptions {
  readonly iam: Pick<Iam, "authorize">;
  readonly region: string;
  readonly accountId: string;
}

/** Throws `AccessDeniedException` unless the principal may do the action with the queue; `*` means all queues. */
export type Authorize = (
  principal: Principal,
  action: string,
  queueName: string,
  context?: Record<string, string>,
) => void;

export function createAuthorize(
  { iam, region, accountId }: AccessOptions,
  queues: ReadonlyMap<string, Queue>,
): Authorize {
  return (principal, action, queueName, context = {}) => {
    const resource = queueName === "*" ? "*" : `arn:aws:sqs:${region}:${accountId}:${queueName}`;
    const resourcePolicy = queues.get(queueName)?.policy;
    deniedAs("AccessDeniedException", 403, () =>
      iam.authorize({ principal, action: `sqs:${action}`, resource, context, resourcePolicy }),
    );
  };
}
