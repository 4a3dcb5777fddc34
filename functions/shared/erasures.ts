import { type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { erasureId, type ErasureRow } from "../../domain/erasure.ts";
import type { Update } from "../../domain/update.ts";
import { type Condition, conditionalUpdate, held } from "./conditional.ts";
import { rowsIn } from "./rows.ts";

/** The table of erasures. */
export interface Erasures {
  get(ownerId: string): Promise<ErasureRow | undefined>;
  /** Writes a user's erasure. False if the condition failed. */
  update(ownerId: string, update: Update, condition: Condition): Promise<boolean>;
}

export function erasuresIn(client: DynamoDBClient, TableName: string): Erasures {
  const rows = rowsIn(client, TableName);
  return {
    get: async (ownerId) => (await rows.read(ownerId, erasureId)) as ErasureRow | undefined,
    async update(ownerId, update, condition) {
      const Key = marshall({ ownerId, id: erasureId });
      const written = client.send(
        new UpdateItemCommand({ TableName, Key, ...conditionalUpdate(update, condition) }),
      );
      return (await held(written)) !== undefined;
    },
  };
}
