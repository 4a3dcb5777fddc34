import { fromAttributes } from "./attributes.ts";
import { type Operation, TokenRefused } from "./operation.ts";
import { allow, expressions, type Fields, type Input, optional, options, required } from "./request.ts";
import type { Tokens } from "./tokens.ts";

/** Query and Scan. Each page has a token for the next one. */

export const query: Operation = ({ table, tokens }, fields) => {
  allow(
    fields,
    ...["operation", "query", "index", "nextToken", "limit", "scanIndexForward", "consistentRead"],
    ...["select", "filter", "projection"],
  );
  const condition = expressions({ KeyConditionExpression: required(fields, "query") });
  const input: Input = {
    TableName: table,
    ...options(fields, { ...shared, scanIndexForward: "ScanIndexForward" }),
    ...expressions({
      KeyConditionExpression: required(fields, "query"),
      FilterExpression: optional(fields, "filter"),
      ProjectionExpression: optional(fields, "projection"),
    }),
  };
  return paged("Query", input, fields, tokens, [table, fields["index"] ?? null, condition]);
};

export const scan: Operation = ({ table, tokens }, fields) => {
  allow(
    fields,
    ...["operation", "index", "nextToken", "limit", "consistentRead", "totalSegments", "segment"],
    ...["select", "filter", "projection"],
  );
  const input: Input = {
    TableName: table,
    ...options(fields, { ...shared, totalSegments: "TotalSegments", segment: "Segment" }),
    ...expressions({
      FilterExpression: optional(fields, "filter"),
      ProjectionExpression: optional(fields, "projection"),
    }),
  };
  return paged("Scan", input, fields, tokens, [table, fields["index"] ?? null]);
};

const shared = { index: "IndexName", limit: "Limit", consistentRead: "ConsistentRead", select: "Select" };

/** A token is valid for `bound` only: the table, the index, and the key condition with its values. */
function paged(
  action: "Query" | "Scan",
  input: Input,
  { nextToken }: Fields,
  tokens: Tokens,
  bound: unknown,
) {
  const start =
    nextToken === undefined || nextToken === null ? undefined : openToken(tokens, nextToken, [action, bound]);
  return {
    action,
    input: start === undefined ? input : { ...input, ExclusiveStartKey: start },
    read: ({ Items, LastEvaluatedKey, ScannedCount }: Fields) => ({
      items: ((Items ?? []) as unknown[]).map(fromAttributes),
      nextToken: LastEvaluatedKey ? tokens.seal(LastEvaluatedKey, [action, bound]) : null,
      scannedCount: ScannedCount ?? 0,
    }),
  };
}

function openToken(tokens: Tokens, token: unknown, bound: unknown): unknown {
  const start = typeof token === "string" ? tokens.open(token, bound) : undefined;
  if (start === undefined) {
    throw new TokenRefused();
  }
  return start;
}
