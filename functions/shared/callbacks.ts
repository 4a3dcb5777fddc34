import { createHash } from "node:crypto";
import { type DynamoDBClient, ReturnValue, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { type Receiver, receiverPrefix } from "../../domain/callback.ts";
import { conditionalUpdate, held, heldOrDone } from "./conditional.ts";
import { deliveriesIn, type Deliveries } from "./deliveries.ts";
import { rowsIn } from "./rows.ts";

/** An owner's secrets, each `whsec_` and base64. */
export interface WebhookSecret {
  readonly secret: string;
  /** Earlier secrets. Each also signs until its time (epoch milliseconds), so that receivers can switch. */
  readonly previous: readonly { readonly secret: string; readonly until: number }[];
  /** True if the owner has not been shown it yet. */
  readonly unseen?: boolean;
  /** The asset whose reservation showed the secret. A repetition of that reservation shows it again. */
  readonly shownWith?: string;
}

/** The callbacks table: for each owner a secret, the receivers that failed, and the deliveries. */
export interface Callbacks extends Deliveries {
  secret(ownerId: string): Promise<WebhookSecret | undefined>;
  /** Replaces the secret `instead`, or adds the first one. False if the current secret is another. */
  setSecret(ownerId: string, secret: WebhookSecret, instead: string | undefined): Promise<boolean>;
  /** Marks the secret as shown with this asset. Undefined if it was already shown with another. */
  showSecret(ownerId: string, assetId: string): Promise<WebhookSecret | undefined>;
  /** Undefined for a receiver that never failed. */
  receiver(ownerId: string, url: string): Promise<Receiver | undefined>;
  setReceiver(ownerId: string, receiver: Receiver): Promise<void>;
}

export function callbacksTable(client: DynamoDBClient, TableName: string): Callbacks {
  const rows = rowsIn(client, TableName);
  return {
    ...deliveriesIn(client, TableName, rows),
    secret: async (ownerId) => (await rows.read(ownerId, secretId)) as WebhookSecret | undefined,
    async setSecret(ownerId, secret, instead) {
      const row = { ownerId, id: secretId, ...secret };
      const write =
        instead === undefined
          ? rows.put(row, { when: "attribute_not_exists(id)" })
          : rows.put(row, { when: "secret = :instead", values: { instead } });
      // Secrets are random, so a row with this secret is from this write, whose answer was lost.
      return (
        (await heldOrDone<WebhookSecret>(write, (found) => found.secret === secret.secret)) !== undefined
      );
    },
    async showSecret(ownerId, assetId) {
      const shown = await held(
        client.send(
          new UpdateItemCommand({
            TableName,
            Key: marshall({ ownerId, id: secretId }),
            ...conditionalUpdate(
              { set: { shownWith: assetId }, remove: ["unseen"] },
              { when: "#unseen = :true OR #shownWith = :shownWith", values: { true: true } },
            ),
            ReturnValues: ReturnValue.ALL_NEW,
          }),
        ),
      );
      return shown && (unmarshall(shown.Attributes ?? {}) as WebhookSecret);
    },
    receiver: async (ownerId, url) => (await rows.read(ownerId, receiverId(url))) as Receiver | undefined,
    async setReceiver(ownerId, receiver) {
      await rows.put({ ...receiver, ownerId, id: receiverId(receiver.url) });
    },
  };
}

const secretId = "secret";

/** A hash, because a URL can be longer than a key. */
const receiverId = (url: string): string =>
  `${receiverPrefix}${createHash("sha256").update(url).digest("hex")}`;
