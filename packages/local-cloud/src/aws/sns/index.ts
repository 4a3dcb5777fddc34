import type { Graph } from "../../base/graph.ts";
import { failQueryAs, type QueryObject, readQuery, sendQuery } from "../gateway/query.ts";
import { deniedAs } from "../iam/denied.ts";
import type { Iam } from "../iam/index.ts";
import { type Backoff, exponential, pause } from "../lambda/mappings/retry.ts";
import type { Wait } from "../scheduler/pace.ts";
import {
  AwsError,
  type Clock,
  type Log,
  type Part,
  type Principal,
  type Service,
  type Storage,
} from "../../base/service.ts";
import type { Message, Target, Targets } from "../targets.ts";
import { readBatch } from "./batch.ts";
import { Deliverer } from "./delivery.ts";
import type { Topic } from "./model.ts";
import type { Notification } from "./notification.ts";
import { openOutbox } from "./outbox.ts";
import { invalid, type Published, readPublish, textIn } from "./publish.ts";
import { topicsOf } from "./topics.ts";

export interface SnsOptions {
  readonly graph: Graph;
  readonly iam: Pick<Iam, "authorize">;
  readonly targets: Targets;
  readonly storage: Storage;
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly wait?: Wait | undefined;
  readonly backoff?: Backoff | undefined;
}

export interface Sns extends Service, Target, Required<Part> {}

/** What SDKs may call. */
export const snsOperations = [
  "GetTopicAttributes",
  "ListSubscriptionsByTopic",
  "ListTopics",
  "Publish",
  "PublishBatch",
] as const;

const namespace = "http://sns.amazonaws.com/doc/2010-03-31/";

/** SNS: exactly the declared topics. What was accepted is delivered at least once, after a restart too. */
export function createSns(options: SnsOptions): Sns {
  const { graph, iam, clock, accountId, wait = pause, backoff = exponential } = options;
  const topics = topicsOf(graph);
  const subscriptions = [...topics.values()].flatMap((topic) => topic.subscriptions);
  const outbox = openOutbox(options.storage);
  const byArn = new Map(subscriptions.map((one) => [one.arn, one]));
  const deliverer = new Deliverer({ ...options, wait, backoff }, outbox, byArn);

  function permitted(
    principal: Principal,
    action: string,
    arn: string,
    context: Record<string, string> = {},
  ): Topic {
    const topic = topics.get(arn);
    deniedAs("AuthorizationError", 403, () =>
      iam.authorize({
        principal,
        action: `sns:${action}`,
        resource: arn,
        context,
        resourcePolicy: topic?.policy,
      }),
    );
    if (topic === undefined) {
      throw new AwsError("NotFound", "Topic does not exist", 404);
    }
    return topic;
  }

  function publish(topic: Topic, published: Published) {
    const { message, attributes, groupId, deduplicationId } = published;
    const wanted = topic.subscriptions.filter(({ filter }) => filter(message, attributes));
    const { accepted, deliveries } = outbox.publish(
      {
        topicArn: topic.arn,
        deduplicationId,
        lane: topic.fifo === undefined ? undefined : groupId,
        subscriptionArns: wanted.map(({ arn }) => arn),
        notificationOf: ({ messageId, sequenceNumber }) =>
          JSON.stringify({
            ...published,
            ...{ messageId, sequenceNumber, topicArn: topic.arn, at: clock() },
          } satisfies Notification),
      },
      clock(),
    );
    deliverer.begin(deliveries);
    const { messageId, sequenceNumber } = accepted;
    return { MessageId: messageId, ...(sequenceNumber !== undefined && { SequenceNumber: sequenceNumber }) };
  }

  function publishBatch(topic: Topic, input: QueryObject): object {
    const results = readBatch(input).map(({ Id, entry }) => {
      try {
        return { done: { Id, ...publish(topic, readPublish(topic, entry)) } };
      } catch (error) {
        if (!(error instanceof AwsError)) {
          throw error;
        }
        return { failed: { Id, Code: error.code, Message: error.message, SenderFault: true } };
      }
    });
    return {
      Successful: { member: results.flatMap(({ done }) => (done ? [done] : [])) },
      Failed: { member: results.flatMap(({ failed }) => (failed ? [failed] : [])) },
    };
  }

  function run(principal: Principal, name: string, input: QueryObject): object {
    const action = snsOperations.find((one) => one === name);
    switch (action) {
      case "Publish":
      case "PublishBatch": {
        const arn = topicArnIn(input, action);
        const topic = permitted(principal, "Publish", arn);
        return action === "Publish" ? publish(topic, readPublish(topic, input)) : publishBatch(topic, input);
      }
      case "GetTopicAttributes":
        return attributesOf(permitted(principal, action, topicArnIn(input, action)), accountId);
      case "ListSubscriptionsByTopic":
        return listed(permitted(principal, action, topicArnIn(input, action)), accountId);
      case "ListTopics":
        iam.authorize({ principal, action: "sns:ListTopics", resource: "*" });
        return { Topics: { member: [...topics.keys()].map((TopicArn) => ({ TopicArn })) } };
      case undefined:
        throw new AwsError(
          "InvalidAction",
          `${name} is not supported by the local SNS: topics and subscriptions are those of the program.`,
        );
    }
  }

  const accepting = (principal: Principal, arn: string, sourceArn?: string): Topic =>
    permitted(principal, "Publish", arn, {
      ...(sourceArn !== undefined && { "aws:sourcearn": sourceArn, "aws:sourceaccount": accountId }),
    });

  return {
    scopes: ["sns"],
    async handle(call) {
      const { action, input } = await readQuery(call);
      sendQuery(call.response, namespace, action, run(call.principal, action, input));
    },
    fail: (response, error) => failQueryAs(response, namespace, error),
    check(principal, arn, sourceArn) {
      accepting(principal, arn, sourceArn);
    },
    receive(principal, arn, message, sourceArn) {
      return Promise.resolve().then(() => {
        const topic = accepting(principal, arn, sourceArn);
        publish(topic, readPublish(topic, inputOf(message)));
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

function topicArnIn(input: QueryObject, action: string): string {
  if (textIn(input, "PhoneNumber") !== undefined) {
    throw invalid("PhoneNumber Reason: text messages are not supported locally");
  }
  const arn = textIn(input, "TopicArn") ?? (action === "Publish" ? textIn(input, "TargetArn") : undefined);
  if (arn === undefined || arn === "") {
    throw invalid("TopicArn or TargetArn Reason: no value for required parameter");
  }
  return arn;
}

function attributesOf({ arn, displayName, policy, fifo, subscriptions }: Topic, Owner: string): object {
  const attributes = {
    ...{ TopicArn: arn, Owner, DisplayName: displayName },
    ...{ SubscriptionsConfirmed: String(subscriptions.length), SubscriptionsPending: "0" },
    ...(policy !== undefined && { Policy: policy }),
    ...(fifo && {
      FifoTopic: "true",
      ContentBasedDeduplication: String(fifo.contentBasedDeduplication),
    }),
  };
  return { Attributes: { entry: Object.entries(attributes).map(([key, value]) => ({ key, value })) } };
}

function listed({ arn: TopicArn, subscriptions }: Topic, Owner: string): object {
  const member = subscriptions.map(({ arn: SubscriptionArn, protocol: Protocol, endpoint: Endpoint }) => ({
    ...{ SubscriptionArn, Owner, Protocol, Endpoint, TopicArn },
  }));
  return { Subscriptions: { member } };
}
