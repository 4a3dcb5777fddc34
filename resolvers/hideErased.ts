import { type Context, type DynamoDBBatchGetItemRequest, runtime } from "@aws-appsync/utils";
import { type ErasureRow, isErasing } from "../domain/erasure.ts";
import { rowsOf } from "./shared/batch.ts";
import { erasureKey } from "./shared/erasure.ts";
import type { Page } from "./shared/page.ts";
import { previous } from "./shared/previous.ts";
import { tables } from "./shared/tables.ts";

/** Leaves out the users of a page who are being erased. */
export function request(ctx: Context): DynamoDBBatchGetItemRequest {
  const page = previous(ctx) as Page<{ id: string }>;
  if (page.items.length === 0) {
    runtime.earlyReturn(page);
  }
  const keys = page.items.map(({ id }) => erasureKey(id));
  return { operation: "BatchGetItem", tables: { [tables.erasures]: { keys, consistentRead: true } } };
}

export function response(ctx: Context): Page<unknown> {
  const page = previous(ctx) as Page<{ id: string }>;
  const erasing = rowsOf<ErasureRow>(ctx, tables.erasures).filter((erasure) => isErasing(erasure));
  const items = page.items.filter(({ id }) => !erasing.some((erasure) => erasure?.ownerId === id));
  return { items, nextToken: page.nextToken ?? null };
}
