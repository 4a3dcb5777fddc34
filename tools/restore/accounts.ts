import { type DynamoDBClient, paginateQuery, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { type Account, accountId } from "../../domain/usage.ts";
import { held } from "../../functions/shared/conditional.ts";
import { rowsIn } from "../../functions/shared/rows.ts";
import { type Stack, tableOf } from "./stack.ts";

/** How often an account is counted while its owner uploads and deletes. */
const maxAttempts = 10;

/** Makes an owner's account agree with the rows: a row that was removed and is back was given back to the account. */
export async function recount(client: DynamoDBClient, stack: Stack, ownerId: string): Promise<void> {
  const TableName = tableOf(stack, "usage");
  const rows = rowsIn(client, TableName);
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const seen = (await rows.read(ownerId, accountId)) as Account | undefined;
    const { assets, bytes } = await count(client, tableOf(stack, "assets"), ownerId);
    if (seen?.assets === assets && seen.bytes === bytes) {
      return;
    }
    const write = new UpdateItemCommand({
      TableName,
      Key: marshall({ ownerId, id: accountId }),
      UpdateExpression: "SET #assets = :assets, #bytes = :bytes",
      ConditionExpression: seen
        ? "#assets = :seenAssets AND #bytes = :seenBytes"
        : "attribute_not_exists(#assets)",
      ExpressionAttributeNames: { "#assets": "assets", "#bytes": "bytes" },
      ExpressionAttributeValues: marshall({
        ":assets": assets,
        ":bytes": bytes,
        ...(seen && { ":seenAssets": seen.assets ?? 0, ":seenBytes": seen.bytes ?? 0 }),
      }),
    });
    if ((await held(client.send(write))) !== undefined) {
      return;
    }
  }
  throw new Error(
    `The account of ${ownerId} changes too often to be counted: restore again when it is quiet`,
  );
}

async function count(client: DynamoDBClient, TableName: string, ownerId: string) {
  let [assets, bytes] = [0, 0];
  const query = {
    TableName,
    KeyConditionExpression: "ownerId = :owner",
    FilterExpression: "attribute_exists(counted)",
    ProjectionExpression: "contentLength",
    ExpressionAttributeValues: marshall({ ":owner": ownerId }),
    ConsistentRead: true,
  };
  for await (const { Items = [] } of paginateQuery({ client }, query)) {
    assets += Items.length;
    bytes += Items.reduce((sum, { contentLength }) => sum + Number(contentLength?.N), 0);
  }
  return { assets, bytes };
}
