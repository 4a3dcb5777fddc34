import type { JsonObject } from "../gateway/json.ts";
import { entriesIn, malformed, type QueryObject, type QueryValue } from "../gateway/query.ts";
import type { Members, Shape } from "../shapes.ts";
import type { Output } from "./operation.ts";

/**
 * The input of the query protocol in the form of the JSON protocol: `AttributeName.1=All` is
 * `{"AttributeNames": ["All"]}`. Maps are lists of names and values. Throws `MalformedInput` for a value of another type.
 */
export function fromQuery(operation: string, members: Members, input: QueryObject): JsonObject {
  const read = Object.entries(members).flatMap(([member, shape]) => {
    const name = parameterOf(operation, member);
    const value = input[name];
    return value === undefined ? [] : [[member, valueOf(operation, name, shape, value)] as const];
  });
  return Object.fromEntries(read);
}

function valueOf(operation: string, name: string, shape: Shape, value: QueryValue): unknown {
  switch (shape.type) {
    case "list":
      return itemsOf(name, value).map((item, index) =>
        valueOf(operation, `${name}.${index + 1}`, shape.of, item),
      );
    case "map":
      return Object.fromEntries(
        itemsOf(name, value).map((item, index) => {
          const at = `${name}.${index + 1}`;
          const { Name, Value } = objectOf(at, item);
          if (typeof Name !== "string" || Value === undefined) {
            throw malformed(at);
          }
          return [Name, valueOf(operation, `${at}.Value`, shape.of ?? { type: "string" }, Value)];
        }),
      );
    case "structure":
      return fromQuery(operation, shape.members, objectOf(name, value));
    case "integer":
      return integerOf(name, value);
    default:
      return textOf(name, value);
  }
}

/** SDKs send an empty list as an empty text. */
const itemsOf = (name: string, value: QueryValue): readonly QueryValue[] =>
  value === "" ? [] : entriesIn(objectOf(name, value));

function objectOf(name: string, value: QueryValue): QueryObject {
  if (typeof value === "string") {
    throw malformed(name);
  }
  return value;
}

function textOf(name: string, value: QueryValue): string {
  if (typeof value !== "string") {
    throw malformed(name);
  }
  return value;
}

function integerOf(name: string, value: QueryValue): number {
  const text = textOf(name, value);
  if (!/^[+-]?\d+$/.test(text)) {
    throw malformed(name);
  }
  return Number(text);
}

/** The name of a member's items in requests and answers. */
const itemNames: Readonly<Record<string, string>> = {
  AttributeNames: "AttributeName",
  Attributes: "Attribute",
  BinaryListValues: "BinaryListValue",
  Failed: "BatchResultErrorEntry",
  MessageAttributeNames: "MessageAttributeName",
  MessageAttributes: "MessageAttribute",
  MessageSystemAttributeNames: "MessageSystemAttributeName",
  MessageSystemAttributes: "MessageSystemAttribute",
  Messages: "Message",
  QueueUrls: "QueueUrl",
  Results: "ListMessageMoveTasksResultEntry",
  StringListValues: "StringListValue",
  queueUrls: "QueueUrl",
};

const parameterOf = (operation: string, member: string): string =>
  member === "Entries" ? `${operation}RequestEntry` : (itemNames[member] ?? member);

/** The output of the JSON protocol in the form of the query protocol. */
export function toQuery(operation: string, output: Output): Output {
  const elements = Object.entries(output).map(([member, value]) => {
    const name = member === "Successful" ? `${operation}ResultEntry` : (itemNames[member] ?? member);
    return [name, elementOf(operation, member, value)] as const;
  });
  return Object.fromEntries(elements);
}

function elementOf(operation: string, member: string, value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item: unknown) => (isObject(item) ? toQuery(operation, item) : item));
  }
  if (!isObject(value)) {
    return value;
  }
  const isMap = member === "Attributes" || member === "MessageAttributes";
  return isMap
    ? Object.entries(value).map(([Name, inner]) => ({
        Name,
        Value: isObject(inner) ? toQuery(operation, inner) : inner,
      }))
    : toQuery(operation, value);
}

const isObject = (value: unknown): value is Output => typeof value === "object" && value !== null;
