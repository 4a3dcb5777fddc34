import { isDeepStrictEqual } from "node:util";
import { unsupported } from "../request.ts";
import { fromAttributes, toAttributes } from "./attributes.ts";
import {
  allow,
  expressions,
  type Fields,
  type Input,
  key,
  list,
  optional,
  options,
  required,
} from "./request.ts";
import type { Operation } from "./operation.ts";

/** Operations on one item. https://docs.aws.amazon.com/appsync/latest/devguide/js-resolver-reference-dynamodb.html */

export const getItem: Operation = ({ table }, fields) => {
  allow(fields, "operation", "key", "consistentRead", "projection");
  return {
    action: "GetItem",
    input: {
      TableName: table,
      Key: key(fields),
      ...options(fields, { consistentRead: "ConsistentRead" }),
      ...expressions({ ProjectionExpression: optional(fields, "projection") }),
    },
    read: ({ Item }) => fromAttributes(Item),
  };
};

export const putItem: Operation = ({ table }, fields) => {
  allow(fields, "operation", "key", "attributeValues", "condition");
  const item = { ...toAttributes(fields["attributeValues"] ?? {}, "attributeValues"), ...key(fields) };
  const condition = conditionOf(fields);
  return {
    action: "PutItem",
    input: { TableName: table, Item: item, ...conditional(condition) },
    read: () => fromAttributes(item),
    // As documented: the write succeeds if the item has the wanted content already.
    forgives: (current) => alike(current, fromAttributes(item), condition),
  };
};

export const updateItem: Operation = ({ table }, fields) => {
  allow(fields, "operation", "key", "update", "condition");
  const condition = conditionOf(fields);
  return {
    action: "UpdateItem",
    input: {
      TableName: table,
      Key: key(fields),
      ReturnValues: "ALL_NEW",
      ...conditional(condition),
      ...expressions({ UpdateExpression: optional(fields, "update"), ConditionExpression: condition }),
    },
    read: ({ Attributes }) => fromAttributes(Attributes),
  };
};

export const deleteItem: Operation = ({ table }, fields) => {
  allow(fields, "operation", "key", "condition");
  const condition = conditionOf(fields);
  return {
    action: "DeleteItem",
    input: { TableName: table, Key: key(fields), ReturnValues: "ALL_OLD", ...conditional(condition) },
    read: ({ Attributes }) => fromAttributes(Attributes),
    forgives: (current) => current === null,
  };
};

function conditionOf(fields: Fields): Fields | undefined {
  const condition = optional(fields, "condition");
  if (!condition) {
    return undefined;
  }
  allow(
    condition,
    ...["expression", "expressionNames", "expressionValues", "equalsIgnore"],
    ...["consistentRead", "conditionalCheckFailedHandler"],
  );
  const strategy = optional(condition, "conditionalCheckFailedHandler")?.["strategy"] ?? "Reject";
  if (strategy !== "Reject") {
    throw unsupported("strategy", strategy);
  }
  return condition;
}

/** DynamoDB returns the item with the error, so that no second read and no permission for it is needed. */
function conditional(condition: Fields | undefined): Input {
  if (!condition) {
    return {};
  }
  return {
    ...expressions({ ConditionExpression: condition }),
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  };
}

function alike(current: Fields | null, wanted: Fields | null, condition: Fields | undefined): boolean {
  const ignored = condition?.["equalsIgnore"]
    ? list(required({ condition }, "condition"), "equalsIgnore")
    : [];
  const compared = (item: Fields) =>
    Object.fromEntries(Object.entries(item).filter(([name]) => !ignored.includes(name)));
  return current !== null && isDeepStrictEqual(compared(current), compared(wanted ?? {}));
}
