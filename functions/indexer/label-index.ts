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
import { held } from "../shared/conditional.ts";
import { rowsIn } from "../shared/rows.ts";
import type { Edit, Entry, LabelIndex, TermChange } from "./reindex.ts";

/** How long an empty entry is kept, in seconds: longer than any function that still holds its revision runs. */
const emptySeconds = 86_400;

/** DynamoDB's limit for one transaction. */
const maxItems = 100;

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

  const count = (ownerId: string, [folded, { by, name }]: readonly [string, Counted]): TransactWriteItem => ({
    Update: {
      TableName,
      Key: keyOf(ownerId, countId(folded)),
      UpdateExpression: name === undefined ? "ADD #count :by" : "ADD #count :by SET #name = :name",
      ExpressionAttributeNames: { "#count": "count", ...(name !== undefined && { "#name": "name" }) },
      ExpressionAttributeValues: marshall({ ":by": by, ...(name !== undefined && { ":name": name }) }),
    },
  });

  const entryWrite = ({ key, seen, terms }: Edit): TransactWriteItem => ({
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

  const itemsOf = (edits: readonly Edit[]): TransactWriteItem[] => [
    ...edits.map(entryWrite),
    ...edits.flatMap(({ key, changes }) => changes.flatMap((one) => matches(key.ownerId, key.id, one))),
    ...[...countChanges(edits)].map((counted) => count(ownerOf(edits), counted)),
  ];

  return {
    async entry({ ownerId, id }) {
      const row = (await rows.read(ownerId, entryId(id))) as Stored | undefined;
      return row && entryOf(row);
    },
    fits: (edits) => itemsOf(edits).length <= maxItems,
    async write(...edits) {
      const TransactItems = itemsOf(edits);
      try {
        await client.send(new TransactWriteItemsCommand({ TransactItems }));
      } catch (error) {
        if (error instanceof TransactionCanceledException && isConflict(error)) {
          return false;
        }
        throw error;
      }
      const fewer = [...countChanges(edits)].filter(([, { by }]) => by < 0);
      await Promise.all(fewer.map(([folded]) => dropCount(ownerOf(edits), folded)));
      return true;
    },
  };
}

const ownerOf = ([edit]: readonly Edit[]): string => edit?.key.ownerId ?? "";

interface Counted {
  /** How many more assets show the term. */
  readonly by: number;
  /** Of a term that was added. */
  readonly name: string | undefined;
}

/** A term's count is written once for all assets. Terms whose count stays are left out. */
function countChanges(edits: readonly Edit[]): ReadonlyMap<string, Counted> {
  const counts = new Map<string, Counted>();
  for (const { folded, name, from, to } of edits.flatMap(({ changes }) => changes)) {
    const { by = 0, name: known } = counts.get(folded) ?? {};
    const step = Number(to !== undefined) - Number(from !== undefined);
    counts.set(folded, { by: by + step, name: step > 0 ? name : known });
  }
  return new Map([...counts].filter(([, { by }]) => by !== 0));
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
