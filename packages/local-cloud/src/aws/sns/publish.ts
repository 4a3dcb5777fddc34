import { createHash } from "node:crypto";
import { itemsIn, type QueryObject, type QueryValue } from "../gateway/query.ts";
import { AwsError } from "../../base/service.ts";
import type { Attribute, Attributes, Topic } from "./model.ts";

/** A message that a topic accepts. */
export interface Published {
  readonly message: string;
  /** By protocol, of a message with MessageStructure json. */
  readonly structure: Readonly<Record<string, unknown>> | undefined;
  readonly subject: string | undefined;
  readonly attributes: Attributes;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
}

/** Bytes of a message with its attributes. */
export const maxMessageSize = 262_144;

/** Throws `InvalidParameter` in SNS's words. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export function readPublish(topic: Topic, input: QueryObject): Published {
  const message = textIn(input, "Message") ?? "";
  if (message === "") {
    throw invalid("Empty message");
  }
  const subject = textIn(input, "Subject");
  if (subject !== undefined && !/^[\x20-\x7e]{1,100}$/.test(subject)) {
    throw invalid("Subject");
  }
  const attributes = attributesIn(input["MessageAttributes"]);
  if (sizeOf(message, attributes) > maxMessageSize) {
    throw invalid("Message too long");
  }
  return {
    ...{ message, subject, attributes, structure: structureIn(input, message) },
    ...placeIn(topic, message, input),
  };
}

export function sizeOf(message: string, attributes: Attributes): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue = "", BinaryValue = "" }]) =>
      sum + Buffer.byteLength(name + DataType + StringValue) + Buffer.from(BinaryValue, "base64").length,
    Buffer.byteLength(message),
  );
}

function placeIn({ fifo }: Topic, message: string, input: QueryObject) {
  const groupId = tokenIn(input, "MessageGroupId");
  const given = tokenIn(input, "MessageDeduplicationId");
  if (fifo === undefined) {
    if (given !== undefined) {
      throw invalid(
        "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type",
      );
    }
    // For fair queues: a standard topic passes the group on.
    return { groupId, deduplicationId: undefined };
  }
  if (groupId === undefined) {
    throw invalid("The MessageGroupId parameter is required for FIFO topics");
  }
  if (given === undefined && !fifo.contentBasedDeduplication) {
    throw invalid(
      "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
  }
  return { groupId, deduplicationId: given ?? createHash("sha256").update(message).digest("hex") };
}

function tokenIn(input: QueryObject, name: string): string | undefined {
  const value = textIn(input, name);
  if (value !== undefined && !/^[\x21-\x7e]{1,128}$/.test(value)) {
    throw invalid(
      `${name} Reason: ${name} can only include alphanumeric and punctuation characters. 1 to 128 in length`,
    );
  }
  return value;
}

function structureIn(input: QueryObject, message: string): Published["structure"] {
  const structure = textIn(input, "MessageStructure");
  if (structure === undefined) {
    return undefined;
  }
  if (structure !== "json") {
    throw invalid("MessageStructure Reason: must be json");
  }
  const texts = parse(message, "Message Structure - JSON message body failed to parse");
  if (typeof (texts as { default?: unknown } | null)?.default !== "string") {
    throw invalid("Message Structure - No default entry in JSON message body");
  }
  return texts as Record<string, unknown>;
}

function attributesIn(value: QueryValue | undefined): Attributes {
  return Object.fromEntries(
    itemsIn(value, "entry").map((entry) => {
      const { Name: name, Value: given } = typeof entry === "object" ? entry : {};
      if (typeof name !== "string" || !/^(?!aws\.|amazon\.)[\w-]+(?:\.[\w-]+)*$/i.test(name)) {
        throw invalid(`The message attribute name '${typeof name === "string" ? name : ""}' is invalid`);
      }
      return [name, attributeOf(name, typeof given === "object" ? given : {})];
    }),
  );
}

function attributeOf(name: string, given: QueryObject): Attribute {
  const { DataType = "", StringValue, BinaryValue } = given;
  if (typeof DataType !== "string" || !/^(?:String|Number|Binary)(?:\..+)?$/.test(DataType)) {
    throw invalidValue(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  const value = DataType.startsWith("Binary") ? BinaryValue : StringValue;
  if (typeof value !== "string" || value === "") {
    throw invalidValue(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${DataType}'.`,
    );
  }
  if (DataType.startsWith("Number") && Number.isNaN(Number(value))) {
    throw invalidValue(`Could not cast message attribute '${name}' value to number.`);
  }
  if (DataType === "String.Array" && !Array.isArray(parse(value, `String.Array of ${name}`))) {
    throw invalid(`String.Array of ${name}`);
  }
  return DataType.startsWith("Binary") ? { DataType, BinaryValue: value } : { DataType, StringValue: value };
}

function parse(text: string, otherwise: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(otherwise);
  }
}

export function textIn(input: QueryObject, name: string): string | undefined {
  const value = input[name];
  if (typeof value === "object") {
    throw new AwsError("MalformedInput", `${name} must be text.`);
  }
  return value;
}

export function invalid(reason: string): AwsError {
  return new AwsError("InvalidParameter", `Invalid parameter: ${reason}`);
}

function invalidValue(message: string): AwsError {
  return new AwsError("ParameterValueInvalid", message);
}
