import { type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { heldOrDone } from "./conditional.ts";

/**
 * Moves the time of a row's next look, or ends the looking. Neither `version` nor `updatedAt` is touched: nothing
 * happened that anyone is told of, and nobody's optimistic lock breaks. False if the time was no longer `seen`:
 * another look, or a change of the row, has set it anew.
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
