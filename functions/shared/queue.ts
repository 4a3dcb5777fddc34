import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** SQS takes no more messages in one request. */
const mostAtOnce = 10;

/** Puts messages on a queue, as JSON. Throws unless all are taken; those that were may then be there twice. */
export async function sendAll(sqs: SQSClient, QueueUrl: string, messages: readonly object[]): Promise<void> {
  for (let from = 0; from < messages.length; from += mostAtOnce) {
    const batch = messages.slice(from, from + mostAtOnce);
    const { Failed: failed = [] } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: batch.map((message, index) => ({ Id: String(index), MessageBody: JSON.stringify(message) })),
      }),
    );
    if (failed.length > 0) {
      throw new Error(`${failed.length} messages were not taken: ${failed[0]?.Code ?? ""}`);
    }
  }
}
