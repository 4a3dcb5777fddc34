import { type Graph, ofType, type ResourceOf } from "../../base/graph.ts";
import { AwsError } from "../../base/service.ts";
import { compileFilterPolicy } from "./filter.ts";
import type { FilterPolicy, Subscription, Topic } from "./model.ts";

type Declared = ResourceOf<"aws:sns/topicSubscription:TopicSubscription">;

/** The topics of the graph by ARN. Throws `InvalidParameter`, naming the resource, for what AWS refuses. */
export function topicsOf(graph: Graph): ReadonlyMap<string, Topic> {
  const policies = new Map(
    ofType(graph, "aws:sns/topicPolicy:TopicPolicy").map(({ inputs }) => [inputs.arn, inputs.policy]),
  );
  const declared = ofType(graph, "aws:sns/topicSubscription:TopicSubscription");
  const topics = ofType(graph, "aws:sns/topic:Topic").map(({ inputs, outputs }): Topic => {
    const { name, arn } = outputs;
    const fifo = inputs.fifoTopic === true;
    if (fifo !== name.endsWith(".fifo")) {
      throw invalid(name, "Topic Name: the name of a FIFO topic, and no other, ends with .fifo");
    }
    if (!fifo && inputs.contentBasedDeduplication) {
      throw invalid(name, "contentBasedDeduplication is for FIFO topics only");
    }
    const own = declared.filter((one) => one.inputs.topic === arn && one.inputs.protocol !== "email");
    return {
      ...{ name, arn, displayName: inputs.displayName ?? "", policy: policies.get(arn) ?? inputs.policy },
      fifo: fifo ? { contentBasedDeduplication: inputs.contentBasedDeduplication ?? false } : undefined,
      subscriptions: own.map((one) => subscriptionOf(one, fifo, graph)),
    };
  });
  const arns = new Set(topics.map(({ arn }) => arn));
  for (const { name, inputs } of declared) {
    if (!arns.has(inputs.topic)) {
      throw new AwsError("NotFound", `Subscription ${name}: Topic does not exist: ${inputs.topic}.`, 404);
    }
  }
  return new Map(topics.map((topic) => [topic.arn, topic]));
}

function subscriptionOf(declared: Declared, fifoTopic: boolean, graph: Graph): Subscription {
  const { name, inputs, outputs } = declared;
  const { endpoint, protocol } = inputs;
  const fifo = protocol === "sqs" && requireQueue(graph, name, "Endpoint", endpoint);
  if (protocol === "lambda") {
    if (!ofType(graph, "aws:lambda/function:Function").some((one) => one.outputs.arn === endpoint)) {
      throw invalid(name, `Endpoint Reason: no function of the program has the ARN ${endpoint}`);
    }
    if (fifoTopic || inputs.rawMessageDelivery) {
      throw invalid(
        name,
        fifoTopic
          ? "Endpoint Reason: a FIFO topic delivers to queues only"
          : "RawMessageDelivery Reason: Delivery protocol [lambda] does not support raw message delivery",
      );
    }
  }
  if (fifo && !fifoTopic) {
    throw invalid(name, "Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics");
  }
  return {
    ...{ arn: outputs.arn, name, endpoint, fifo, raw: inputs.rawMessageDelivery ?? false },
    protocol: protocol === "lambda" ? "lambda" : "sqs",
    filter: filterOf(declared),
    deadLetterArn: deadLettersOf(declared, fifo, graph),
  };
}

function filterOf({ name, inputs }: Declared): FilterPolicy {
  try {
    return compileFilterPolicy(inputs.filterPolicy, inputs.filterPolicyScope ?? "MessageAttributes");
  } catch (error) {
    throw invalid(name, `FilterPolicy: ${(error as Error).message}`);
  }
}

function deadLettersOf({ name, inputs }: Declared, fifo: boolean, graph: Graph): string | undefined {
  if (inputs.redrivePolicy === undefined || inputs.redrivePolicy === "") {
    return undefined;
  }
  const { deadLetterTargetArn } = JSON.parse(inputs.redrivePolicy) as Record<string, unknown>;
  if (typeof deadLetterTargetArn !== "string") {
    throw invalid(name, "RedrivePolicy: deadLetterTargetArn is missing");
  }
  if (requireQueue(graph, name, "RedrivePolicy", deadLetterTargetArn) !== fifo) {
    throw invalid(name, "RedrivePolicy: the dead-letter queue must be of the same type as the endpoint");
  }
  return deadLetterTargetArn;
}

/** Whether the queue is a FIFO queue. */
function requireQueue(graph: Graph, name: string, input: string, arn: string): boolean {
  const queue = ofType(graph, "aws:sqs/queue:Queue").find(({ outputs }) => outputs.arn === arn);
  if (queue === undefined) {
    throw invalid(name, `${input} Reason: no queue of the program has the ARN ${arn}`);
  }
  return queue.inputs.fifoQueue === true;
}

function invalid(name: string, reason: string): AwsError {
  return new AwsError("InvalidParameter", `${name}: Invalid parameter: ${reason}.`);
}
