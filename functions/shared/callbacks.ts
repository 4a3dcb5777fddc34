import { createHash } from "node:crypto";
import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ReturnValue,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { type Delivery, type Receiver, receiverPrefix } from "../../domain/callback.ts";
import { dueShard } from "../../domain/due.ts";
import type { RowKey } from "../../domain/messages.ts";
import { held, heldOrDone, namesIn, prefixed } from "./conditional.ts";

/** An owner's secrets, each `whsec_` and base64. */
export interface WebhookSecret {
  readonly secret: string;
  /** Earlier secrets sign too until then (epoch milliseconds), so that receivers can change over. */
  readonly previous: readonly { readonly secret: string; readonly until: number }[];
  /** Its owner has not been shown it yet. */
  readonly unseen?: boolean;
  /** The asset whose reservation showed the secret. A repetition of that reservation shows it again. */
  readonly shownWith?: string;
}

/** Attempts that a delivery's row keeps. Replays may add any number. */
export const mostAttempts = 50;

/** A conditional write to one delivery, in DynamoDB's words over `#attribute` and `:value` names. */
export interface DeliveryWrite {
  readonly update: string;
  readonly when: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Whether a row is the result of this write. */
  readonly done?: (row: Delivery) => boolean;
}

/** The callbacks table: per owner a secret, the receivers that failed, and a row for each delivery. */
export interface Callbacks {
  secret(ownerId: string): Promise<WebhookSecret | undefined>;
  /** Writes the secret on condition that the present one is `instead`; false if it is not. */
  setSecret(ownerId: string, secret: WebhookSecret, instead: string | undefined): Promise<boolean>;
  /** Records that the secret is shown with this asset. Undefined if it was shown otherwise before. */
  showSecret(ownerId: string, assetId: string): Promise<WebhookSecret | undefined>;
  /** Undefined of a receiver that never failed. */
  receiver(ownerId: string, url: string): Promise<Receiver | undefined>;
  setReceiver(ownerId: string, receiver: Receiver): Promise<void>;
  delivery(key: RowKey): Promise<Delivery | undefined>;
  /** Adds a delivery. False if it exists: the stream may repeat. */
  add(delivery: Delivery): Promise<boolean>;
  /** The row after the write, or undefined if the condition did not hold. */
  update(key: RowKey, write: DeliveryWrite): Promise<Delivery | undefined>;
}

export function callbacksTable(client: DynamoDBClient, TableName: string): Callbacks {
  const read = async (ownerId: string, id: string): Promise<Record<string, unknown> | undefined> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: marshall({ ownerId, id }), ConsistentRead: true }),
    );
    return Item && unmarshall(Item);
  };
  const put = (item: object, when?: string, values?: Record<string, unknown>): Promise<object> =>
    client.send(
      new PutItemCommand({
        TableName,
        Item: marshall(item, { removeUndefinedValues: true }),
        ConditionExpression: when,
        ...(values && { ExpressionAttributeValues: marshall(values) }),
        ...(when && { ReturnValuesOnConditionCheckFailure: "ALL_OLD" }),
      }),
    );
  return {
    secret: async (ownerId) => (await read(ownerId, secretId)) as WebhookSecret | undefined,
    async setSecret(ownerId, secret, instead) {
      const item = { ownerId, id: secretId, ...secret };
      const write =
        instead === undefined
          ? put(item, "attribute_not_exists(id)")
          : put(item, "secret = :instead", { ":instead": instead });
      // Secrets are random: a row with this secret is from this write, whose answer was lost.
      return (await heldOrDone<WebhookSecret>(write, (row) => row.secret === secret.secret)) !== undefined;
    },
    showSecret: (ownerId, assetId) => {
      const update = "SET #shownWith = :asset REMOVE #unseen";
      const when = "#unseen = :true OR #shownWith = :asset";
      return held(
        client.send(
          new UpdateItemCommand({
            TableName,
            Key: marshall({ ownerId, id: secretId }),
            UpdateExpression: update,
            ConditionExpression: when,
            ExpressionAttributeNames: namesIn(`${update} ${when}`),
            ExpressionAttributeValues: marshall({ ":asset": assetId, ":true": true }),
            ReturnValues: ReturnValue.ALL_NEW,
          }),
        ),
      ).then((answer) => answer && (unmarshall(answer.Attributes ?? {}) as WebhookSecret));
    },
    receiver: async (ownerId, url) => (await read(ownerId, receiverId(url))) as Receiver | undefined,
    async setReceiver(ownerId, receiver) {
      await put({ ...receiver, ownerId, id: receiverId(receiver.url) });
    },
    delivery: async ({ ownerId, id }) => (await read(ownerId, id)) as Delivery | undefined,
    add: async (delivery) => (await held(put(delivery, "attribute_not_exists(id)"))) !== undefined,
    update: ({ ownerId, id }, { update, when, values, done = () => false }) =>
      heldOrDone<Delivery>(
        client.send(
          new UpdateItemCommand({
            TableName,
            Key: marshall({ ownerId, id }),
            UpdateExpression: update,
            ConditionExpression: when,
            ExpressionAttributeNames: namesIn(`${update} ${when}`),
            ExpressionAttributeValues: marshall(prefixed(values), { removeUndefinedValues: true }),
            ReturnValues: ReturnValue.ALL_NEW,
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          }),
        ),
        done,
      ),
  };
}

/** How long after its time a delivery is looked for, in case its message was lost (milliseconds). */
const grace = 120_000;

/**
 * When a PENDING delivery is next attempted, and when the sweep looks for it: later if a message is on its way,
 * at that time if there is none.
 */
export const due = (
  id: string,
  at: number,
  queued = true,
): Pick<Delivery, "nextAttemptAt" | "dueShard" | "dueAt"> => ({
  nextAttemptAt: at,
  dueShard: dueShard(id),
  dueAt: queued ? at + grace : at,
});

const secretId = "secret";

/** A URL may be longer than a key. */
const receiverId = (url: string): string =>
  `${receiverPrefix}${createHash("sha256").update(url).digest("hex")}`;
