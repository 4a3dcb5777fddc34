import { type DynamoDBClient, DeleteItemCommand, GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { Asset } from "../../domain/asset.ts";
import type { Erased } from "../../domain/erasure.ts";
import type { Versions } from "../purge/versions.ts";
import { contentOf, type Forget } from "../shared/contents.ts";
import type { Partitions } from "../shared/partitions.ts";
import type { Store } from "./erase.ts";

/** All rows of a user in a table whose partitions are users. */
export const rowStore = (holds: Erased, rows: Partitions): Store => ({
  holds,
  count: (userId) => rows.count(userId),
  remove: (userId, hasTime) => rows.removeAll(userId, undefined, { hasTime }),
});

/**
 * The rows of a user's assets, and the registrations of their bytes. These are removed again once the rows are gone: a
 * label job that ran in between can have registered them, and without the rows none can.
 */
export const assetStore = (rows: Partitions, forget: Forget): Store => ({
  holds: "assets",
  count: (userId) => rows.count(userId),
  remove: (userId, hasTime) =>
    rows.removeAll(userId, undefined, {
      hasTime,
      attributes: ["sha256", "contentHash"],
      around: (assets) =>
        Promise.all(
          (assets as unknown as Asset[]).map(async (asset) => {
            const content = contentOf(asset);
            await (content && forget(asset, content));
          }),
        ),
    }),
});

/** All versions of all objects of a user under a prefix, also of those without a row. */
export const objectStore = (prefix: string, versions: Versions): Store => ({
  holds: "objectVersions",
  count: (userId) => versions.count(`${prefix}/${userId}/`),
  remove: (userId, hasTime) => versions.removeAll(`${prefix}/${userId}/`, { hasTime }),
});

export function profileStore(client: DynamoDBClient, TableName: string): Store {
  const keyOf = (userId: string) => ({ TableName, Key: { id: { S: userId } } });
  return {
    holds: "profile",
    async count(userId) {
      const { Item } = await client.send(new GetItemCommand({ ...keyOf(userId), ConsistentRead: true }));
      return Item ? 1 : 0;
    },
    remove: (userId) => client.send(new DeleteItemCommand(keyOf(userId))),
  };
}
