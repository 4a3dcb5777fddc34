import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { erasureId } from "../../domain/erasure.ts";
import type { Running } from "./cloud.ts";
import { type FunctionSide, invoke } from "./function.ts";

/** Ends an erasure's grace period, and lets the sweep begin it. */
export const endGrace = (running: Running, account: FunctionSide, userId: string): Promise<void> =>
  due(running, account, userId, "graceEndsAt", { S: "2026-01-01T00:00:00.000Z" });

/** Ends the wait for the second pass, and lets the sweep finish the erasure. */
export const endWait = (running: Running, account: FunctionSide, userId: string): Promise<void> =>
  due(running, account, userId, "settlesAt", { N: "1" });

async function due(
  running: Running,
  account: FunctionSide,
  userId: string,
  name: string,
  past: { readonly S: string } | { readonly N: string },
): Promise<void> {
  await account.dynamodb.send(
    new UpdateItemCommand({
      TableName: account.table("erasures"),
      Key: { ownerId: { S: userId }, id: { S: erasureId } },
      UpdateExpression: `SET dueAt = :now, ${name} = :past`,
      ExpressionAttributeValues: { ":now": { N: "1" }, ":past": past },
    }),
  );
  await invoke(running, "sweep");
  await running.cloud.idle();
}
