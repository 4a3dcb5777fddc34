import { type Graph, ofType, type ResourceOf } from "../../base/graph.ts";
import { refuse } from "../../base/refusal.ts";
import { compileFilterPolicy } from "./filter.ts";
import type { FilterPolicy, Subscription, Topic } from "./model.ts";

type DeclaredTopic = ResourceOf<"aws:sns/topic:Topic">;
type Declared = ResourceOf<"aws:sns/topicSubscription:TopicSubscription">;

/** The topics of the graph by ARN. Throws an `AwsError` with the name of a resource that AWS refuses. */
export function topicsOf(graph: Graph): ReadonlyMap<string, Topic> {
  const policies = new Map(
    ofType(graph, "aws:sns/topicPolicy:TopicPolicy").map(({ inputs }) => [inputs.arn, inputs.policy]),
  );
  const declared = ofType(graph, "aws:sns/topicSubscription:TopicSubscription");
  const topics = ofType(graph, "aws:sns/topic:Topic").map((resource): Topic => {
    const { inputs, outputs } = resource;
    const { name, arn } = outputs;
    const fifo = readFifo(resource);
    const own = declared.filter((each) => each.inputs.topic === arn && each.inputs.protocol !== "email");
    return {
      ...{ name, arn, displayName: inputs.displayName ?? "", policy: policies.get(arn) ?? inputs.policy },
      fifo,
      subscriptions: own.map((each) => subscriptionOf(each, fifo !== undefined, graph)),
    };
  });
  const byArn = new Map(topics.map((topic) => [topic.arn, topic]));
  for (const subscription of declared) {
    const { topic } = subscription.inputs;
    if (!byArn.has(topic)) {
      refuse(subscription, "topic", `names ${topic}. Topic does not exist`);
    }
  }
  return byArn;
}

function readFifo(topic: DeclaredTopic): Topic["fifo"] {
  const { inputs, outputs } = topic;
  const fifo = inputs.fifoTopic === true;
  if (fifo !== outputs.name.endsWith(".fifo")) {
    refuse(
      topic,
      "name",
      fifo ? "must end with .fifo for a FIFO topic" : "ends with .fifo, which needs fifoTopic",
    );
  }
  if (!fifo && inputs.contentBasedDeduplication) {
    refuse(topic, "contentBasedDeduplication", "is for FIFO topics only");
  }
  return fifo ? { contentBasedDeduplication: inputs.contentBasedDeduplication ?? false } : undefined;
}

function subscriptionOf(declared: Declared, fifoTopic: boolean, graph: Graph): Subscription {
  const { name, inputs, outputs } = declared;
  const { endpoint, protocol } = inputs;
  const fifo = protocol === "sqs" && requireQueue(graph, declared, "endpoint", endpoint);
  if (protocol === "lambda") {
    requireFunction(declared, fifoTopic, graph);
  }
  if (fifo && !fifoTopic) {
    refuse(
      declared,
      "endpoint",
      "is invalid. Reason: FIFO SQS Queues can not be subscribed to standard SNS topics",
    );
  }
  return {
    ...{ arn: outputs.arn, name, endpoint, fifo, raw: inputs.rawMessageDelivery ?? false },
    protocol: protocol === "lambda" ? "lambda" : "sqs",
    filter: filterOf(declared),
    deadLetterArn: deadLettersOf(declared, fifo, graph),
  };
}

function requireFunction(declared: Declared, fifoTopic: boolean, graph: Graph): void {
  const { endpoint, rawMessageDelivery } = declared.inputs;
  if (!ofType(graph, "aws:lambda/function:Function").some(({ outputs }) => outputs.arn === endpoint)) {
    refuse(declared, "endpoint", `names ${endpoint}. No function of the program has this ARN`);
  }
  if (fifoTopic) {
    refuse(declared, "endpoint", "must be a queue, because the topic is a FIFO topic");
  }
  if (rawMessageDelivery) {
    refuse(
      declared,
      "rawMessageDelivery",
      "is invalid. Reason: Delivery protocol [lambda] does not support raw message delivery",
    );
  }
}

function filterOf(declared: Declared): FilterPolicy {
  const { filterPolicy, filterPolicyScope = "MessageAttributes" } = declared.inputs;
  try {
    return compileFilterPolicy(filterPolicy, filterPolicyScope);
  } catch (error) {
    refuse(declared, "filterPolicy", `is invalid: ${(error as Error).message}`);
  }
}

function deadLettersOf(declared: Declared, fifo: boolean, graph: Graph): string | undefined {
  const { redrivePolicy } = declared.inputs;
  if (redrivePolicy === undefined || redrivePolicy === "") {
    return undefined;
  }
  const { deadLetterTargetArn } = JSON.parse(redrivePolicy) as Record<string, unknown>;
  if (typeof deadLetterTargetArn !== "string") {
    refuse(declared, "redrivePolicy", "needs deadLetterTargetArn");
  }
  if (requireQueue(graph, declared, "redrivePolicy", deadLetterTargetArn) !== fifo) {
    refuse(declared, "redrivePolicy", "must name a dead-letter queue of the same type as the endpoint");
  }
  return deadLetterTargetArn;
}

/** Whether the queue is a FIFO queue. */
function requireQueue(graph: Graph, declared: Declared, input: string, arn: string): boolean {
  const queue = ofType(graph, "aws:sqs/queue:Queue").find(({ outputs }) => outputs.arn === arn);
  if (queue === undefined) {
    refuse(declared, input, `names ${arn}. No queue of the program has this ARN`);
  }
  return queue.inputs.fifoQueue === true;
}
