import {
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { Asset } from "../../domain/asset.ts";
import { conditionalUpdate, held, namesIn, prefixed } from "../shared/conditional.ts";
import { type ContentRow, resultPrefix } from "../shared/contents.ts";
import { cancelled } from "../shared/transaction.ts";
import type { Found } from "./detection.ts";

export interface Result {
  readonly found: Found;
  /** The model's version. Empty if the answer did not say. */
  readonly model: string;
  /** How long the call took, in milliseconds. */
  readonly took: number;
}

/** The bytes of a picture as one owner has them. */
export interface Content {
  readonly sha256: string;
  readonly ownerId: string;
  /** The key of its result: the same bytes can be labelled as a picture or through a rendition. */
  readonly result: string;
}

export interface Known {
  /** The result of the current model. */
  readonly result?: Result | undefined;
  /** Whether a call is under way. */
  readonly running: boolean;
  /** Whether the owner has this result already. */
  readonly own: boolean;
  /** The version that the model had at its last call. Results of others do not count. */
  readonly model: string;
}

/** Results by content. At most one call is under way for each. */
export interface Cache {
  read(content: Content): Promise<Known>;
  /** Reserves the call for a holder. False if it is under way or done, or if the owner has not registered the content. */
  begin(content: Content, known: Known, holder: string): Promise<boolean>;
  /** Stores a result, unless the content was forgotten meanwhile. */
  end(content: Content, known: Known, holder: string, result: Result): Promise<void>;
  /** Gives up the call, so that another job may make it. */
  abandon(content: Content, holder: string): Promise<void>;
  /** Remembers that the owner has this result. */
  own(content: Content): Promise<void>;
}

interface ResultRow extends Partial<Result> {
  readonly status: "RUNNING" | "DONE";
  readonly holder: string;
  /** Until when the call of the holder excludes others, in epoch milliseconds. */
  readonly lease: number;
}

const modelKey = { sha256: `${resultPrefix}model`, id: `${resultPrefix}model` };

/** What the model is asked for, besides the picture. */
export interface Question {
  readonly maxLabels: number;
  readonly minConfidence: number;
}

export const resultKey = (
  { contentType, labelledFrom }: Pick<Asset, "contentType" | "labelledFrom">,
  { maxLabels, minConfidence }: Question,
): string => resultPrefix + [contentType, labelledFrom ?? "OBJECT", maxLabels, minConfidence].join(" ");

/** `lease` is longer than a call can take, in milliseconds. */
export function cacheIn(client: DynamoDBClient, TableName: string, lease: number, now: () => number): Cache {
  const keyOf = ({ sha256, result }: Content) => marshall({ sha256, id: result });
  const ownerKey = ({ sha256, ownerId }: Content) => marshall({ sha256, id: ownerId });
  const rowsOf = async (content: Content) => {
    const Keys = [ownerKey(content), keyOf(content), marshall(modelKey)];
    const request = { RequestItems: { [TableName]: { Keys, ConsistentRead: true } } };
    const { Responses, UnprocessedKeys = {} } = await client.send(new BatchGetItemCommand(request));
    if (Object.keys(UnprocessedKeys).length > 0) {
      throw new Error("The contents table is throttled");
    }
    const rows = (Responses?.[TableName] ?? []).map((item) => unmarshall(item));
    const find = (id: string) => rows.find((row) => row["id"] === id);
    return {
      owner: find(content.ownerId) as ContentRow | undefined,
      result: find(content.result) as ResultRow | undefined,
      model: (find(modelKey.id)?.["model"] as string | undefined) ?? "",
    };
  };
  return {
    async read(content) {
      const { owner, result, model } = await rowsOf(content);
      const isCurrent = result?.status === "DONE" && result.model === model;
      return {
        result: isCurrent ? (result as ResultRow & Result) : undefined,
        running: result?.status === "RUNNING" && result.lease >= now(),
        own: owner?.labelled === content.result,
        model,
      };
    },
    async begin(content, { model }, holder) {
      const registered = "attribute_exists(#first)";
      const free =
        "attribute_not_exists(#id) OR #holder = :holder OR (#status = :running AND #lease < :now) OR (#status = :done AND #model <> :model)";
      const row: ResultRow = { status: "RUNNING", holder, lease: now() + lease };
      const reasons = await cancelled(client, [
        {
          ConditionCheck: {
            TableName,
            Key: ownerKey(content),
            ConditionExpression: registered,
            ExpressionAttributeNames: namesIn(registered),
          },
        },
        {
          Put: {
            TableName,
            Item: { ...keyOf(content), ...marshall(row) },
            ConditionExpression: free,
            ExpressionAttributeNames: namesIn(free),
            ExpressionAttributeValues: marshall(
              prefixed({ holder, now: now(), model, running: "RUNNING", done: "DONE" }),
            ),
          },
        },
      ]);
      return reasons === undefined;
    },
    async end(content, { model }, holder, result) {
      if (result.model !== "" && result.model !== model) {
        const Item = marshall({ ...modelKey, model: result.model });
        await client.send(new PutItemCommand({ TableName, Item }));
      }
      const set = { ...result, model: result.model || model, status: "DONE" };
      const write = conditionalUpdate({ set }, { when: "#holder = :holder", values: { holder } });
      await held(client.send(new UpdateItemCommand({ TableName, Key: keyOf(content), ...write })));
    },
    async abandon(content, holder) {
      const when = "#holder = :holder AND #status = :running";
      await held(
        client.send(
          new DeleteItemCommand({
            TableName,
            Key: keyOf(content),
            ConditionExpression: when,
            ExpressionAttributeNames: namesIn(when),
            ExpressionAttributeValues: marshall({ ":holder": holder, ":running": "RUNNING" }),
          }),
        ),
      );
    },
    async own(content) {
      const write = conditionalUpdate(
        { set: { labelled: content.result } },
        { when: "attribute_exists(#first)" },
      );
      await held(client.send(new UpdateItemCommand({ TableName, Key: ownerKey(content), ...write })));
    },
  };
}
