import type { Dimensions, Metrics } from "../../base/metrics.ts";
import { AwsError } from "../../base/service.ts";
import type { Item } from "./client.ts";

const reads = /^(?:GetItem|BatchGetItem|Query|Scan|TransactGetItems)$/;

/**
 * Counts a throttled operation for each of its tables, or for the index that it reads. Nothing throttles here but an
 * injected fault. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 */
export function putThrottles(metrics: Metrics, operation: string, input: Item, error: unknown): void {
  if (!(error instanceof AwsError) || !/^(?:Throttling|ProvisionedThroughputExceeded)/.test(error.code)) {
    return;
  }
  const metric = reads.test(operation) ? "ReadThrottleEvents" : "WriteThrottleEvents";
  for (const dimensions of placesOf(input)) {
    metrics.put("AWS/DynamoDB", metric, dimensions, 1);
  }
}

function placesOf(input: Item): Dimensions[] {
  const {
    TableName,
    IndexName,
    RequestItems = {},
    TransactItems = [],
  } = input as {
    readonly TableName?: string;
    readonly IndexName?: string;
    readonly RequestItems?: object;
    readonly TransactItems?: readonly Readonly<Record<string, { readonly TableName: string }>>[];
  };
  if (TableName !== undefined) {
    return [{ TableName, ...(IndexName !== undefined && { GlobalSecondaryIndexName: IndexName }) }];
  }
  const inTransaction = TransactItems.flatMap((item) => Object.values(item).map((each) => each.TableName));
  return [...new Set([...Object.keys(RequestItems), ...inTransaction])].map((table) => ({
    TableName: table,
  }));
}
