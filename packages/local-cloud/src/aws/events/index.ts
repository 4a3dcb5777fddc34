import type { Graph } from "../../base/graph.ts";
import { failJson, type JsonObject, readJson, sendJson } from "../gateway/json.ts";
import { deniedAs } from "../iam/denied.ts";
import type { Iam } from "../iam/index.ts";
import { type Backoff, exponential, pause } from "../lambda/mappings/retry.ts";
import { keepPace, type Wait } from "../scheduler/pace.ts";
import {
  AwsError,
  type Clock,
  type Executor,
  type Log,
  type Part,
  type Principal,
  type Service,
  type Storage,
} from "../../base/service.ts";
import type { Target, Targets } from "../targets.ts";
import { Deliverer } from "./delivery.ts";
import { type BusEvent, createEvent } from "./event.ts";
import { operations } from "./operations.ts";
import { Outbox } from "./outbox.ts";
import { type Entry, eventOf, readEntries } from "./put-events.ts";
import { busesOf, busNameOf, type Rule, rulesOf } from "./rules.ts";

export interface EventsOptions {
  readonly graph: Graph;
  readonly iam: Iam;
  readonly targets: Targets;
  readonly storage: Storage;
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly wait?: Wait | undefined;
  readonly backoff?: Backoff | undefined;
  /** False leaves scheduled rules unrun. */
  readonly schedules?: boolean | undefined;
}

/** EventBridge. As a target it takes whole events, from rules of other buses and from AWS's services. */
export interface Events extends Service, Executor, Target, Required<Part> {}

/**
 * EventBridge for the event buses, rules and targets of the graph.
 * Throws an `AwsError` with the resource's name for what AWS refuses or cannot run here.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/
 */
export function createEvents(options: EventsOptions): Events {
  const { graph, iam, region, accountId, clock, log, wait = pause, backoff = exponential } = options;
  const buses = busesOf(graph, region, accountId);
  const rules = rulesOf(graph, buses);
  const declared = { buses, rules, region, accountId };
  const outbox = new Outbox(options.storage);
  const deliverer = new Deliverer({ ...options, wait, backoff }, outbox, rules);
  const stopping = new AbortController();
  const paces: Promise<void>[] = [];

  const busArn = (name: string) => `arn:aws:events:${region}:${accountId}:event-bus/${name}`;

  function send(event: BusEvent, to: readonly Rule[]): void {
    const deliveries = to.flatMap(({ arn, targets }) =>
      targets.map(({ id }) => ({ ruleArn: arn, targetId: id })),
    );
    deliverer.begin(outbox.add(event, deliveries, clock()));
  }

  function publish(event: BusEvent, busName: string): void {
    if (!buses.has(busName)) {
      // AWS accepts it as well.
      log.warn("event dropped: its event bus does not exist", { bus: busName, source: event.source });
    }
    const to = [...rules.values()].filter(
      (rule) => rule.busName === busName && rule.state !== "DISABLED" && rule.matches(event),
    );
    send(event, to);
  }

  function authorize(
    principal: Principal,
    action: string,
    resource: string,
    context: Record<string, string> = {},
  ) {
    deniedAs("AccessDeniedException", 400, () =>
      iam.authorize({ principal, action: `events:${action}`, resource, context }),
    );
  }

  function putEvents(principal: Principal, input: JsonObject): JsonObject {
    const entries = readEntries(input);
    const busOf = ({ EventBusName = "default" }: Entry) => busNameOf(EventBusName);
    for (const entry of entries) {
      authorize(principal, "PutEvents", busArn(busOf(entry)), {
        "events:source": entry.Source ?? "",
        "events:detail-type": entry.DetailType ?? "",
      });
    }
    const results = entries.map((entry) => {
      const event = eventOf(entry, accountId, region, clock());
      if (!("id" in event)) {
        return event;
      }
      publish(event, busOf(entry));
      return { EventId: event.id };
    });
    return { FailedEntryCount: results.filter((each) => "ErrorCode" in each).length, Entries: results };
  }

  function run(principal: Principal, name: string, input: JsonObject): JsonObject {
    if (name === "PutEvents") {
      return putEvents(principal, input);
    }
    const operation = operations.get(name);
    if (operation === undefined) {
      throw new AwsError(
        "UnknownOperationException",
        `${name} is not supported by the local EventBridge: buses, rules and targets are those of the program.`,
      );
    }
    authorize(principal, name, operation.resource(input, declared));
    return operation.run(input, declared);
  }

  function tick(rule: Rule, due: number): void {
    const given = {
      source: "aws.events",
      detailType: "Scheduled Event",
      detail: {},
      resources: [rule.arn],
      time: due,
    };
    send(createEvent(given, accountId, region), [rule]);
  }

  return {
    scopes: ["events"],
    execute: (principal, name, input) => Promise.resolve().then(() => ({ ...run(principal, name, input) })),
    async handle(call) {
      const { target, operation, input } = await readJson(call);
      if (target !== "AWSEvents") {
        throw new AwsError("UnknownOperationException", `Unknown operation ${target}.${operation}`);
      }
      sendJson(call.response, run(call.principal, operation, input));
    },
    fail: (response, error) => failJson(response, error),
    receive(principal, arn, { body }) {
      return Promise.resolve().then(() => {
        // AWS's services send to the default bus without a policy.
        if (principal.kind === "role") {
          authorize(principal, "PutEvents", arn);
        }
        publish(JSON.parse(body) as BusEvent, busNameOf(arn));
      });
    },
    start() {
      deliverer.begin(outbox.all());
      if (options.schedules === false) {
        return;
      }
      for (const rule of rules.values()) {
        if (rule.schedule !== undefined && rule.state !== "DISABLED") {
          const timing = { clock, wait, signal: stopping.signal };
          const span = { start: undefined, end: undefined };
          paces.push(keepPace(rule.schedule, span, timing, (due) => tick(rule, due)));
        }
      }
    },
    idle: () => deliverer.idle(),
    async stop() {
      stopping.abort();
      await Promise.all(paces);
      await deliverer.stop();
      outbox.close();
    },
  };
}
