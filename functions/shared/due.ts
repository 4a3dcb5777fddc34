import { type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { heldOrDone } from "./conditional.ts";

/**
 * Moves or removes a row's due time. `version` and `updatedAt` stay: the move is no event, and optimistic locks hold.
 * False if the due time was no longer `seen`: another sweep, or a change of the row, has set it.
 */
export type MoveDue = (
  row: { readonly ownerId: string; readonly id: string },
  seen: number | undefined,
  next: number | undefined,
) => Promise<boolean>;

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
          UpdateExpression: next === undefined ? "REMOVE dueAt" : "SET dueAt = :next",
          ConditionExpression:
            seen === undefined ? "attribute_exists(id) AND attribute_not_exists(dueAt)" : "dueAt = :seen",
          ExpressionAttributeValues: marshall(
            { ":next": next, ":seen": seen },
            { removeUndefinedValues: true },
          ),
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      ),
      ({ dueAt }) => dueAt === next,
    );
    return moved !== undefined;
  };
