import { type AttributeValue, ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";

/** A conditional write's answer, or undefined if its condition did not hold. */
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
 * A conditional write's row, or undefined if its condition did not hold. Where the answer to a write is lost the SDK
 * sends it again, and is refused by what it has written itself: `done` knows that row. The write must ask for the
 * row by `ReturnValuesOnConditionCheckFailure`.
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
    const again = (error.$metadata.attempts ?? 1) > 1;
    const row = again && error.Item ? (unmarshall(error.Item) as Row) : undefined;
    return row && done(row) ? row : undefined;
  }
}

/** The names behind an expression's `#name` placeholders. */
export const namesIn = (expression: string): Record<string, string> =>
  Object.fromEntries(
    [...expression.matchAll(/#(\w+)/g)].map(([placeholder, name]) => [placeholder, name ?? ""]),
  );

/** Values under the names that an expression has for them. */
export const prefixed = (values: Readonly<Record<string, unknown>> = {}): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value]));
