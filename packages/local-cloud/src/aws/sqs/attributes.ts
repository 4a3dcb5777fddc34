import { createHash } from "node:crypto";
import { AwsError } from "../../base/service.ts";
import { invalidValue } from "./parameters.ts";

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

export function md5(data: string | Buffer): string {
  return createHash("md5").update(data).digest("hex");
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) {
    return undefined;
  }
  const parts = names.flatMap((name) => {
    const { DataType = "", ...value } = attributes[name] ?? {};
    const binary = isBinary(DataType);
    return [sized(name), sized(DataType), Buffer.from([binary ? 2 : 1]), sized(bytesOf(DataType, value))];
  });
  return md5(Buffer.concat(parts));
}

/** The bytes of all names, types and values. They count for the size of the message. */
export function sizeOfAttributes(attributes: Readonly<Record<string, Partial<MessageAttribute>>>): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType = "", ...value }]) =>
      sum + Buffer.byteLength(name) + Buffer.byteLength(DataType) + bytesOf(DataType, value).length,
    0,
  );
}

/** Checks the attributes of a message to send. `readInput` has checked their types. */
export function readAttributes(value: unknown): MessageAttributes {
  const attributes = (value ?? {}) as Readonly<Record<string, Partial<SentAttribute>>>;
  const entries = Object.entries(attributes);
  if (entries.length > 10) {
    throw invalidValue(`Number of message attributes [${entries.length}] exceeds the allowed maximum [10].`);
  }
  return Object.fromEntries(
    entries.map(([name, attribute]) => {
      checkName(name);
      return [name, readValue(`Message (user) attribute '${name}'`, name, attribute)];
    }),
  );
}

/** The system attributes of a message to send. There is one: the trace header of X-Ray. */
export function readSystemAttributes(value: unknown): MessageAttributes {
  const attributes = (value ?? {}) as Readonly<Record<string, Partial<SentAttribute>>>;
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => {
      if (name !== "AWSTraceHeader") {
        throw invalidValue(`Message system attribute name '${name}' is invalid.`);
      }
      const read = readValue(`Message system attribute '${name}'`, name, attribute);
      if (read.DataType !== "String") {
        throw invalidValue(`The type of message system attribute '${name}' is invalid. It must be String.`);
      }
      return [name, read];
    }),
  );
}

interface SentAttribute extends MessageAttribute {
  readonly StringListValues: readonly string[];
  readonly BinaryListValues: readonly string[];
}

/** A name has letters, digits, `_`, `-`, and single dots between them. */
function checkName(name: string): void {
  if (name === "") {
    throw invalidValue("The request must contain non-empty message (user) attribute names.");
  }
  if (Buffer.byteLength(name) > 256) {
    throw invalidValue("Message (user) attribute name must be shorter than 256 bytes.");
  }
  if (/^(?:aws|amazon)\./i.test(name)) {
    throw invalidValue(
      "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for internal use.",
    );
  }
  if (!/^[\w-]+(?:\.[\w-]+)*$/.test(name)) {
    throw invalidValue(`The message attribute name '${name}' is invalid.`);
  }
}

function readValue(what: string, name: string, attribute: Partial<SentAttribute>): MessageAttribute {
  const { DataType, StringValue, BinaryValue, StringListValues, BinaryListValues } = attribute;
  if (StringListValues !== undefined || BinaryListValues !== undefined) {
    throw invalidValue("Message attribute list values in SendMessage operation are not supported.");
  }
  if (DataType === undefined || DataType === "") {
    throw invalidValue(
      `The message (user) attribute '${name}' must contain a non-empty message attribute value.`,
    );
  }
  if (Buffer.byteLength(DataType) > 256) {
    throw invalidValue("Message (user) attribute type must be shorter than 256 bytes.");
  }
  if (!/^(?:String|Number|Binary)(?:\..+)?$/.test(DataType)) {
    throw invalidValue(
      `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
    );
  }
  const value = isBinary(DataType) ? BinaryValue : StringValue;
  if (value === undefined || value === "") {
    throw invalidValue(`${what} must contain a non-empty value of type '${DataType}'.`);
  }
  if (DataType.startsWith("Number") && !isNumber(value)) {
    throw invalidValue(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  }
  if (!isBinary(DataType)) {
    checkContents(value);
  }
  return isBinary(DataType) ? { DataType, BinaryValue: value } : { DataType, StringValue: value };
}

const isNumber = (text: string) => /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text);

/** Characters that XML 1.0 does not allow. */
const forbidden =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Throws for characters that a body or an attribute must not contain. */
export function checkContents(text: string): void {
  if (forbidden.test(text)) {
    throw new AwsError("InvalidMessageContents", "Invalid characters found.");
  }
}

/** Throws for an invalid attribute name. */
export function readNames(names: readonly string[]): readonly string[] {
  for (const name of names) {
    if (name !== ".*" && name !== "All") {
      checkName(name.replace(/\.\*$/, ""));
    }
  }
  return names;
}

/** `wanted` has names, prefixes followed by `.*`, or `All`. */
export function selectAttributes(
  attributes: MessageAttributes,
  wanted: readonly string[],
): MessageAttributes {
  const fits = (name: string) =>
    wanted.some(
      (each) =>
        each === "All" || each === name || (each.endsWith(".*") && name.startsWith(each.slice(0, -2))),
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
