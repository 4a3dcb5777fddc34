import {
  GetQueueAttributesCommand,
  ListQueuesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { persist } from "./persist.ts";
import { administrator } from "./administrator.ts";

/** A message in a dead-letter queue. */
export interface DeadLetter {
  readonly queue: string;
  readonly messageId: string;
  readonly body: string;
  readonly received: number;
}

/** All messages in dead-letter queues: of other queues, or of event source mappings. */
export async function readDeadLetters(ready: Ready, signal: AbortSignal): Promise<DeadLetter[]> {
  const sqs = new SQSClient(administrator(ready));
  try {
    const { QueueUrls = [] } = await persist(() => sqs.send(new ListQueuesCommand({})), signal);
    const all = await Promise.all(
      QueueUrls.map(async (url) => {
        const { Attributes = {} } = await persist(
          () => sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] })),
          signal,
        );
        // A work queue has a redrive policy; a dead-letter queue has none.
        return Attributes["RedrivePolicy"] === undefined ? readAll(sqs, url, signal) : [];
      }),
    );
    return all.flat();
  } finally {
    sqs.destroy();
  }
}

export async function readAll(sqs: SQSClient, url: string, signal: AbortSignal): Promise<DeadLetter[]> {
  const messages = new Map<string, Message>();
  for (let more = true; more;) {
    const { Messages = [] } = await persist(
      () =>
        sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: url,
            MaxNumberOfMessages: 10,
            MessageSystemAttributeNames: ["All"],
          }),
        ),
      signal,
    );
    Messages.forEach((message) => messages.set(message.MessageId ?? "", message));
    more = Messages.length > 0;
  }
  return [...messages.values()].map(({ MessageId = "", Body = "", Attributes = {} }) => ({
    queue: url.split("/").at(-1) ?? url,
    messageId: MessageId,
    body: Body,
    received: Number(Attributes.ApproximateReceiveCount),
  }));
}
