import type { JsonObject } from "../gateway/json.ts";
import { AwsError, type Clock } from "../../base/service.ts";
import { md5, md5OfAttributes } from "./attributes.ts";
import { batch, type EntryKind, readEntries } from "./batch.ts";
import { sequenceNumber } from "../fifo.ts";
import { present, readMessage, readWanted, refuseFifo, sizeOf, tokenIn } from "./messages.ts";
import type { Operation, Output, Request } from "./operation.ts";
import { integerIn, invalid, missing, textIn, textsIn } from "./parameters.ts";
import type { Polling } from "./polling.ts";
import { attributesOf } from "./queue-attributes.ts";
import type { Queue } from "./queues.ts";
import { receivedAt, type Store } from "./store.ts";

/** Bytes of a batch. */
const maxBatchSize = 1_048_576;
/** Seconds that a message may be in flight, however often its timeout is changed. */
const maxInFlightSeconds = 43_200;
const timeouts = [0, maxInFlightSeconds, `Must be >= 0 and <= ${maxInFlightSeconds}, if provided.`] as const;
const waits = [0, 20, "Must be >= 0 and <= 20, if provided."] as const;
const counts = [1, 10, "Must be between 1 and 10, if provided."] as const;

export interface Operations extends Readonly<Record<string, Operation>> {
  readonly SendMessage: Operation;
}

/** The operations on one queue. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html */
export function createOperations(store: Store, polling: Polling, clock: Clock): Operations {
  const send = sender(store, polling, clock);
  const remove = remover(store, polling, clock);
  const changeVisibility = visibilityChanger(store, polling, clock);
  const eachOf = (kind: EntryKind, operation: Operation) => (request: Request) =>
    batch(request, kind, operation);
  return {
    SendMessage: send,
    SendMessageBatch: (request) => sendBatch(request, send),
    ReceiveMessage: receiver(polling),
    DeleteMessage: remove,
    DeleteMessageBatch: eachOf("DeleteMessageBatchRequestEntry", remove),
    ChangeMessageVisibility: changeVisibility,
    ChangeMessageVisibilityBatch: eachOf("ChangeMessageVisibilityBatchRequestEntry", changeVisibility),
    GetQueueAttributes: ({ queue, input }) => {
      const names = textsIn(input, "AttributeNames");
      const Attributes = attributesOf(queue, store.counts(queue, clock()), names);
      return Object.keys(Attributes).length === 0 ? {} : { Attributes };
    },
    PurgeQueue: purger(store, clock),
  };
}

function remover(store: Store, polling: Polling, clock: Clock): Operation {
  return ({ queue, input }) => {
    const receipt = receiptIn(input);
    requireCurrent(store, queue, receipt, clock());
    store.remove(queue, receipt);
    if (queue.fifo !== undefined) {
      polling.wake(queue.arn);
    }
    return {};
  };
}

function sender(store: Store, polling: Polling, clock: Clock): Operation {
  return ({ queue, input, sender }) => {
    const { body, attributes, system, delay, groupId, deduplicationId } = readMessage(queue, input);
    const message = {
      body,
      attributes: JSON.stringify(attributes),
      trace: system["AWSTraceHeader"]?.StringValue ?? null,
      ...{ groupId, deduplicationId, sender },
    };
    const { messageId: MessageId, position } = store.send(queue, message, clock(), delay);
    polling.wake(queue.arn);
    const MD5OfMessageAttributes = md5OfAttributes(attributes);
    const MD5OfMessageSystemAttributes = md5OfAttributes(system);
    return {
      MessageId,
      MD5OfMessageBody: md5(body),
      ...(MD5OfMessageAttributes && { MD5OfMessageAttributes }),
      ...(MD5OfMessageSystemAttributes && { MD5OfMessageSystemAttributes }),
      ...(position !== undefined && { SequenceNumber: sequenceNumber(position) }),
    };
  };
}

/** Checks the total size before it sends any message. */
function sendBatch(request: Request, send: Operation): Promise<Output> {
  const entries = readEntries(request.input, "SendMessageBatchRequestEntry");
  const total = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  if (total > maxBatchSize) {
    throw new AwsError(
      "BatchRequestTooLong",
      `Batch requests cannot be longer than ${maxBatchSize} bytes. You have sent ${total} bytes.`,
    );
  }
  return batch(request, "SendMessageBatchRequestEntry", send);
}

function receiver(polling: Polling): Operation {
  return async ({ queue, input, signal }) => {
    if (queue.fifo === undefined) {
      refuseFifo(input, "ReceiveRequestAttemptId");
    }
    const wanted = readWanted(input);
    const messages = await polling.receive({
      queue,
      attemptId: tokenIn(input, "ReceiveRequestAttemptId"),
      max: integerIn(input, "MaxNumberOfMessages", counts, 1),
      wait: integerIn(input, "WaitTimeSeconds", waits, queue.receiveWait),
      visibilityTimeout: integerIn(input, "VisibilityTimeout", timeouts, queue.visibilityTimeout),
      signal,
    });
    if (queue.redrive !== undefined) {
      polling.wake(queue.redrive.deadLetterArn);
    }
    return messages.length === 0 ? {} : { Messages: messages.map((message) => present(message, wanted)) };
  };
}

function visibilityChanger(store: Store, polling: Polling, clock: Clock): Operation {
  return ({ queue, input }) => {
    const receipt = receiptIn(input);
    const seconds = integerIn(input, "VisibilityTimeout", timeouts);
    const now = clock();
    if (now + seconds * 1000 > receivedAt(receipt) + maxInFlightSeconds * 1000) {
      const rule = `Total VisibilityTimeout for the message is beyond the limit [${maxInFlightSeconds} seconds]`;
      throw invalid("VisibilityTimeout", seconds, rule);
    }
    requireCurrent(store, queue, receipt, now);
    if (!store.changeVisibility(queue, receipt, now, seconds)) {
      throw new AwsError("MessageNotInflight", "The message referred to is not in flight.");
    }
    polling.wake(queue.arn);
    return {};
  };
}

/** A FIFO queue refuses a handle after its visibility timeout. A standard queue accepts it. */
function requireCurrent(store: Store, queue: Queue, receipt: string, now: number): void {
  if (queue.fifo !== undefined && !store.isInFlight(queue, receipt, now)) {
    throw invalid("ReceiptHandle", receipt, "The receipt handle has expired.");
  }
}

function purger(store: Store, clock: Clock): Operation {
  const purged = new Map<string, number>();
  return ({ queue }) => {
    const now = clock();
    if (now < (purged.get(queue.arn) ?? -Infinity) + 60_000) {
      const message = `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`;
      throw new AwsError("PurgeQueueInProgress", message, 403);
    }
    purged.set(queue.arn, now);
    store.purge(queue);
    return {};
  };
}

function receiptIn(input: JsonObject): string {
  const receipt = textIn(input, "ReceiptHandle") ?? "";
  if (receipt.trim() === "") {
    throw missing("ReceiptHandle");
  }
  if (Number.isNaN(receivedAt(receipt))) {
    throw new AwsError("ReceiptHandleIsInvalid", `The input receipt handle "${receipt}" is not valid.`);
  }
  return receipt;
}
