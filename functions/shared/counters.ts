import { type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { countUp, dayOf, everybody, limitsId, type LimitValues } from "../../domain/usage.ts";
import { held, namesIn, prefixed } from "./conditional.ts";
import { rowsIn } from "./rows.ts";

/** A counter of one owner, or of everybody, on one day. */
export interface Counter {
  readonly ownerId: string;
  readonly id: string;
}

/** The counters of the usage table. Each write is conditional, so a counter never passes its limit. */
export interface Counters {
  /** The limits that apply now: those of the stack, and over them what an admin has set. */
  limits(): Promise<LimitValues>;
  /** Counts one more. False if the counter is at its limit. */
  count(counter: Counter, max: number): Promise<boolean>;
  /** Takes one back, never below zero. If the service fails, the unit may be lost for the day, but two are never taken. */
  uncount(counter: Counter): Promise<void>;
  /** Whether one more could be counted. */
  hasRoom(counter: Counter, max: number): Promise<boolean>;
}

/** Asks each time once: an answer that is lost must not be asked for again by the SDK. */
export const oneAttempt = { maxAttempts: 1 };

interface Clients {
  readonly client: DynamoDBClient;
  /** Made with `oneAttempt`. */
  readonly once: DynamoDBClient;
}

export function countersIn(
  { client, once }: Clients,
  TableName: string,
  limitsOfStack: LimitValues,
  now: () => number,
): Counters {
  const rows = rowsIn(client, TableName);
  return {
    limits: async () => ({ ...limitsOfStack, ...(await rows.read(everybody, limitsId)) }),
    async count(counter, max) {
      const { expression, names, values, condition } = countUp(Math.floor(now() / 1000), max);
      const counted = client.send(
        new UpdateItemCommand({
          TableName,
          Key: marshall(counter),
          UpdateExpression: expression,
          ConditionExpression: condition,
          ExpressionAttributeNames: { ...names, ...namesIn(condition) },
          ExpressionAttributeValues: marshall(values),
        }),
      );
      return (await held(counted)) !== undefined;
    },
    async uncount(counter) {
      const takenBack = held(
        once.send(
          new UpdateItemCommand({
            TableName,
            Key: marshall(counter),
            UpdateExpression: "ADD #count :minusOne",
            ConditionExpression: "#count >= :one",
            ExpressionAttributeNames: namesIn("#count"),
            ExpressionAttributeValues: marshall(prefixed({ one: 1, minusOne: -1 })),
          }),
        ),
      );
      await takenBack.catch((error: unknown) => {
        if ((error as Error).name === "AccessDeniedException") {
          throw error;
        }
      });
    },
    async hasRoom({ ownerId, id }, max) {
      const counter = (await rows.read(ownerId, id)) as { readonly count?: number } | undefined;
      return (counter?.count ?? 0) < max;
    },
  };
}

const day = 86_400_000;
const hour = 3_600_000;

export const dayAt = (time: number): string => dayOf(new Date(time).toISOString());

/** When what waits for the next day is due, in epoch milliseconds. It is spread over the first hour, by the asset's id. */
export const nextDay = (assetId: string, now: number): number =>
  Date.parse(dayAt(now + day)) + spread(assetId) * hour;

/** 0 to 1, the same for the same asset. */
const spread = (id: string): number => {
  const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  return (digits.indexOf(id.slice(-1)) * 32 + digits.indexOf(id.slice(-2, -1))) / 1024;
};
