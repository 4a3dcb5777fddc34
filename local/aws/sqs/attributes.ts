import { createHash } from "node:crypto";
import { AwsError } from "../service.ts";
import { objectOf, wrongType } from "./types.ts";

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64, as JSON carries it. */
  readonly BinaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

export function md5(data: string | Buffer): string {
  return createHash("md5").update(data).digest("hex");
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const parts = names.flatMap((name) => {
    const { DataType = "", ...value } = attributes[name] ?? {};
    const binary = isBinary(DataType);
    return [sized(name), sized(DataType), Buffer.from([binary ? 2 : 1]), sized(bytesOf(DataType, value))];
  });
  return md5(Buffer.concat(parts));
}

/** Bytes that names, types and values add to a message. */
export function sizeOfAttributes(attributes: MessageAttributes): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType, ...value }]) =>
      sum + Buffer.byteLength(name) + Buffer.byteLength(DataType) + bytesOf(DataType, value).length,
    0,
  );
}

/** Checks the attributes that a sender gives. */
export function readAttributes(value: unknown): MessageAttributes {
  const attributes = objectOf(value ?? {}) as MessageAttributes;
  const entries = Object.entries(attributes);
  for (const attribute of Object.values(attributes)) {
    for (const part of Object.values(objectOf(attribute)))
      if (typeof part !== "string" && !Array.isArray(part)) throw wrongType(part, "a String");
  }
  if (entries.length > 10) throw invalid("Number of message attributes exceeds the allowed maximum [10].");
  for (const [name, { DataType, StringValue, BinaryValue }] of entries) {
    if (!isName(name)) throw invalid(`The message attribute name '${name}' is invalid.`);
    if (!/^(?:String|Number|Binary)(?:\..+)?$/.test(DataType) || DataType.length > 256) {
      throw invalid(
        `The type of message attribute '${name}' is invalid. It must be String, Number or Binary.`,
      );
    }
    if ((isBinary(DataType) ? BinaryValue : StringValue) === undefined) {
      throw invalid(`The message attribute '${name}' must contain a non-empty value of type ${DataType}.`);
    }
  }
  return attributes;
}

/** Letters, digits, `_`, `-` and single dots inside; names that begin with AWS. or Amazon. are AWS's own. */
function isName(name: string): boolean {
  return /^(?!(?:aws|amazon)\.)[\w-]+(?:\.[\w-]+)*$/i.test(name) && name.length <= 256;
}

/** `All` or `.*`, a name, or a name's beginning followed by `.*`. */
export function selectAttributes(
  attributes: MessageAttributes,
  wanted: readonly string[],
): MessageAttributes {
  const fits = (name: string) =>
    wanted.some(
      (one) => one === "All" || one === name || (one.endsWith(".*") && name.startsWith(one.slice(0, -2))),
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => fits(name)));
}

function isBinary(type: string): boolean {
  return type.startsWith("Binary");
}

function bytesOf(type: string, value: Omit<MessageAttribute, "DataType">): Buffer {
  return isBinary(type)
    ? Buffer.from(value.BinaryValue ?? "", "base64")
    : Buffer.from(value.StringValue ?? "");
}

function sized(data: string | Buffer): Buffer {
  const bytes = Buffer.from(data as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterValue", message);
}
