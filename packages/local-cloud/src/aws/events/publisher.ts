import type { Meter } from "../../base/meter.ts";
import type { Clock, Log } from "../../base/service.ts";
import type { Deliverer } from "./delivery.ts";
import type { BusEvent } from "./event.ts";
import type { Outbox } from "./outbox.ts";
import type { EventBus, Rule } from "./rules.ts";

export interface PublisherOptions {
  readonly buses: ReadonlyMap<string, EventBus>;
  readonly rules: ReadonlyMap<string, Rule>;
  readonly outbox: Outbox;
  readonly deliverer: Deliverer;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter?: Meter | undefined;
}

/** Stores an event for the targets of its rules, and begins the deliveries. */
export class Publisher {
  readonly #options: PublisherOptions;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Sends the event to the rules of the bus that are enabled and match it. */
  publish(event: BusEvent, busName: string): void {
    const { buses, rules, log, meter } = this.#options;
    // Events of AWS services are free.
    if (!event.source.startsWith("aws.")) {
      meter?.count("events.events", busName);
    }
    if (!buses.has(busName)) {
      // AWS accepts and drops it too.
      log.warn("event dropped: its event bus does not exist", { bus: busName, source: event.source });
    }
    const matching = [...rules.values()].filter(
      (rule) => rule.busName === busName && rule.state !== "DISABLED" && rule.matches(event),
    );
    this.send(event, matching);
  }

  send(event: BusEvent, rules: readonly Rule[]): void {
    const { outbox, deliverer, clock } = this.#options;
    const deliveries = rules.flatMap(({ arn, targets }) =>
      targets.map(({ id }) => ({ ruleArn: arn, targetId: id })),
    );
    deliverer.begin(outbox.add(event, deliveries, clock()));
  }
}
