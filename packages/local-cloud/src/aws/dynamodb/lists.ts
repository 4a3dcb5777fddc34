import { AwsError } from "../../base/service.ts";
import type { Item } from "./client.ts";

/**
 * Refuses `SET l[5] = :x` beyond the end of the list. AWS appends the value, but the engine fills the gap with nulls. The
 * item is read before such an update to find the length of the list.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
export async function refusePadding(
  operation: string,
  input: Item,
  read: (input: Item) => Promise<Record<string, unknown>>,
): Promise<void> {
  for (const update of updatesOf(operation, input)) {
    const elements = elementsSet(update);
    if (elements.length === 0) {
      continue;
    }
    const { TableName, Key } = update;
    const { Item: found } = await read({ TableName, Key, ConsistentRead: true });
    for (const { path, index } of elements) {
      const list = walk({ M: found }, path);
      const length = (list as { L?: readonly unknown[] } | undefined)?.L?.length;
      if (length === undefined || index < length) {
        continue;
      }
      throw new AwsError(
        "UnsupportedOperation",
        `SET of element ${index} of a list of ${length} appends on AWS, which the local DynamoDB cannot: append with list_append.`,
      );
    }
  }
}

function updatesOf(operation: string, input: Item): Item[] {
  if (operation === "UpdateItem") {
    return [input];
  }
  if (operation !== "TransactWriteItems" || !Array.isArray(input["TransactItems"])) {
    return [];
  }
  const updates = (input["TransactItems"] as (Item | null)[]).map(
    (part) => part?.["Update"] as Item | undefined,
  );
  return updates.filter((update) => update !== undefined);
}

interface Element {
  readonly path: readonly (string | number)[];
  readonly index: number;
}

/** The left-hand sides of the SET clause that end with an index. Keywords are reserved, so no attribute has their names. */
function elementsSet({ UpdateExpression, ExpressionAttributeNames }: Item): Element[] {
  if (typeof UpdateExpression !== "string" || !UpdateExpression.includes("[")) {
    return [];
  }
  const [, clause = ""] = /\bSET\b(.*?)(?:\b(?:REMOVE|ADD|DELETE)\b|$)/is.exec(UpdateExpression) ?? [];
  const names = (ExpressionAttributeNames ?? {}) as Readonly<Record<string, string>>;
  return [...clause.matchAll(/(?:^|,)\s*([#\w.\-[\]\s]+?)\s*=/g)].flatMap(([, target = ""]) => {
    const steps = [...target.matchAll(/\[\s*(\d+)\s*\]|[#\w-]+/g)].map(([step, index]) =>
      index === undefined ? (names[step] ?? step) : Number(index),
    );
    const last = steps.at(-1);
    return typeof last === "number" ? [{ path: steps.slice(0, -1), index: last }] : [];
  });
}

function walk(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((at, step) => {
    const { M, L } = (at ?? {}) as { M?: Item; L?: readonly unknown[] };
    return typeof step === "number" ? L?.[step] : M?.[step];
  }, value);
}
