import type { Clock } from "../../base/service.ts";
import { keepPace, type Wait } from "../scheduler/pace.ts";
import { createEvent } from "./event.ts";
import type { Publisher } from "./publisher.ts";
import type { Rule } from "./rules.ts";

export interface SchedulesOptions {
  readonly rules: ReadonlyMap<string, Rule>;
  readonly publisher: Publisher;
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly wait: Wait;
}

/** Sends an event for each enabled rule with a schedule, at the times of the schedule. */
export class Schedules {
  readonly #options: SchedulesOptions;
  readonly #stopping = new AbortController();
  readonly #paces: Promise<void>[] = [];

  constructor(options: SchedulesOptions) {
    this.#options = options;
  }

  start(): void {
    const { rules, clock, wait } = this.#options;
    const timing = { clock, wait, signal: this.#stopping.signal };
    for (const rule of rules.values()) {
      if (rule.schedule !== undefined && rule.state !== "DISABLED") {
        const span = { start: undefined, end: undefined };
        this.#paces.push(keepPace(rule.schedule, span, timing, (due) => this.#send(rule, due)));
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#paces);
  }

  #send(rule: Rule, due: number): void {
    const { publisher, accountId, region } = this.#options;
    const given = {
      ...{ source: "aws.events", detailType: "Scheduled Event", detail: {} },
      ...{ resources: [rule.arn], time: due },
    };
    publisher.send(createEvent(given, accountId, region), [rule]);
  }
}
