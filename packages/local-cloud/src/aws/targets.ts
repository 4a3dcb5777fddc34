import type { Lambda } from "./lambda/index.ts";
import { AwsError, type Principal } from "../base/service.ts";

/** A message from one service to another: an event for a function, or a message for a queue or a topic. */
export interface Message {
  /** JSON for functions; any text for queues and topics. */
  readonly body: string;
  /** As in the `MessageAttributes` of SQS's `SendMessage`. */
  readonly attributes?: Readonly<Record<string, object>>;
  /** For FIFO queues and topics. */
  readonly groupId?: string;
  readonly deduplicationId?: string;
}

/** A service that accepts messages from other services. */
export interface Target {
  /**
   * Resolves when the message is stored, and rejects with an `AwsError` when it is refused. `sourceArn` is the bucket,
   * rule or topic that the message comes from. Resource policies see it as `aws:SourceArn`.
   */
  receive(principal: Principal, arn: string, message: Message, sourceArn?: string): Promise<void>;
  /** Throws the `AwsError` of `receive` for a missing target or permission. Some services check at boot. */
  check?(principal: Principal, arn: string, sourceArn?: string): void;
}

/** Functions as targets: an event is accepted immediately, and handled later. */
export function asynchronously({
  send,
  check,
}: Pick<Lambda, "send"> & Partial<Pick<Lambda, "check">>): Target {
  return {
    ...(check && { check }),
    receive: (principal, arn, { body }, sourceArn) =>
      Promise.resolve(void send(principal, arn, JSON.parse(body), sourceArn)),
  };
}

/** Finds the service of a target by its ARN. Services register before the first delivery. */
export class Targets {
  readonly #targets = new Map<string, Target>();
  #delivered = 0;

  /** The number of accepted messages so far. */
  get delivered(): number {
    return this.#delivered;
  }

  /** `service` is the ARN's third part: `sqs`, `lambda`, `sns`, `events`. */
  register(service: string, target: Target): void {
    this.#targets.set(service, target);
  }

  /** Throws `InvalidParameterValue` for a target whose service does not run here. */
  async deliver(principal: Principal, arn: string, message: Message, sourceArn?: string): Promise<void> {
    await this.#find(arn).receive(principal, arn, message, sourceArn);
    this.#delivered += 1;
  }

  /** Throws an `AwsError` unless the target accepts messages from this principal. */
  check(principal: Principal, arn: string, sourceArn?: string): void {
    this.#find(arn).check?.(principal, arn, sourceArn);
  }

  #find(arn: string): Target {
    const target = this.#targets.get(arn.split(":")[2] ?? "");
    if (target === undefined) {
      const known = [...this.#targets.keys()].join(", ");
      throw new AwsError("InvalidParameterValue", `${arn}: only these services take events here: ${known}.`);
    }
    return target;
  }
}
