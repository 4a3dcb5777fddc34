import type { Part, Principal, Service } from "../../base/service.ts";
import { failQueryAs, type QueryObject, readQuery, sendQuery } from "../gateway/query.ts";
import { sourceContext } from "../iam/caller.ts";
import { exponential, pause } from "../lambda/mappings/retry.ts";
import type { DeliveringOptions } from "../deliveries.ts";
import type { Message, Target } from "../targets.ts";
import { Access } from "./access.ts";
import { Deliverer } from "./delivery.ts";
import type { Topic } from "./model.ts";
import { Outbox } from "./outbox.ts";
import { readPublish } from "./publish.ts";
import { Publisher } from "./publisher.ts";
import { Requests } from "./requests.ts";
import { topicsOf } from "./topics.ts";

export interface Sns extends Service, Target, Required<Omit<Part, "work">> {}

const namespace = "http://sns.amazonaws.com/doc/2010-03-31/";

/** SNS: exactly the declared topics. An accepted message is delivered at least once, after a restart too. */
export function createSns(options: DeliveringOptions): Sns {
  const { graph, iam, clock, accountId, wait = pause, backoff = exponential } = options;
  const topics = topicsOf(graph);
  const subscriptions = [...topics.values()].flatMap((topic) => topic.subscriptions);
  const outbox = new Outbox(options.storage);
  const byArn = new Map(subscriptions.map((subscription) => [subscription.arn, subscription]));
  const deliverer = new Deliverer({ ...options, wait, backoff }, outbox, byArn);
  const publisher = new Publisher(outbox, deliverer, clock, options.meter);
  const access = new Access(iam, topics);
  const requests = new Requests({ access, publisher, accountId });
  const permitted = (principal: Principal, arn: string, sourceArn?: string): Topic =>
    access.topic(principal, "Publish", arn, sourceContext(sourceArn, accountId));

  return {
    scopes: ["sns"],
    async handle(call) {
      const { action, input } = await readQuery(call);
      sendQuery(call.response, namespace, action, requests.run(call.principal, action, input));
    },
    fail: (response, error) => failQueryAs(response, namespace, error),
    check: (principal, arn, sourceArn) => void permitted(principal, arn, sourceArn),
    receive(principal, arn, message, sourceArn) {
      return Promise.resolve().then(() => {
        const topic = permitted(principal, arn, sourceArn);
        publisher.publish(topic, readPublish(topic, inputOf(message)));
      });
    },
    start: () => deliverer.begin(outbox.all()),
    idle: () => deliverer.idle(),
    async stop() {
      await deliverer.stop();
      outbox.close();
    },
  };
}

const inputOf = ({ body, groupId, deduplicationId }: Message): QueryObject => ({
  Message: body,
  ...(groupId !== undefined && { MessageGroupId: groupId }),
  ...(deduplicationId !== undefined && { MessageDeduplicationId: deduplicationId }),
});
