import { type Meter, noMeter } from "../../base/meter.ts";
import type { Clock } from "../../base/service.ts";
import type { Deliverer } from "./delivery.ts";
import type { Topic } from "./model.ts";
import type { Notification } from "./notification.ts";
import type { Accepted, Outbox } from "./outbox.ts";
import { type Published, sizeOf } from "./publish.ts";

/** 64 KB of a message are a publish. https://aws.amazon.com/sns/pricing/ */
const chunk = 64 * 1024;

/** Stores a message for the subscriptions whose filter policy matches, and begins its deliveries. */
export class Publisher {
  readonly #outbox: Outbox;
  readonly #deliverer: Deliverer;
  readonly #clock: Clock;
  readonly #meter: Meter;

  constructor(outbox: Outbox, deliverer: Deliverer, clock: Clock, meter: Meter = noMeter) {
    this.#outbox = outbox;
    this.#deliverer = deliverer;
    this.#clock = clock;
    this.#meter = meter;
  }

  publish(topic: Topic, published: Published) {
    const { message, attributes, groupId, deduplicationId } = published;
    const now = this.#clock();
    const matching = topic.subscriptions.filter(({ filter }) => filter(message, attributes));
    const notificationOf = (accepted: Accepted) =>
      JSON.stringify({ ...published, ...accepted, topicArn: topic.arn, at: now } satisfies Notification);
    const { accepted, deliveries } = this.#outbox.publish(
      {
        topicArn: topic.arn,
        deduplicationId,
        lane: topic.fifo === undefined ? undefined : groupId,
        subscriptionArns: matching.map(({ arn }) => arn),
        notificationOf,
      },
      now,
    );
    this.#meter.count("sns.publishes", topic.name, Math.ceil(sizeOf(message, attributes) / chunk));
    this.#deliverer.begin(deliveries);
    const { messageId, sequenceNumber } = accepted;
    return { MessageId: messageId, ...(sequenceNumber !== undefined && { SequenceNumber: sequenceNumber }) };
  }
}
