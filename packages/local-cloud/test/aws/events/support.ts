import { afterEach } from "@jest/globals";
import { createEvents, type EventsOptions } from "../../../src/aws/events/index.ts";
import { createIam } from "../../../src/aws/iam/index.ts";
import { administratorArn } from "../../../src/aws/iam/roles.ts";
import type { Principal } from "../../../src/base/service.ts";
import { createSqs } from "../../../src/aws/sqs/index.ts";
import { Targets } from "../../../src/aws/targets.ts";
import type { Graph, InputsOf, Resource } from "../../../src/base/graph.ts";
import { accountId, graphOf, policy, queue, region, resource, temporaryStorage } from "../graph.ts";
import { recordingLog } from "../lambda/support.ts";
import { noon, standingClock } from "../scheduler/support.ts";

export const administrator: Principal = {
  kind: "role",
  roleArn: administratorArn,
  sessionArn: "admin/local",
};
export const events = (path: string) => `arn:aws:events:${region}:${accountId}:${path}`;
export const sqsArn = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`;

export const bus = (name: string) =>
  resource("aws:cloudwatch/eventBus:EventBus", name, {}, { arn: events(`event-bus/${name}`) });

export function rule(name: string, inputs: InputsOf["aws:cloudwatch/eventRule:EventRule"]): Resource {
  const { eventBusName = "default" } = inputs;
  const path = eventBusName === "default" ? name : `${eventBusName}/${name}`;
  return resource("aws:cloudwatch/eventRule:EventRule", name, inputs, {
    eventBusName,
    arn: events(`rule/${path}`),
  });
}

/** A rule for all events whose source is `shop`. */
export const shop = (inputs: InputsOf["aws:cloudwatch/eventRule:EventRule"] = {}) =>
  rule("shop", { eventPattern: '{"source": ["shop"]}', ...inputs });

type TargetInputs = InputsOf["aws:cloudwatch/eventTarget:EventTarget"];

/** A target of the rule `shop`: the queue `jobs`, unless another one is given. */
export function target(inputs: Partial<TargetInputs> = {}, id = "target"): Resource {
  const all = { rule: "shop", arn: sqsArn("jobs"), ...inputs };
  return resource("aws:cloudwatch/eventTarget:EventTarget", id, all, {
    eventBusName: inputs.eventBusName ?? "default",
    targetId: id,
  });
}

/** A queue that takes messages of the rule `shop`, or of the source given. */
export const openQueue = (name: string, sourceArn = events("rule/shop")) =>
  queue(name, {
    policy: policy({
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: sqsArn(name),
      Condition: { ArnEquals: { "aws:SourceArn": sourceArn } },
    }),
  });

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) {
    await stop();
  }
});

export interface Received {
  readonly Body: string;
  readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue: string }>>;
}

/** EventBridge over the graph, beside the real SQS and IAM; stopped when the test ends. */
export function openEvents(resources: readonly Resource[], options: Partial<EventsOptions> = {}) {
  const graph: Graph = graphOf(...resources);
  const time = standingClock(noon);
  const iam = createIam(graph, temporaryStorage());
  const sqs = createSqs({ graph, iam, storage: temporaryStorage(true), region, accountId });
  const log = recordingLog();
  const targets = new Targets();
  targets.register("sqs", sqs);
  const service = createEvents({
    ...{ graph, iam, targets, region, accountId, log, ...time },
    storage: temporaryStorage(),
    backoff: (attempt) => attempt * 1000,
    ...options,
  });
  targets.register("events", service);
  stops.push(
    () => sqs.stop(),
    () => service.stop(),
  );
  return {
    ...{ service, time, log, targets },
    put: (...Entries: readonly object[]) => service.execute(administrator, "PutEvents", { Entries }),
    /** Takes what is in a queue. */
    received: async (name: string): Promise<readonly Received[]> => {
      const { Messages = [] } = await sqs.execute(administrator, "ReceiveMessage", {
        QueueUrl: `https://sqs.${region}.amazonaws.com/${accountId}/${name}`,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ["All"],
      });
      return Messages as readonly Received[];
    },
  };
}

export const entry = (detail: object = {}, more: object = {}) => ({
  Source: "shop",
  DetailType: "Sold",
  Detail: JSON.stringify(detail),
  ...more,
});
