import { type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { RowKey } from "../../domain/messages.ts";
import { type Condition, conditionalUpdate, heldOrDone } from "./conditional.ts";

/**
 * Changes or removes the due time of a row. `version` and `updatedAt` stay, so the change is no event and does not break
 * optimistic locks. False if the due time was not `seen`, because another sweep or a change of the row has set it.
 */
export type MoveDue = (row: RowKey, seen: number | undefined, next: number | undefined) => Promise<boolean>;

export const moveDueIn =
  (client: DynamoDBClient, table: string): MoveDue =>
  async ({ ownerId, id }, seen, next) => {
    if (seen === next) {
      return true;
    }
    const moved = await heldOrDone<{ readonly dueAt?: number }>(
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: marshall({ ownerId, id }),
          ...conditionalUpdate(
            next === undefined ? { remove: ["dueAt"] } : { set: { dueAt: next } },
            isDueAt(seen),
          ),
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      ),
      ({ dueAt }) => dueAt === next,
    );
    return moved !== undefined;
  };

const isDueAt = (seen: number | undefined): Condition =>
  seen === undefined
    ? { when: "attribute_exists(#id) AND attribute_not_exists(#dueAt)" }
    : { when: "#dueAt = :seen", values: { seen } };
