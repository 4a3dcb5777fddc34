import { unsupported } from "../request.ts";
import { fromAttributes, toAttributes } from "./attributes.ts";
import type { Operation } from "./operation.ts";
import {
  allow,
  expressions,
  type Fields,
  type Input,
  key,
  list,
  optional,
  required,
  text,
} from "./request.ts";

/** TransactGetItems and TransactWriteItems. Both can use every table that the role may access. */

export const transactGetItems: Operation = (_source, fields) => {
  allow(fields, "operation", "transactItems");
  return {
    action: "TransactGetItems",
    input: {
      TransactItems: items(fields).map((item) => {
        allow(item, "table", "key", "projection");
        const projection = expressions({ ProjectionExpression: optional(item, "projection") });
        return { Get: { TableName: text(item, "table"), Key: key(item), ...projection } };
      }),
    },
    read: ({ Responses }) => ({
      items: ((Responses ?? []) as { Item?: unknown }[]).map(({ Item }) => fromAttributes(Item)),
      cancellationReasons: null,
    }),
  };
};

export const transactWriteItems: Operation = (_source, fields) => {
  allow(fields, "operation", "transactItems");
  return {
    action: "TransactWriteItems",
    input: { TransactItems: items(fields).map(write) },
    read: () => ({
      keys: items(fields).map((item) => fromAttributes(key(item))),
      cancellationReasons: null,
    }),
  };
};

/** ctx.result of a cancelled transaction: the reason of each item, in the order of the request. */
export function cancellation(reasons: unknown): unknown {
  const all = Array.isArray(reasons) ? (reasons as Fields[]) : [];
  return {
    keys: null,
    cancellationReasons: all.map(({ Code, Message, Item }) => ({
      ...(Item !== undefined && { item: fromAttributes(Item) }),
      type: Code ?? "None",
      message: Message ?? null,
    })),
  };
}

function items(fields: Fields): Fields[] {
  const all = list(fields, "transactItems");
  return all.map((_item, index) => required(all as unknown as Fields, String(index)));
}

function write(item: Fields): Input {
  const operation = text(item, "operation");
  const condition = optional(item, "condition");
  const shared = { TableName: text(item, "table"), ...onFailure(condition) };
  const conditions = expressions({ ConditionExpression: condition });
  switch (operation) {
    case "PutItem": {
      allow(item, "table", "operation", "key", "attributeValues", "condition");
      const values = toAttributes(item["attributeValues"] ?? {}, "attributeValues");
      return { Put: { ...shared, ...conditions, Item: { ...values, ...key(item) } } };
    }
    case "UpdateItem": {
      allow(item, "table", "operation", "key", "update", "condition");
      const update = required(item, "update");
      const all = expressions({ UpdateExpression: update, ConditionExpression: condition });
      return { Update: { ...shared, ...all, Key: key(item) } };
    }
    case "DeleteItem":
    case "ConditionCheck": {
      allow(item, "table", "operation", "key", "condition");
      const name = operation === "DeleteItem" ? "Delete" : "ConditionCheck";
      return { [name]: { ...shared, ...conditions, Key: key(item) } };
    }
    default:
      throw unsupported("operation", operation);
  }
}

/** The item that fails is returned, unless the request excludes it. */
function onFailure(condition: Fields | undefined): Input {
  if (!condition) {
    return {};
  }
  const returned = condition["returnValuesOnConditionCheckFailure"] !== false;
  return { ReturnValuesOnConditionCheckFailure: returned ? "ALL_OLD" : "NONE" };
}
