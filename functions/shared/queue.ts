import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** SQS's limit for one SendMessageBatch. */
const maxBatch = 10;

/**
 * Sends messages to a queue as JSON, with a delay of up to 900 seconds. Throws unless all are accepted. If the caller then
 * repeats them, some are sent twice.
 */
export async function sendAll(
  sqs: SQSClient,
  QueueUrl: string,
  messages: readonly object[],
  DelaySeconds = 0,
): Promise<void> {
  for (let from = 0; from < messages.length; from += maxBatch) {
    const batch = messages.slice(from, from + maxBatch);
    const { Successful: taken = [], Failed: failed = [] } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: batch.map((message, index) => ({
          Id: String(index),
          MessageBody: JSON.stringify(message),
          DelaySeconds,
        })),
      }),
    );
    if (taken.length < batch.length) {
      throw new Error(`${batch.length - taken.length} messages were not accepted: ${failed[0]?.Code ?? ""}`);
    }
  }
}
