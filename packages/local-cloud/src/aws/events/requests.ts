import { AwsError, type Clock, type Principal } from "../../base/service.ts";
import type { JsonObject } from "../gateway/json.ts";
import { deniedAs } from "../iam/denied.ts";
import type { Iam } from "../iam/index.ts";
import { type Declared, operations } from "./operations.ts";
import type { Publisher } from "./publisher.ts";
import { type Entry, eventOf, readEntries } from "./put-events.ts";
import { busNameOf } from "./rules.ts";

export interface RequestsOptions {
  readonly iam: Iam;
  readonly declared: Declared;
  readonly publisher: Publisher;
  readonly clock: Clock;
}

/** Checks the permission for an operation, and runs it. */
export class Requests {
  readonly #options: RequestsOptions;

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  run(principal: Principal, name: string, input: JsonObject): JsonObject {
    if (name === "PutEvents") {
      return this.#putEvents(principal, input);
    }
    const { declared } = this.#options;
    const operation = operations.get(name);
    if (operation === undefined) {
      throw new AwsError(
        "UnknownOperationException",
        `${name} is not supported by the local EventBridge: buses, rules and targets are those of the program.`,
      );
    }
    this.authorize(principal, name, operation.resource(input, declared));
    return operation.run(input, declared);
  }

  authorize(
    principal: Principal,
    action: string,
    resource: string,
    context: Record<string, string> = {},
  ): void {
    const { iam, declared } = this.#options;
    const resourcePolicy = declared.policies.get(resource);
    deniedAs("AccessDeniedException", 400, () =>
      iam.authorize({ principal, action: `events:${action}`, resource, resourcePolicy, context }),
    );
  }

  /** Checks the permission of every entry before it accepts the first. */
  #putEvents(principal: Principal, input: JsonObject): JsonObject {
    const { region, accountId } = this.#options.declared;
    const entries = readEntries(input);
    for (const entry of entries) {
      this.authorize(
        principal,
        "PutEvents",
        `arn:aws:events:${region}:${accountId}:event-bus/${busOf(entry)}`,
        { "events:source": entry.Source ?? "", "events:detail-type": entry.DetailType ?? "" },
      );
    }
    const results = entries.map((entry) => this.#put(entry));
    return { FailedEntryCount: results.filter((each) => "ErrorCode" in each).length, Entries: results };
  }

  #put(entry: Entry): object {
    const { declared, publisher, clock } = this.#options;
    const event = eventOf(entry, declared.accountId, declared.region, clock());
    if (!("id" in event)) {
      return event;
    }
    publisher.publish(event, busOf(entry));
    return { EventId: event.id };
  }
}

const busOf = ({ EventBusName = "default" }: Entry): string => busNameOf(EventBusName);
