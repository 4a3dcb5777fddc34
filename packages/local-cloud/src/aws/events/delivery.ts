import type { Iam } from "../iam/index.ts";
import { Deliveries } from "../deliveries.ts";
import type { Backoff } from "../lambda/mappings/retry.ts";
import type { Wait } from "../scheduler/pace.ts";
import { AwsError, type Clock, type Log, type Principal } from "../../base/service.ts";
import type { Targets } from "../targets.ts";
import type { BusEvent } from "./event.ts";
import type { Delivery, Outbox } from "./outbox.ts";
import type { Rule, RuleTarget } from "./rules.ts";

export interface DelivererOptions {
  readonly iam: Iam;
  readonly targets: Targets;
  readonly clock: Clock;
  readonly log: Log;
  readonly wait: Wait;
  readonly backoff: Backoff;
}

interface Destination {
  readonly rule: Rule;
  readonly target: RuleTarget;
}

const eventBridge: Principal = { kind: "service", service: "events.amazonaws.com" };

/** Sends each event to its target, with retries, until it is accepted or fails for good. */
export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #outbox: Outbox;
  readonly #rules: ReadonlyMap<string, Rule>;
  readonly #deliveries: Deliveries;

  constructor(options: DelivererOptions, outbox: Outbox, rules: ReadonlyMap<string, Rule>) {
    this.#options = options;
    this.#deliveries = new Deliveries(options);
    this.#outbox = outbox;
    this.#rules = rules;
  }

  begin(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      if (this.#deliveries.stopped) {
        return;
      }
      this.#deliveries.track(this.#run(delivery));
    }
  }

  idle(): Promise<void> {
    return this.#deliveries.idle();
  }

  /** Unfinished deliveries continue after the next start. */
  stop(): Promise<void> {
    return this.#deliveries.stop();
  }

  async #run(delivery: Delivery): Promise<void> {
    const { log } = this.#options;
    const rule = this.#rules.get(delivery.ruleArn);
    const target = rule?.targets.find(({ id }) => id === delivery.targetId);
    if (rule === undefined || target === undefined) {
      log.warn("event dropped: its rule or target is no longer declared", about(delivery));
      this.#outbox.remove(delivery.id);
      return;
    }
    await this.#deliveries.repeat(delivery, (next) => this.#attempt(next, { rule, target }));
  }

  /** Returns the retry, if one is due later. */
  async #attempt(delivery: Delivery, destination: Destination): Promise<Delivery | undefined> {
    const { rule, target } = destination;
    const { clock, backoff, log } = this.#options;
    try {
      await this.#send(delivery, destination);
      this.#outbox.remove(delivery.id);
      return undefined;
    } catch (error) {
      const attempts = delivery.attempts + 1;
      const dueAt = clock() + backoff(attempts);
      const code = errorCode(error);
      const spent = spentLimit(target, attempts, dueAt - delivery.acceptedAt);
      if (isPermanent(code) || spent !== undefined) {
        await this.#deadLetter({ ...delivery, attempts }, destination, { error, code, spent });
        this.#outbox.remove(delivery.id);
        return undefined;
      }
      log.warn("rule's target failed: it is tried again", {
        ...about(delivery),
        rule: rule.name,
        error: String(error),
      });
      this.#outbox.postpone(delivery.id, attempts, dueAt);
      return { ...delivery, attempts, dueAt };
    }
  }

  async #send(delivery: Delivery, { rule, target }: Destination): Promise<void> {
    const { iam, targets } = this.#options;
    const event = JSON.parse(delivery.event) as BusEvent;
    const body = transformed(target, event, delivery.acceptedAt);
    const { roleArn, groupId } = target;
    const principal = roleArn === undefined ? eventBridge : assumed(iam, roleArn, rule.arn);
    await targets.deliver(
      principal,
      target.arn,
      {
        body,
        ...(groupId !== undefined && { groupId }),
        // A standard queue takes a group (fair queues), but no deduplication id.
        ...(target.arn.endsWith(".fifo") && { deduplicationId: event.id }),
      },
      rule.arn,
    );
  }

  /** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
  async #deadLetter(
    delivery: Delivery,
    { rule, target }: Destination,
    { error, code, spent }: { error: unknown; code: string; spent: string | undefined },
  ): Promise<void> {
    const { targets, log } = this.#options;
    const fields = { ...about(delivery), rule: rule.name, code, error: String(error) };
    if (target.deadLetterArn === undefined) {
      log.error("event lost: its target refused it, and there is no dead-letter queue", fields);
      return;
    }
    const texts = {
      ERROR_CODE: code,
      ERROR_MESSAGE: error instanceof Error ? error.message : String(error),
      RULE_ARN: rule.arn,
      TARGET_ARN: target.arn,
      ...(spent !== undefined && !isPermanent(code) && { EXHAUSTED_RETRY_CONDITION: spent }),
      RETRY_ATTEMPTS: String(delivery.attempts - 1),
    };
    const attributes = Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [name, { DataType: "String", StringValue: text }]),
    );
    try {
      await targets.deliver(
        eventBridge,
        target.deadLetterArn,
        { body: delivery.event, attributes },
        rule.arn,
      );
      log.warn("rule's target failed: the event went to the dead-letter queue", fields);
    } catch (fault) {
      log.error("event lost: the dead-letter queue refused it", { ...fields, fault: String(fault) });
    }
  }
}

class DeliveryError extends Error {
  readonly code: string;

  constructor(code: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.code = code;
  }
}

function transformed(target: RuleTarget, event: BusEvent, acceptedAt: number): string {
  try {
    const body = target.transform(event, acceptedAt);
    if (target.arn.startsWith("arn:aws:lambda:")) {
      JSON.parse(body);
    }
    return body;
  } catch (error) {
    throw new DeliveryError("INVALID_JSON", error);
  }
}

function assumed(iam: Iam, roleArn: string, ruleArn: string): Principal {
  try {
    return iam.assume(roleArn, "events.amazonaws.com", ruleArn);
  } catch (error) {
    throw new DeliveryError("FAILED_TO_ASSUME_ROLE", error);
  }
}

const permanent = new Set([
  "NO_PERMISSIONS",
  "NO_RESOURCE",
  "FAILED_TO_ASSUME_ROLE",
  "INVALID_JSON",
  "INVALID_PARAMETER",
]);

const isPermanent = (code: string): boolean => permanent.has(code);

/** The `ERROR_CODE` of a dead letter. An unknown error is retried. */
function errorCode(error: unknown): string {
  if (error instanceof DeliveryError) {
    return error.code;
  }
  if (!(error instanceof AwsError)) {
    return "INTERNAL_ERROR";
  }
  if (/^AccessDenied|AuthorizationError/.test(error.code)) {
    return "NO_PERMISSIONS";
  }
  if (/NotFound|DoesNotExist|NonExistent/.test(error.code)) {
    return "NO_RESOURCE";
  }
  if (/Throttl|TooManyRequests|OverLimit/.test(error.code)) {
    return "THROTTLING";
  }
  return error.status < 500 ? "INVALID_PARAMETER" : "SDK_CLIENT_ERROR";
}

function spentLimit(target: RuleTarget, attempts: number, ageMs: number): string | undefined {
  if (attempts > target.maximumRetries) {
    return "MaximumRetryAttempts";
  }
  return ageMs > target.maximumAgeMs ? "MaximumEventAgeInSeconds" : undefined;
}

function about({ ruleArn, targetId, attempts, event }: Delivery): Record<string, unknown> {
  return { ruleArn, targetId, attempts, event: (JSON.parse(event) as BusEvent).id };
}
