import { DeleteItemCommand, type DynamoDBClient, type TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { Asset } from "../../domain/asset.ts";
import { accountId } from "../../domain/usage.ts";
import { type Assets, assetsTable, type AssetWrite, removal } from "./assets.ts";
import { type Condition, conditionalUpdate, held } from "./conditional.ts";
import { cancelled } from "./transaction.ts";

/** The attributes of a row that decide what is given back to its owner's account. */
export type CountedRow = Pick<Asset, "ownerId" | "id" | "contentLength" | "counted">;

/** The assets table, with the writes that end an asset's place in its owner's account. */
export interface CountedAssets extends Assets {
  /** Writes like `update`, and gives the asset back. False if the condition failed, or `counted` is another by now. */
  release(asset: CountedRow, write: AssetWrite): Promise<boolean>;
  /** Removes the row, and gives the asset back. False if the condition failed, or `counted` is another by now. */
  remove(asset: CountedRow, condition: Condition): Promise<boolean>;
}

interface CountedTables {
  readonly assets: string;
  readonly usage: string;
}

/** How often a transaction is tried while others of the same owner are under way. */
const maxAttempts = 10;

/**
 * `pause` waits before another attempt, longer each time. A row and its account are written in one transaction, so an
 * asset is given back exactly once, however often an event is repeated.
 */
export function countedAssets(
  client: DynamoDBClient,
  { assets, usage }: CountedTables,
  now: () => Date,
  pause: (attempt: number) => Promise<unknown>,
): CountedAssets {
  const table = assetsTable(client, assets, now);
  const transact = async (row: TransactWriteItem, asset: CountedRow): Promise<boolean> => {
    for (let attempt = 1; ; attempt += 1) {
      const reasons = await cancelled(client, [row, giveBack(usage, asset)]);
      if (reasons?.includes("TransactionConflict") && attempt < maxAttempts) {
        await pause(attempt);
        continue;
      }
      const [ofRow, ofAccount] = reasons ?? [];
      if (ofRow === "None" && ofAccount === "ConditionalCheckFailed") {
        // The account is lost, or was restored from an earlier time. It must not become negative.
        return (await cancelled(client, [row])) === undefined;
      }
      if (reasons && ofRow !== "ConditionalCheckFailed") {
        throw new Error(`An asset was not given back: ${reasons.join(", ")}`);
      }
      return reasons === undefined;
    }
  };
  const write = (asset: CountedRow, { when, ...rest }: AssetWrite): AssetWrite => ({
    ...rest,
    when: `(${when}) AND ${sameCount(asset)}`,
  });
  return {
    ...table,
    async release(asset, given) {
      if (!asset.counted) {
        return table.update(asset, write(asset, given));
      }
      const { set, remove = [], ...condition } = write(asset, given);
      const update = {
        set: { ...set, updatedAt: now().toISOString() },
        increment: ["version"],
        remove: [...remove, "counted"],
      };
      const Key = marshall({ ownerId: asset.ownerId, id: asset.id });
      return transact({ Update: { TableName: assets, Key, ...conditionalUpdate(update, condition) } }, asset);
    },
    async remove(asset, given) {
      const Delete = { TableName: assets, ...removal(asset, write(asset, given)) };
      return asset.counted
        ? transact({ Delete }, asset)
        : (await held(client.send(new DeleteItemCommand(Delete)))) !== undefined;
    },
  };
}

const sameCount = ({ counted }: CountedRow): string =>
  counted ? "attribute_exists(#counted)" : "attribute_not_exists(#counted)";

const giveBack = (TableName: string, { ownerId, contentLength }: CountedRow): TransactWriteItem => ({
  Update: {
    TableName,
    Key: marshall({ ownerId, id: accountId }),
    UpdateExpression: "ADD #assets :minusOne, #bytes :minusBytes",
    ConditionExpression: "#assets >= :one AND #bytes >= :bytes",
    ExpressionAttributeNames: { "#assets": "assets", "#bytes": "bytes" },
    ExpressionAttributeValues: marshall({
      ":one": 1,
      ":bytes": contentLength,
      ":minusOne": -1,
      ":minusBytes": -contentLength,
    }),
  },
});
