import type { Context, DynamoDBScanRequest } from "@aws-appsync/utils";
import type { ListUsersArguments } from "../domain/schema.ts";
import { failedPage, type Page, pageSize } from "./shared/page.ts";

/** The only Scan. It is paged; a directive in the schema allows it to admins only. */
export function request(ctx: Context<ListUsersArguments>): DynamoDBScanRequest {
  const { nextToken } = ctx.args;
  return { operation: "Scan", limit: pageSize(ctx.args, 20), ...(nextToken ? { nextToken } : {}) };
}

export function response(ctx: Context<ListUsersArguments>): Page<unknown> {
  if (ctx.error) {
    return failedPage(ctx.args, ctx.error);
  }
  const page = ctx.result as Page<unknown>;
  return { items: page.items, nextToken: page.nextToken ?? null };
}
