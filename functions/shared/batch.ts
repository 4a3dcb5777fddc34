import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Logger } from "@aws-lambda-powertools/logger";

/** The parts of a `Meter` that every function with a queue has. */
interface BatchMeter {
  count(name: "MessagesFailed", value: number): void;
  publish(): void;
}

/**
 * Handles each queue message separately. Only failed messages are received again. The mapping must declare
 * ReportBatchItemFailures. (Powertools' BatchProcessor does the same in 6 KB.)
 */
export const eachMessage =
  (logger: Logger, meter: BatchMeter, handle: (message: SQSRecord) => Promise<void>) =>
  async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    logger.addContext(context);
    const failed = await Promise.all(
      event.Records.map(async (message) =>
        (await succeeds(message, handle, logger, meter)) ? [] : [message],
      ),
    );
    meter.publish();
    return failures(failed.flat());
  };

/** Handles messages of one group at once. Returns those that are done. */
type HandleTogether = (messages: readonly SQSRecord[]) => Promise<readonly SQSRecord[]>;

/**
 * The same for a FIFO queue: the messages of a group one after another. After one that fails, those of its group that
 * follow are not handled, and are received again behind it. If `together` leaves or fails messages, each is handled alone.
 */
export const eachMessageInOrder =
  (
    logger: Logger,
    meter: BatchMeter,
    handle: (message: SQSRecord) => Promise<void>,
    together?: HandleTogether,
  ) =>
  async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    logger.addContext(context);
    const groups = Map.groupBy(event.Records, ({ attributes }) => attributes.MessageGroupId ?? "");
    const failed = await Promise.all(
      [...groups.values()].map(async (group) => {
        const done = together && group.length > 1 ? await together(group).catch(() => []) : [];
        const messages = group.filter((message) => !done.includes(message));
        for (const [index, message] of messages.entries()) {
          if (!(await succeeds(message, handle, logger, meter))) {
            return messages.slice(index);
          }
        }
        return [];
      }),
    );
    meter.publish();
    return failures(failed.flat());
  };

async function succeeds(
  message: SQSRecord,
  handle: (message: SQSRecord) => Promise<void>,
  logger: Logger,
  meter: BatchMeter,
): Promise<boolean> {
  try {
    await handle(message);
    return true;
  } catch (error) {
    if (!isThrottling(error)) {
      meter.count("MessagesFailed", 1);
    }
    logger.error("A message failed", { messageId: message.messageId, error: error as Error });
    return false;
  }
}

/** A service that throttles makes messages late, and lateness has alarms of its own. */
const isThrottling = (error: unknown): boolean =>
  error instanceof Error &&
  /Throttl|TooManyRequests|ThroughputExceeded|RequestLimitExceeded/.test(error.name);

const failures = (messages: readonly SQSRecord[]): SQSBatchResponse => ({
  batchItemFailures: messages.map(({ messageId }) => ({ itemIdentifier: messageId })),
});
