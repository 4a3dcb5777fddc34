import { filterExpression } from "./filter-expression.ts";
import { toSubscriptionFilter } from "./subscription-filter.ts";

/** `util.transform`. The DynamoDB expressions are JSON text, in one form for filters and conditions. */
export const transform = {
  toDynamoDBFilterExpression: expressionText,
  toDynamoDBConditionExpression: expressionText,
  toSubscriptionFilter,
};

function expressionText(filter: unknown): string | null {
  const expression = filterExpression(filter);
  return expression === null ? null : JSON.stringify(expression);
}
