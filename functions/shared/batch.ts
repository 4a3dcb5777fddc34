import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Logger } from "@aws-lambda-powertools/logger";
import type { Metered } from "../../domain/metrics.ts";
import type { Meter } from "./metrics.ts";

/**
 * Handles each queue message separately. Only failed messages are received again. The mapping must declare
 * ReportBatchItemFailures. (Powertools' BatchProcessor does the same in 6 KB.)
 */
export const eachMessage =
  (logger: Logger, meter: Pick<Meter<Metered>, "publish">, handle: (message: SQSRecord) => Promise<void>) =>
  async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    logger.addContext(context);
    const failed = await Promise.all(
      event.Records.map(async (message) => {
        try {
          await handle(message);
          return [];
        } catch (error) {
          logger.error("A message failed", { messageId: message.messageId, error: error as Error });
          return [{ itemIdentifier: message.messageId }];
        }
      }),
    );
    meter.publish();
    return { batchItemFailures: failed.flat() };
  };
