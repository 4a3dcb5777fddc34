import { type Fault, faultIn } from "../fault.ts";

const queue = "functions/shared/queue.ts";
const batch = "functions/shared/batch.ts";
const logger = "functions/shared/logger.ts";
const sharedTests = (...names: string[]) => names.map((name) => `test/functions/shared/${name}.test.ts`);
const inQueue = faultIn(queue, sharedTests("queue"));
const inBatch = faultIn(batch, sharedTests("batch"));
const inLogger = faultIn(logger, sharedTests("logger"));

export const sharedFaults: readonly Fault[] = [
  inQueue("messages that were refused count as sent", "if (taken.length < batch.length) {", "if (false) {"),
  inQueue("eleven messages go into one request", "const maxBatch = 10", "const maxBatch = 11"),
  inBatch(
    "a message that failed counts as done",
    "(await succeeds(message, handle, logger, meter)) ? [] : [message]",
    "(await succeeds(message, handle, logger, meter)) ? [] : []",
  ),
  inLogger("webhook secrets are logged", '.replace(webhookSecret, "[redacted]")', ""),
];
