import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type QueryCommandInput,
  type TransactWriteItem,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { Asset } from "../../domain/asset.ts";
import type { RowKey } from "../../domain/messages.ts";
import type { Assets } from "./assets.ts";
import { sha256Base64 } from "./checksum.ts";
import { conditionalUpdate, held, namesIn } from "./conditional.ts";
import { cancelled } from "./transaction.ts";

/**
 * A row of the contents table: an owner has these bytes. The partition of a content also has what the model found in it
 * (functions/label/cache.ts), for as long as somebody has the bytes.
 */
export interface ContentRow {
  /** Base64. */
  readonly sha256: string;
  /** The owner. */
  readonly id: string;
  /** The owner's asset with these bytes: the first that is neither deleted nor refused. */
  readonly first: string;
  /** What the model was asked for the owner: the key of its result. */
  readonly labelled?: string;
}

/** Which owners have which bytes. Nothing of it is shown to another owner. */
export interface Contents {
  /** Registers an asset. Returns the owner's other asset with the same bytes, unless it is deleted. */
  register(asset: RowKey, sha256: string): Promise<string | undefined>;
  readonly forget: Forget;
}

/** Undoes a registration. The labels of bytes that nobody has any more are removed. May be repeated. */
export type Forget = (asset: RowKey, sha256: string) => Promise<void>;

/** The SHA-256 of an asset's bytes in base64, if it is known. */
export const contentOf = ({ sha256, contentHash }: Asset): string | undefined =>
  sha256 ? sha256Base64(sha256) : contentHash;

/** Keys of results begin with this. Ids of owners do not. */
export const resultPrefix = "#";

/** How often a registration is tried while others of the same bytes are under way. */
const maxAttempts = 10;

interface ContentTables {
  readonly contents: string;
  readonly assets: string;
}

export function contentsIn(
  client: DynamoDBClient,
  tables: ContentTables,
  assets: Pick<Assets, "get">,
  pause: (attempt: number) => Promise<unknown>,
): Contents {
  const TableName = tables.contents;
  const read = async (sha256: string, id: string): Promise<ContentRow | undefined> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: marshall({ sha256, id }), ConsistentRead: true }),
    );
    return Item && (unmarshall(Item) as ContentRow);
  };
  /** An asset that is being purged is not registered any more, so nothing of it is left behind. */
  const become = (asset: RowKey, sha256: string, before?: string): TransactWriteItem[] => {
    const when = "attribute_exists(#id) AND attribute_not_exists(#purgeRequestedAt)";
    const condition = before ? "#first = :before" : "attribute_not_exists(#first)";
    return [
      {
        ConditionCheck: {
          TableName: tables.assets,
          Key: marshall({ ownerId: asset.ownerId, id: asset.id }),
          ConditionExpression: when,
          ExpressionAttributeNames: namesIn(when),
        },
      },
      {
        Update: {
          TableName,
          Key: marshall({ sha256, id: asset.ownerId }),
          ...conditionalUpdate({ set: { first: asset.id } }, { when: condition, values: { before } }),
        },
      },
    ];
  };
  return {
    async register(asset, sha256) {
      for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
        const row = await read(sha256, asset.ownerId);
        if (row?.first === asset.id) {
          return undefined;
        }
        if (row && isThere(await assets.get({ ownerId: asset.ownerId, id: row.first }))) {
          return row.first;
        }
        const [ofAsset, ofRow] = (await cancelled(client, become(asset, sha256, row?.first))) ?? [];
        if (ofRow === undefined || ofAsset === "ConditionalCheckFailed") {
          return undefined;
        }
        await pause(attempt);
      }
      throw new Error("The content of an asset was not registered");
    },
    forget: forgetIn(client, TableName),
  };
}

/** Apart from registrations, so that a function which only removes them stays small. */
export function forgetIn(client: DynamoDBClient, TableName: string): Forget {
  const remove = (sha256: string, id: string, first?: string) =>
    held(
      client.send(
        new DeleteItemCommand({
          TableName,
          Key: marshall({ sha256, id }),
          ...(first && {
            ConditionExpression: "#first = :first",
            ExpressionAttributeNames: namesIn("#first"),
            ExpressionAttributeValues: marshall({ ":first": first }),
          }),
        }),
      ),
    );
  const idsOf = async (sha256: string, options: Partial<QueryCommandInput> = {}): Promise<string[]> => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: "#sha256 = :sha256",
        ProjectionExpression: "#id",
        ExpressionAttributeNames: namesIn("#sha256 #id"),
        ExpressionAttributeValues: marshall({ ":sha256": sha256 }),
        ConsistentRead: true,
        ...options,
      }),
    );
    return Items.map((item) => (unmarshall(item) as Pick<ContentRow, "id">).id);
  };
  return async (asset, sha256) => {
    await remove(sha256, asset.ownerId, asset.id);
    // Owners come last, so one item is enough to see that somebody has the bytes, however many do.
    const [last = ""] = await idsOf(sha256, { ScanIndexForward: false, Limit: 1 });
    const ids = last.startsWith(resultPrefix) ? await idsOf(sha256) : [];
    if (ids.every((id) => id.startsWith(resultPrefix))) {
      await Promise.all(ids.map((id) => remove(sha256, id)));
    }
  };
}

/** An asset is registered once its bytes are verified, which is shortly before it is RECEIVED. */
const isThere = (asset: Asset | undefined): boolean =>
  asset !== undefined && ["CREATED", "RECEIVED", "UPLOADED"].includes(asset.state);
