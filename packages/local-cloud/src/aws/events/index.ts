import { AwsError, type Executor, type Part, type Service } from "../../base/service.ts";
import { failJson, readJson, sendJson } from "../gateway/json.ts";
import type { Iam } from "../iam/index.ts";
import { exponential, pause } from "../lambda/mappings/retry.ts";
import type { DeliveringOptions } from "../deliveries.ts";
import type { Target } from "../targets.ts";
import { Deliverer } from "./delivery.ts";
import type { BusEvent } from "./event.ts";
import { Outbox } from "./outbox.ts";
import { busPolicies } from "./policies.ts";
import { Publisher } from "./publisher.ts";
import { Requests } from "./requests.ts";
import { busesOf, busNameOf, rulesOf } from "./rules.ts";
import { Schedules } from "./schedules.ts";

export interface EventsOptions extends DeliveringOptions {
  readonly iam: Iam;
  /** False: scheduled rules do not run. */
  readonly schedules?: boolean | undefined;
}

/** As a target, EventBridge accepts whole events from rules of other buses and from AWS services. */
export interface Events extends Service, Executor, Target, Required<Omit<Part, "work">> {}

/**
 * EventBridge for the event buses, rules and targets of the graph.
 * Throws an `AwsError` with the name of a resource that AWS refuses, or that cannot run here.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/
 */
export function createEvents(options: EventsOptions): Events {
  const { graph, iam, region, accountId, clock, log, wait = pause, backoff = exponential } = options;
  const buses = busesOf(graph, region, accountId);
  const rules = rulesOf(graph, buses);
  const outbox = new Outbox(options.storage);
  const deliverer = new Deliverer({ ...options, wait, backoff }, outbox, rules);
  const publisher = new Publisher({ buses, rules, outbox, deliverer, clock, log, meter: options.meter });
  const schedules = new Schedules({ rules, publisher, region, accountId, clock, wait });
  const policies = busPolicies(graph, buses);
  const declared = { buses, policies, rules, region, accountId };
  const requests = new Requests({ iam, declared, publisher, clock });

  return {
    scopes: ["events"],
    execute: (principal, name, input) =>
      Promise.resolve().then(() => ({ ...requests.run(principal, name, input) })),
    async handle(call) {
      const { target, operation, input } = await readJson(call);
      if (target !== "AWSEvents") {
        throw new AwsError("UnknownOperationException", `Unknown operation ${target}.${operation}`);
      }
      sendJson(call.response, requests.run(call.principal, operation, input));
    },
    fail: (response, error) => failJson(response, error),
    ...createTarget(requests, publisher),
    start() {
      deliverer.begin(outbox.all());
      if (options.schedules !== false) {
        schedules.start();
      }
    },
    idle: () => deliverer.idle(),
    async stop() {
      await schedules.stop();
      await deliverer.stop();
      outbox.close();
    },
  };
}

/** Event buses as targets. AWS services send to the default bus without a policy. */
const createTarget = (requests: Requests, publisher: Publisher): Target => ({
  receive: (principal, arn, { body }) =>
    Promise.resolve().then(() => {
      if (principal.kind === "role") {
        requests.authorize(principal, "PutEvents", arn);
      }
      publisher.publish(JSON.parse(body) as BusEvent, busNameOf(arn));
    }),
});
