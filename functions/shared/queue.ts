import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** SQS takes no more messages in one request. */
const mostAtOnce = 10;

/**
 * Puts messages on a queue, as JSON, to be received after so many seconds, 900 at most. Throws unless all are taken;
 * those that were may then be there twice.
 */
export async function sendAll(
  sqs: SQSClient,
  QueueUrl: string,
  messages: readonly object[],
  DelaySeconds = 0,
): Promise<void> {
  for (let from = 0; from < messages.length; from += mostAtOnce) {
    const batch = messages.slice(from, from + mostAtOnce);
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
      throw new Error(`${batch.length - taken.length} messages were not taken: ${failed[0]?.Code ?? ""}`);
    }
  }
}
