import { setTimeout } from "node:timers/promises";
import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type TransactWriteItem,
} from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { countId, entryId, matchId } from "../../domain/labels.ts";
import type { RowKey } from "../../domain/messages.ts";
import { held } from "../shared/conditional.ts";
import { rowsIn } from "../shared/rows.ts";
import type { Entry, LabelIndex, TermChange } from "./reindex.ts";

/** How long an empty entry is kept, in seconds: longer than any function that still holds its revision runs. */
const emptySeconds = 86_400;

/** The other causes of a cancelled transaction are faults, and end the job. */
const conflicts = ["None", "ConditionalCheckFailed", "TransactionConflict"];

/** Waits before another attempt, longer each time. */
export const pauseOfIndexing = (attempt: number): Promise<unknown> =>
  setTimeout(20 * 2 ** attempt * Math.random());

/** The label index in its table: by owner an entry for each asset, a match for each of its terms, a count for each term. */
export function labelIndexIn(client: DynamoDBClient, TableName: string, now: () => number): LabelIndex {
  const rows = rowsIn(client, TableName);
  const keyOf = (ownerId: string, id: string): Record<string, AttributeValue> => marshall({ ownerId, id });

  const matches = (ownerId: string, assetId: string, change: TermChange): TransactWriteItem[] => {
    const { folded, from, to } = change;
    const old = from === undefined ? undefined : matchId(folded, from, assetId);
    const id = to === undefined ? undefined : matchId(folded, to, assetId);
    if (old === id) {
      return [];
    }
    return [
      ...(old ? [{ Delete: { TableName, Key: keyOf(ownerId, old) } }] : []),
      ...(id ? [{ Put: { TableName, Item: marshall({ ownerId, id, assetId }) } }] : []),
    ];
  };

  const count = (ownerId: string, { folded, name, from, to }: TermChange): TransactWriteItem[] => {
    if ((from === undefined) === (to === undefined)) {
      return [];
    }
    const added = to !== undefined;
    return [
      {
        Update: {
          TableName,
          Key: keyOf(ownerId, countId(folded)),
          UpdateExpression: added ? "ADD #count :one SET #name = :name" : "ADD #count :one",
          ExpressionAttributeNames: { "#count": "count", ...(added && { "#name": "name" }) },
          ExpressionAttributeValues: marshall({ ":one": added ? 1 : -1, ...(added && { ":name": name }) }),
        },
      },
    ];
  };

  const entryWrite = (key: RowKey, seen: number | undefined, terms: Entry["terms"]): TransactWriteItem => ({
    Put: {
      TableName,
      Item: marshall({
        ownerId: key.ownerId,
        id: entryId(key.id),
        revision: (seen ?? 0) + 1,
        terms: Object.fromEntries([...terms].map(([folded, confidence]) => [`#${folded}`, confidence])),
        ...(terms.size === 0 && { expiresAt: Math.floor(now() / 1000) + emptySeconds }),
      }),
      ConditionExpression: seen === undefined ? "attribute_not_exists(id)" : "revision = :seen",
      ...(seen !== undefined && { ExpressionAttributeValues: marshall({ ":seen": seen }) }),
    },
  });

  /** A term that no asset shows any more has no count. One that is left by a crash is not listed. */
  const dropCount = (ownerId: string, folded: string) =>
    held(
      client.send(
        new DeleteItemCommand({
          TableName,
          Key: keyOf(ownerId, countId(folded)),
          ConditionExpression: "#count = :zero",
          ExpressionAttributeNames: { "#count": "count" },
          ExpressionAttributeValues: marshall({ ":zero": 0 }),
        }),
      ),
    );

  return {
    async entry({ ownerId, id }) {
      const row = (await rows.read(ownerId, entryId(id))) as Stored | undefined;
      return row && entryOf(row);
    },
    async write(key, seen, terms, changes) {
      const TransactItems = [
        entryWrite(key, seen, terms),
        ...changes.flatMap((change) => matches(key.ownerId, key.id, change)),
        ...changes.flatMap((change) => count(key.ownerId, change)),
      ];
      try {
        await client.send(new TransactWriteItemsCommand({ TransactItems }));
      } catch (error) {
        if (error instanceof TransactionCanceledException && isConflict(error)) {
          return false;
        }
        throw error;
      }
      const removed = changes.filter(({ to }) => to === undefined);
      await Promise.all(removed.map(({ folded }) => dropCount(key.ownerId, folded)));
      return true;
    },
  };
}

/** The sign in front keeps terms such as `__proto__` and `constructor` apart from what every object has. */
interface Stored {
  readonly revision: number;
  readonly terms: Readonly<Record<`#${string}`, number>>;
}

const entryOf = ({ revision, terms }: Stored): Entry => ({
  revision,
  terms: new Map(Object.entries(terms).map(([key, confidence]) => [key.slice(1), confidence])),
});

const isConflict = ({ CancellationReasons: reasons = [] }: TransactionCanceledException): boolean =>
  reasons.every(({ Code = "" }) => conflicts.includes(Code));
