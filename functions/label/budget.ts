import { type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { AssetError } from "../../domain/asset.ts";
import type { RowKey } from "../../domain/messages.ts";
import { countUp, dayOf, everybody, labelledId, limitsId, type LimitValues } from "../../domain/usage.ts";
import { held, namesIn, prefixed } from "../shared/conditional.ts";
import { rowsIn } from "../shared/rows.ts";

/** Why a picture has to wait, and until when (epoch milliseconds). */
export interface Waiting {
  readonly error: AssetError;
  readonly until: number;
  /** Whether the budget of everybody is used up, and not that of the owner alone. */
  readonly everybody?: true;
}

/** How often the model may be called. A unit is one call of DetectLabels, of an owner and of all users. */
export interface Budget {
  /** Takes a unit of today. Otherwise returns why not. */
  take(key: RowKey): Promise<Waiting | undefined>;
  /** Returns a unit whose call was not made, or not paid. After midnight, the unit of the day before is lost. */
  giveBack(ownerId: string): Promise<void>;
}

const hour = 3_600_000;

/** How often a picture is tried again while labelling is paused. */
const pausedFor = 5 * 60_000;

export function budgetIn(
  client: DynamoDBClient,
  TableName: string,
  limitsOfStack: LimitValues,
  now: () => number,
): Budget {
  const rows = rowsIn(client, TableName);
  const today = () => labelledId(dayOf(new Date(now()).toISOString()));
  const count = async (ownerId: string, max: number): Promise<boolean> => {
    const { expression, names, values, condition } = countUp(Math.floor(now() / 1000), max);
    const counted = client.send(
      new UpdateItemCommand({
        TableName,
        Key: marshall({ ownerId, id: today() }),
        UpdateExpression: expression,
        ConditionExpression: condition,
        ExpressionAttributeNames: { ...names, ...namesIn(condition) },
        ExpressionAttributeValues: marshall(values),
      }),
    );
    return (await held(counted)) !== undefined;
  };
  const uncount = (ownerId: string) =>
    held(
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: marshall({ ownerId, id: today() }),
          UpdateExpression: "ADD #count :minusOne",
          ConditionExpression: "#count >= :one",
          ExpressionAttributeNames: namesIn("#count"),
          ExpressionAttributeValues: marshall(prefixed({ one: 1, minusOne: -1 })),
        }),
      ),
    );
  return {
    async take({ ownerId, id }) {
      const set = await rows.read(everybody, limitsId);
      const limits: LimitValues = { ...limitsOfStack, ...set };
      if (limits.labellingPaused) {
        return { error: paused, until: now() + pausedFor };
      }
      if (!(await count(ownerId, limits.maxLabelledADay))) {
        return exhausted(id, now());
      }
      if (!(await count(everybody, limits.maxLabelledADayInAll))) {
        await uncount(ownerId);
        return { ...exhausted(id, now()), everybody: true };
      }
      return undefined;
    },
    async giveBack(ownerId) {
      await uncount(everybody);
      await uncount(ownerId);
    },
  };
}

const paused: AssetError = {
  code: "LabellingPaused",
  message: "Labelling is paused. The picture is labelled once it is resumed.",
};

/** The next day begins with what waits. It is spread over the first hour. */
const exhausted = (id: string, now: number): Waiting => ({
  error: {
    code: "LabelBudgetExceeded",
    message: "No more pictures are labelled today. The picture is labelled on one of the next days.",
  },
  until: Date.parse(dayOf(new Date(now + 24 * hour).toISOString())) + spread(id) * hour,
});

/** 0 to 1, the same for the same asset. */
const spread = (id: string): number => {
  const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  return (digits.indexOf(id.slice(-1)) * 32 + digits.indexOf(id.slice(-2, -1))) / 1024;
};
