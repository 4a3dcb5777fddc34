import { AwsError, type Principal } from "../../base/service.ts";
import type { QueryObject } from "../gateway/query.ts";
import type { Access } from "./access.ts";
import { readBatch } from "./batch.ts";
import type { Topic } from "./model.ts";
import type { Publisher } from "./publisher.ts";
import { invalid, readPublish, textIn } from "./publish.ts";

/** The operations that SDKs can call. */
export const snsOperations = [
  "GetTopicAttributes",
  "ListSubscriptionsByTopic",
  "ListTopics",
  "Publish",
  "PublishBatch",
] as const;

export interface RequestsOptions {
  readonly access: Access;
  readonly publisher: Publisher;
  readonly accountId: string;
}

/** Checks the permission for an operation, and runs it. */
export class Requests {
  readonly #options: RequestsOptions;

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  run(principal: Principal, name: string, input: QueryObject): object {
    const { access, publisher, accountId } = this.#options;
    const action = snsOperations.find((each) => each === name);
    switch (action) {
      case "Publish": {
        const topic = access.topic(principal, "Publish", topicArnIn(input, action));
        return publisher.publish(topic, readPublish(topic, input));
      }
      case "PublishBatch":
        return this.#publishBatch(access.topic(principal, "Publish", topicArnIn(input, action)), input);
      case "GetTopicAttributes":
        return attributesOf(access.topic(principal, action, topicArnIn(input, action)), accountId);
      case "ListSubscriptionsByTopic":
        return subscriptionsOf(access.topic(principal, action, topicArnIn(input, action)), accountId);
      case "ListTopics":
        return { Topics: { member: access.topics(principal).map(({ arn }) => ({ TopicArn: arn })) } };
      case undefined:
        throw new AwsError(
          "InvalidAction",
          `${name} is not supported by the local SNS: topics and subscriptions are those of the program.`,
        );
    }
  }

  #publishBatch(topic: Topic, input: QueryObject): object {
    const results = readBatch(input).map(({ Id, entry }) => {
      try {
        return { done: { Id, ...this.#options.publisher.publish(topic, readPublish(topic, entry)) } };
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
}

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

function subscriptionsOf({ arn: TopicArn, subscriptions }: Topic, Owner: string): object {
  const member = subscriptions.map(({ arn: SubscriptionArn, protocol: Protocol, endpoint: Endpoint }) => ({
    ...{ SubscriptionArn, Owner, Protocol, Endpoint, TopicArn },
  }));
  return { Subscriptions: { member } };
}
