import { type Context, type DynamoDBQueryRequest, util } from "@aws-appsync/utils";
import { countsOf, foldedName, maxLabelName } from "../domain/labels.ts";
import type { ListLabelsArguments } from "../domain/schema.ts";
import { problemOfText } from "../domain/text.ts";
import { ownerOf } from "./shared/caller.ts";
import { invalid } from "./shared/errors.ts";
import { failedPage, type Page, pageSize } from "./shared/page.ts";

/** A row of the label index: how many of an owner's assets show a label. */
interface Count {
  ownerId: string;
  name: string;
  count: number;
}

export function request(ctx: Context<ListLabelsArguments>): DynamoDBQueryRequest {
  const { nextToken } = ctx.args;
  const prefix = ctx.args.prefix ?? "";
  const problem = prefix === "" ? undefined : problemOfText("prefix", prefix, maxLabelName);
  if (problem) {
    invalid(problem);
  }
  return {
    operation: "Query",
    query: {
      expression: "ownerId = :owner AND begins_with(id, :prefix)",
      expressionValues: util.dynamodb.toMapValues({
        ":owner": ownerOf(ctx),
        ":prefix": countsOf(foldedName(util.str.normalize(prefix, "nfkd"))),
      }),
    },
    limit: pageSize(ctx.args, 20),
    ...(nextToken ? { nextToken } : {}),
  };
}

export function response(ctx: Context<ListLabelsArguments>): Page<Pick<Count, "name" | "count">> {
  if (ctx.error) {
    return failedPage(ctx.args, ctx.error);
  }
  const page = ctx.result as Page<Count>;
  const owner = ownerOf(ctx);
  if (page.items.some(({ ownerId }) => ownerId !== owner)) {
    return failedPage(ctx.args);
  }
  // A count of 0 is removed by a later write of its own.
  const items = page.items.filter(({ count }) => count > 0).map(({ name, count }) => ({ name, count }));
  return { items, nextToken: page.nextToken ?? null };
}
