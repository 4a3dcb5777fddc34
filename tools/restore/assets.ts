import {
  DeleteItemCommand,
  type DynamoDBClient,
  paginateQuery,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { asAsset, assetsTable } from "../../functions/shared/assets.ts";
import { held } from "../../functions/shared/conditional.ts";
import { contentOf, contentsIn } from "../../functions/shared/contents.ts";
import { pauseAfterConflict } from "../../functions/shared/transaction.ts";
import type { Row } from "./side-table.ts";
import { type Stack, tableOf } from "./stack.ts";

/** Puts a row back. False if somebody was faster. */
export type Put = (row: Row) => Promise<boolean>;

/**
 * Puts an asset's row back so that its next changes are published. The log knows a change by asset and version, so the row
 * gets a version that the log does not have, and the log forgets the row's removal.
 */
export function putAssetIn(client: DynamoDBClient, stack: Stack): Put {
  const tables = { assets: tableOf(stack, "assets"), contents: tableOf(stack, "contents") };
  const events = tableOf(stack, "events");
  const assets = assetsTable(client, tables.assets, () => new Date());
  const contents = contentsIn(client, tables, assets, pauseAfterConflict);
  return async (row) => {
    const asset = asAsset(row);
    const last = Math.max(asset.version, ...(await versionsOf(client, events, asset)));
    const removal = marshall({ ownerId: asset.ownerId, id: `change#${asset.id}#PURGED` });
    await client.send(new DeleteItemCommand({ TableName: events, Key: removal }));
    const put = new PutItemCommand({
      TableName: tables.assets,
      Item: { ...row, version: { N: String(last + 1) } },
      ConditionExpression: "attribute_not_exists(id)",
    });
    if ((await held(client.send(put))) === undefined) {
      return false;
    }
    const content = contentOf(asset);
    await (content && contents.register(asset, content));
    return true;
  };
}

/** Versions of which the log has a change. */
async function versionsOf(
  client: DynamoDBClient,
  TableName: string,
  { ownerId, id }: { readonly ownerId: string; readonly id: string },
): Promise<number[]> {
  const versions: number[] = [];
  const query = {
    TableName,
    KeyConditionExpression: "ownerId = :owner AND begins_with(id, :change)",
    ExpressionAttributeValues: marshall({ ":owner": ownerId, ":change": `change#${id}#` }),
    ConsistentRead: true,
  };
  for await (const { Items = [] } of paginateQuery({ client }, query)) {
    versions.push(...Items.map((item) => Number(item["id"]?.S?.split("#")[2])).filter(Number.isInteger));
  }
  return versions;
}
