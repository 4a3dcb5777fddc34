import { Deliveries } from "../deliveries.ts";
import type { Backoff } from "../lambda/mappings/retry.ts";
import type { Wait } from "../scheduler/pace.ts";
import { AwsError, type Clock, type Log, type Principal } from "../../base/service.ts";
import type { Targets } from "../targets.ts";
import { messageFor, type Notification } from "./notification.ts";
import type { Delivery, Outbox } from "./outbox.ts";
import type { Subscription } from "./model.ts";

export interface DelivererOptions {
  readonly targets: Targets;
  readonly clock: Clock;
  readonly log: Log;
  readonly wait: Wait;
  readonly backoff: Backoff;
}

const sns: Principal = { kind: "service", service: "sns.amazonaws.com" };

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html */
const maximumAttempts = 100_015;

/** Sends each notification to its endpoint, with retries, until it is accepted or fails for good. */
export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #outbox: Outbox;
  readonly #subscriptions: ReadonlyMap<string, Subscription>;
  /** The last delivery of each lane, by subscription and group of a FIFO topic. */
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #deliveries: Deliveries;

  constructor(options: DelivererOptions, outbox: Outbox, subscriptions: ReadonlyMap<string, Subscription>) {
    this.#options = options;
    this.#deliveries = new Deliveries(options);
    this.#outbox = outbox;
    this.#subscriptions = subscriptions;
  }

  begin(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      const lane = delivery.lane === null ? undefined : `${delivery.subscriptionArn} ${delivery.lane}`;
      const before = lane === undefined ? undefined : this.#lanes.get(lane);
      const work = (before ?? Promise.resolve())
        .then(() => this.#run(delivery))
        .finally(() => {
          if (lane !== undefined && this.#lanes.get(lane) === work) {
            this.#lanes.delete(lane);
          }
        });
      this.#deliveries.track(work);
      if (lane !== undefined) {
        this.#lanes.set(lane, work);
      }
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
    const subscription = this.#subscriptions.get(delivery.subscriptionArn);
    if (subscription === undefined) {
      log.warn("notification dropped: its subscription is no longer declared", {
        subscription: delivery.subscriptionArn,
      });
      this.#outbox.remove(delivery.id);
      return;
    }
    await this.#deliveries.repeat(delivery, (next) => this.#attempt(next, subscription));
  }

  /** Returns the retry, if one is due later. */
  async #attempt(delivery: Delivery, subscription: Subscription): Promise<Delivery | undefined> {
    const { targets, clock, backoff, log } = this.#options;
    const notification = JSON.parse(delivery.notification) as Notification;
    const message = messageFor(subscription, notification);
    try {
      await targets.deliver(sns, subscription.endpoint, message, notification.topicArn);
    } catch (error) {
      const attempts = delivery.attempts + 1;
      if (attempts < maximumAttempts && !isPermanent(error)) {
        log.warn("subscription's endpoint failed: it is tried again", about(subscription, error));
        const dueAt = clock() + backoff(attempts);
        this.#outbox.postpone(delivery.id, attempts, dueAt);
        return { ...delivery, attempts, dueAt };
      }
      await this.#deadLetter(subscription, notification, error);
    }
    this.#outbox.remove(delivery.id);
    return undefined;
  }

  async #deadLetter(subscription: Subscription, notification: Notification, error: unknown): Promise<void> {
    const { targets, log } = this.#options;
    const { deadLetterArn } = subscription;
    if (deadLetterArn === undefined) {
      log.error("notification lost: its endpoint refused it, and there is no dead-letter queue", {
        ...about(subscription, error),
      });
      return;
    }
    try {
      const message = messageFor(subscription, notification);
      await targets.deliver(sns, deadLetterArn, message, notification.topicArn);
      log.warn("notification went to the dead-letter queue", about(subscription, error));
    } catch (fault) {
      log.error("notification lost: the dead-letter queue refused it", about(subscription, fault));
    }
  }
}

/** The endpoint does not exist, denies access, or refuses the message. SNS does not retry. */
const isPermanent = (error: unknown): boolean =>
  error instanceof AwsError && error.status < 500 && !/Throttl|TooManyRequests|OverLimit/.test(error.code);

const about = ({ name, endpoint }: Subscription, error: unknown) => ({
  subscription: name,
  endpoint,
  error: String(error),
});
