import { createHash } from "node:crypto";
import type { JsonObject } from "../gateway/json.ts";
import {
  checkContents,
  md5,
  md5OfAttributes,
  type MessageAttributes,
  readAttributes,
  readNames,
  readSystemAttributes,
  selectAttributes,
  sizeOfAttributes,
} from "./attributes.ts";
import { integerIn, invalid, invalidValue, missing, textIn, textsIn } from "./parameters.ts";
import { checkAttributeNames } from "./queue-attributes.ts";
import { sequenceNumber } from "../fifo.ts";
import type { Fifo, Queue } from "./queues.ts";
import type { StoredMessage } from "./model.ts";

/** The message that a sender wants to send. */
export function readMessage(queue: Queue, input: JsonObject) {
  const body = textIn(input, "MessageBody") ?? "";
  if (body === "") {
    throw missing("MessageBody");
  }
  checkContents(body);
  const attributes = readAttributes(input["MessageAttributes"]);
  const system = readSystemAttributes(input["MessageSystemAttributes"]);
  if (Buffer.byteLength(body) + sizeOfAttributes(attributes) > queue.maximumMessageSize) {
    throw invalidValue(
      `One or more parameters are invalid. Reason: Message must be shorter than ${queue.maximumMessageSize} bytes.`,
    );
  }
  const delay = integerIn(input, "DelaySeconds", delays, queue.delay);
  if (queue.fifo === undefined) {
    refuseFifo(input, "MessageDeduplicationId");
    return { body, attributes, system, delay, groupId: groupIn(input), deduplicationId: null };
  }
  // A delay of zero is allowed, and the delay of the queue applies.
  if (input["DelaySeconds"]) {
    throw invalid("DelaySeconds", delay, notOfThisType);
  }
  return { body, attributes, system, delay, ...placeIn(queue.fifo, body, input) };
}

const delays = [0, 900, "DelaySeconds must be >= 0 and <= 900."] as const;

/** Standard queues accept MessageGroupId too, for fair queues. */
const groupIn = (input: JsonObject): string | null => tokenIn(input, "MessageGroupId") ?? null;

/** The group and the deduplication id of a message to a FIFO queue. */
function placeIn({ contentBasedDeduplication }: Fifo, body: string, input: JsonObject) {
  const groupId = groupIn(input);
  if (groupId === null) {
    throw missing("MessageGroupId");
  }
  const given = tokenIn(input, "MessageDeduplicationId");
  if (given === undefined && !contentBasedDeduplication) {
    throw invalidValue(
      "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
  }
  return { groupId, deduplicationId: given ?? createHash("sha256").update(body).digest("hex") };
}

/** A parameter of 1 to 128 printable ASCII characters without spaces. */
export function tokenIn(input: JsonObject, name: string): string | undefined {
  const value = textIn(input, name);
  if (value !== undefined && !/^[\x21-\x7e]{1,128}$/.test(value)) {
    const rule = `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`;
    throw invalid(name, value, rule);
  }
  return value;
}

const notOfThisType = "The request include parameter that is not valid for this queue type.";

/** Throws for a parameter that is for FIFO queues only. */
export function refuseFifo(input: JsonObject, name: string): void {
  const value = textIn(input, name);
  if (value !== undefined) {
    throw invalid(name, value, notOfThisType);
  }
}

/** The bytes of an entry, which count for the size of its batch. */
export function sizeOf(entry: JsonObject): number {
  return (
    Buffer.byteLength(textIn(entry, "MessageBody") ?? "") +
    sizeOfAttributes((entry["MessageAttributes"] ?? {}) as MessageAttributes)
  );
}

/** The attributes that a receiver asks for. */
export interface Wanted {
  readonly attributes: readonly string[];
  readonly system: readonly string[];
}

export function readWanted(input: JsonObject): Wanted {
  const system = [...textsIn(input, "AttributeNames"), ...textsIn(input, "MessageSystemAttributeNames")];
  checkAttributeNames(system, "message");
  return { attributes: readNames(textsIn(input, "MessageAttributeNames")), system };
}

export function present(message: StoredMessage, wanted: Wanted): Record<string, unknown> {
  const all = JSON.parse(message.attributes) as MessageAttributes;
  const MessageAttributes = selectAttributes(all, wanted.attributes);
  const system = {
    SenderId: message.sender,
    SentTimestamp: String(message.sent),
    ApproximateReceiveCount: String(message.receives),
    ApproximateFirstReceiveTimestamp: String(message.firstReceived),
    ...(message.trace !== null && { AWSTraceHeader: message.trace }),
    ...(message.groupId !== null && { MessageGroupId: message.groupId }),
    ...(message.deduplicationId !== null && { MessageDeduplicationId: message.deduplicationId }),
    ...(message.position !== null && { SequenceNumber: sequenceNumber(message.position) }),
    ...(message.deadLetterOf !== null && { DeadLetterQueueSourceArn: message.deadLetterOf }),
  };
  const Attributes = Object.fromEntries(
    Object.entries(system).filter(([name]) => wanted.system.includes("All") || wanted.system.includes(name)),
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
