import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** SQS's limit for one SendMessageBatch. */
const maxBatch = 10;

/** How a FIFO queue handles a message. */
export interface Order {
  /** Messages of one group are handled one after another, as they were sent. */
  readonly group: string;
  /** A message with the same value that was sent to the group in the last five minutes is dropped. */
  readonly once: string;
}

interface Sending<Message> {
  /** Seconds until the messages can be received: 900 at most. */
  readonly delaySeconds?: number;
  /** For a FIFO queue, which delays no message of its own. */
  readonly order?: (message: Message, index: number) => Order | undefined;
}

/**
 * Sends messages to a queue as JSON. Throws unless all are accepted. If the caller then repeats them, some are sent twice.
 */
export async function sendAll<Message extends object>(
  sqs: SQSClient,
  QueueUrl: string,
  messages: readonly Message[],
  { delaySeconds = 0, order }: Sending<Message> = {},
): Promise<void> {
  const entries = messages.map((message, index) => {
    const MessageBody = JSON.stringify(message);
    const ordered = order?.(message, index);
    return ordered
      ? { MessageBody, MessageGroupId: ordered.group, MessageDeduplicationId: ordered.once }
      : { MessageBody, DelaySeconds: delaySeconds };
  });
  for (let from = 0; from < entries.length; from += maxBatch) {
    const batch = entries.slice(from, from + maxBatch);
    const { Successful: taken = [], Failed: failed = [] } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: batch.map((entry, index) => ({ Id: String(index), ...entry })),
      }),
    );
    if (taken.length < batch.length) {
      throw new Error(`${batch.length - taken.length} messages were not accepted: ${failed[0]?.Code ?? ""}`);
    }
  }
}
