import { AwsError } from "../service.ts";
import type { Clock } from "../service.ts";
import type { JsonObject } from "../gateway/json.ts";
import { wrongType } from "./types.ts";
import { md5, md5OfAttributes, readAttributes, selectAttributes, sizeOfAttributes } from "./attributes.ts";
import type { MessageAttributes } from "./attributes.ts";
import { batch, readEntries } from "./batch.ts";
import type { Polling } from "./polling.ts";
import type { Queue } from "./queues.ts";
import { isReceipt } from "./store.ts";
import type { Store, StoredMessage } from "./store.ts";

export interface Request {
  readonly queue: Queue;
  readonly input: JsonObject;
  /** `SenderId` of what is sent. */
  readonly sender: string;
  readonly signal?: AbortSignal | undefined;
}

type Output = Record<string, unknown>;
export type Operation = (request: Request) => Output | Promise<Output>;

/** The largest batch, and the largest message a queue can be set to. */
const largest = 1_048_576;

/** The operations on one queue. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html */
export function createOperations(
  store: Store,
  polling: Polling,
  clock: Clock,
): ReadonlyMap<string, Operation> {
  const send = ({ queue, input, sender }: Request): Output => {
    const { body, attributes, delay } = readMessage(queue, input);
    const trace = (input["MessageSystemAttributes"] as MessageAttributes | undefined)?.["AWSTraceHeader"]
      ?.StringValue;
    const message = { body, attributes: JSON.stringify(attributes), trace: trace ?? null, sender };
    const MessageId = store.send(queue, message, clock(), delay);
    polling.wake(queue.arn);
    const MD5OfMessageAttributes = md5OfAttributes(attributes);
    return {
      MessageId,
      MD5OfMessageBody: md5(body),
      ...(MD5OfMessageAttributes && { MD5OfMessageAttributes }),
    };
  };

  const remove = ({ queue, input }: Request): Output => {
    store.remove(queue, receiptIn(input));
    return {};
  };

  const changeVisibility = ({ queue, input }: Request): Output => {
    const seconds = integer(input, "VisibilityTimeout", 0, 43_200, undefined);
    if (!store.changeVisibility(queue, receiptIn(input), clock(), seconds)) {
      throw new AwsError("MessageNotInflight", "The message referred to is not in flight.");
    }
    polling.wake(queue.arn);
    return {};
  };

  const receive = async ({ queue, input, signal }: Request): Promise<Output> => {
    const messages = await polling.receive({
      queue,
      most: integer(input, "MaxNumberOfMessages", 1, 10, 1),
      wait: integer(input, "WaitTimeSeconds", 0, 20, queue.receiveWait),
      visibilityTimeout: integer(input, "VisibilityTimeout", 0, 43_200, queue.visibilityTimeout),
      signal,
    });
    if (queue.redrive !== undefined) polling.wake(queue.redrive.deadLetterArn);
    return messages.length === 0 ? {} : { Messages: messages.map((message) => present(message, input)) };
  };

  return new Map<string, Operation>([
    ["SendMessage", send],
    [
      "SendMessageBatch",
      (request) => {
        const entries = readEntries(request.input["Entries"]);
        const total = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
        if (total > largest)
          throw new AwsError("BatchRequestTooLong", `Batch requests cannot be longer than ${largest} bytes.`);
        return batch(request, send);
      },
    ],
    ["ReceiveMessage", receive],
    ["DeleteMessage", remove],
    ["DeleteMessageBatch", (request) => batch(request, remove)],
    ["ChangeMessageVisibility", changeVisibility],
    ["ChangeMessageVisibilityBatch", (request) => batch(request, changeVisibility)],
    [
      "GetQueueAttributes",
      ({ queue, input }) => ({
        Attributes: attributesOf(queue, store, clock(), strings(input["AttributeNames"])),
      }),
    ],
    [
      "PurgeQueue",
      ({ queue }) => {
        store.purge(queue);
        return {};
      },
    ],
  ]);
}

/** Characters that XML 1.0 has no place for. */
const forbidden =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

function readMessage(queue: Queue, input: JsonObject) {
  const body = input["MessageBody"] ?? "";
  if (typeof body !== "string") throw wrongType(body, "a String");
  if (body === "") throw missing("MessageBody");
  refuseFifo(input);
  if (forbidden.test(body)) throw new AwsError("InvalidMessageContents", "Invalid characters found.");
  const attributes = readAttributes(input["MessageAttributes"]);
  if (Buffer.byteLength(body) + sizeOfAttributes(attributes) > queue.maximumMessageSize) {
    throw invalid(
      `One or more parameters are invalid. Reason: Message must be shorter than ${queue.maximumMessageSize} bytes.`,
    );
  }
  return { body, attributes, delay: integer(input, "DelaySeconds", 0, 900, queue.delay) };
}

/** MessageGroupId is for standard queues too, since fair queues (2025). */
function refuseFifo(input: JsonObject): void {
  const value = input["MessageDeduplicationId"] ?? undefined;
  if (value !== undefined && typeof value !== "string") throw wrongType(value, "a String");
  if (value !== undefined) {
    throw invalid(
      `Value ${value} for parameter MessageDeduplicationId is invalid. Reason: The request include parameter that is not valid for this queue type.`,
    );
  }
  const group = input["MessageGroupId"] ?? undefined;
  if (group !== undefined && typeof group !== "string") throw wrongType(group, "a String");
  if (group !== undefined && !/^[\x21-\x7e]{1,128}$/.test(group)) {
    throw invalid(
      `Value ${group} for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
    );
  }
}

function sizeOf(entry: JsonObject): number {
  const body = entry["MessageBody"];
  return (
    (typeof body === "string" ? Buffer.byteLength(body) : 0) +
    sizeOfAttributes(readAttributes(entry["MessageAttributes"]))
  );
}

function present(message: StoredMessage, input: JsonObject): Output {
  const attributes = JSON.parse(message.attributes) as MessageAttributes;
  const MessageAttributes = selectAttributes(attributes, strings(input["MessageAttributeNames"]));
  const wanted = [...strings(input["AttributeNames"]), ...strings(input["MessageSystemAttributeNames"])];
  const system = {
    SenderId: message.sender,
    SentTimestamp: String(message.sent),
    ApproximateReceiveCount: String(message.receives),
    ApproximateFirstReceiveTimestamp: String(message.firstReceived),
    ...(message.trace !== null && { AWSTraceHeader: message.trace }),
    ...(message.deadLetterOf !== null && { DeadLetterQueueSourceArn: message.deadLetterOf }),
  };
  const Attributes = Object.fromEntries(
    Object.entries(system).filter(([name]) => wanted.includes("All") || wanted.includes(name)),
  );
  const MD5OfMessageAttributes = md5OfAttributes(MessageAttributes);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receipt,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(Object.keys(Attributes).length > 0 && { Attributes }),
    ...(MD5OfMessageAttributes !== undefined && { MessageAttributes, MD5OfMessageAttributes }),
  };
}

function attributesOf(
  queue: Queue,
  store: Store,
  now: number,
  wanted: readonly string[],
): Record<string, string> {
  const { visible, inFlight, delayed } = store.counts(queue, now);
  const all: Record<string, string> = {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(queue.visibilityTimeout),
    DelaySeconds: String(queue.delay),
    MaximumMessageSize: String(queue.maximumMessageSize),
    MessageRetentionPeriod: String(queue.retention),
    ReceiveMessageWaitTimeSeconds: String(queue.receiveWait),
    ...(queue.redrive && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: queue.redrive.deadLetterArn,
        maxReceiveCount: queue.redrive.maxReceiveCount,
      }),
    }),
    ...(queue.policy !== undefined && { Policy: queue.policy }),
  };
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => wanted.includes("All") || wanted.includes(name)),
  );
}

function receiptIn(input: JsonObject): string {
  const receipt = input["ReceiptHandle"];
  if (isReceipt(receipt)) return receipt;
  throw new AwsError("ReceiptHandleIsInvalid", "The input receipt handle is invalid.");
}

function integer(
  input: JsonObject,
  name: string,
  least: number,
  most: number,
  otherwise: number | undefined,
): number {
  const value = input[name] ?? otherwise;
  if (value === undefined) throw missing(name);
  if (typeof value !== "number" || !Number.isInteger(value)) throw wrongType(value, "an Integer");
  if (value >= least && value <= most) return value;
  throw invalid(
    `Value ${JSON.stringify(value)} for parameter ${name} is invalid. Reason: Must be between ${least} and ${most}.`,
  );
}

function strings(value: unknown): string[] {
  const list = value ?? [];
  if (!Array.isArray(list)) throw wrongType(list, "a List");
  return list.map((one: unknown) => {
    if (typeof one !== "string") throw wrongType(one, "a String");
    return one;
  });
}

function missing(name: string): AwsError {
  return new AwsError("MissingParameter", `The request must contain the parameter ${name}.`);
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterValue", message);
}
