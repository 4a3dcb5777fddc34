import { type AttributeValue, ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { type Update, updateExpression } from "../../domain/update.ts";

/** Values of a condition, without the colon of their placeholders. */
export type Values = Readonly<Record<string, unknown>>;

/** A DynamoDB condition with `#attribute` and `:value` placeholders. */
export interface Condition {
  readonly when: string;
  readonly values?: Values | undefined;
}

/** The inputs of a conditional UpdateItem. The values that the update sets may be used in the condition too. */
export function conditionalUpdate(update: Update, { when, values = {} }: Condition) {
  const { expression, names, values: set } = updateExpression(update);
  return {
    UpdateExpression: expression,
    ConditionExpression: when,
    ExpressionAttributeNames: { ...names, ...namesIn(when) },
    ExpressionAttributeValues: marshall({ ...set, ...prefixed(values) }, { removeUndefinedValues: true }),
  };
}

/** The answer to a conditional write, or undefined if its condition failed. */
export async function held<Answer>(write: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) {
      return undefined;
    }
    throw error;
  }
}

/**
 * The row after a conditional write, or undefined if its condition failed. If an answer is lost, the SDK repeats the
 * write, whose condition then fails because of the first write. `done` recognizes the row that the first write left.
 * The write must ask for that row by `ReturnValuesOnConditionCheckFailure`.
 */
export async function heldOrDone<Row>(
  write: Promise<{ readonly Attributes?: Record<string, AttributeValue> | undefined }>,
  done: (row: Row) => boolean,
): Promise<Row | undefined> {
  try {
    const { Attributes = {} } = await write;
    return unmarshall(Attributes) as Row;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) {
      throw error;
    }
    const repeated = (error.$metadata.attempts ?? 1) > 1;
    const row = repeated && error.Item ? (unmarshall(error.Item) as Row) : undefined;
    return row && done(row) ? row : undefined;
  }
}

/** The names for the `#name` placeholders of an expression. */
export const namesIn = (expression: string): Record<string, string> =>
  Object.fromEntries(
    [...expression.matchAll(/#(\w+)/g)].map(([placeholder, name]) => [placeholder, name ?? ""]),
  );

/** Values by their placeholders. */
export const prefixed = (values: Values): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value]));
