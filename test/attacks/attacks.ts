import { maxLabelChanges, maxLabelName } from "../../domain/labels.ts";
import { type Answer, type Client, send, type Presigned } from "../support/client.ts";
import type { Given } from "./fields.ts";

/** What a user does to make a call cost the most. */
export interface Attack {
  /** Values for one call. What it does is not measured. */
  readonly prepare: () => Promise<Given> | Given;
  /** What the answer allows to do. It is measured. */
  readonly follow?: (answer: Answer<Record<string, unknown>>) => Promise<unknown>;
}

export interface Means {
  readonly client: Client;
  readonly picture: Buffer;
  /** A receiver of callbacks. */
  readonly callbackUrl: string;
  readonly idle: () => Promise<void>;
}

/** The attacks by field. `other` is for fields that are not named, with a labelled asset. */
export function attacksWith(means: Means): Readonly<Record<string, Attack>> & { readonly other: Attack } {
  const { client, picture, callbackUrl } = means;
  const optional = { ownerId: undefined, expectedVersion: undefined, nextToken: undefined, after: undefined };
  const labelled = async () => ({ ...optional, id: await labelledAsset(means) });
  const user = { ...optional, firstName: undefined, lastName: undefined };
  const upload = {
    ...user,
    contentType: "image/jpeg",
    contentLength: another(picture).length,
    sha256: undefined,
  };
  return {
    other: { prepare: labelled },
    createUser: { prepare: () => ({ ...user, id: undefined }) },
    updateUser: { prepare: () => ({ ...user, id: client.sub }) },
    deleteUser: { prepare: () => ({ id: client.sub }) },
    getUser: {
      async prepare() {
        await client.ask('mutation { createUser(input: { name: "Alice" }) { id } }');
        return { id: client.sub };
      },
    },
    createAsset: {
      prepare: () => ({ ...upload, callbackUrl }),
      follow: async ({ data }) => {
        const { upload: request } = (data as { createAsset: { upload: Presigned } }).createAsset;
        await send(request, another(picture));
      },
    },
    renewUpload: { prepare: async () => ({ id: (await client.create(picture, "image/jpeg")).asset.id }) },
    setLabels: { prepare: async () => ({ ...(await labelled()), add: newLabels(), remove: undefined }) },
    restoreAsset: {
      async prepare() {
        const { id } = await labelled();
        await client.get("mutation ($id: ID!) { deleteAsset(id: $id) { id } }", { id });
        return { id };
      },
    },
    replayDelivery: { prepare: async () => ({ id: await deliveredCallback(means) }) },
    listDeliveries: {
      prepare: async () => ({ ...optional, assetId: await labelledAsset(means), limit: 100 }),
    },
    listAssets: { prepare: () => ({ ...optional, state: undefined, order: undefined, limit: 100 }) },
    listAssetEvents: { prepare: () => ({ ...optional, limit: 100 }) },
    listLabels: { prepare: () => ({ ...optional, prefix: undefined, limit: 100 }) },
    searchAssets: {
      prepare: () => ({ ...optional, label: "landscape", minConfidence: undefined, limit: 100 }),
    },
    eraseUser: {
      prepare: () => ({ id: client.sub }),
      // Only the erasure of a user who is not being erased changes something.
      follow: () =>
        client.get("mutation ($userId: ID!) { cancelErasure(userId: $userId) { userId } }", {
          userId: client.sub,
        }),
    },
    cancelErasure: { prepare: () => ({ userId: client.sub }) },
    getErasure: { prepare: () => ({ userId: client.sub }) },
  };
}

async function labelledAsset({ client, picture, callbackUrl, idle }: Means): Promise<string> {
  const bytes = another(picture);
  const { asset, upload } = await client.create(bytes, "image/jpeg", { callbackUrl });
  await send(upload, bytes);
  await idle();
  return asset.id;
}

/** The id of a callback that its receiver has accepted. */
async function deliveredCallback(means: Means): Promise<string> {
  const assetId = await labelledAsset(means);
  const { listDeliveries } = await means.client.get<{ listDeliveries: { items: { id: string }[] } }>(
    "query ($assetId: ID!) { listDeliveries(assetId: $assetId) { items { id } } }",
    { assetId },
  );
  return listDeliveries.items[0]?.id ?? "";
}

let made = 0;

/** The same bytes are labelled once only. Bytes after the end of a picture make it another one, of the same length. */
const another = (picture: Buffer): Buffer => Buffer.concat([picture, Buffer.from(`${++made}`.padStart(8))]);

/** As many and as long as one call takes, and new to the owner. */
const newLabels = (): string[] =>
  Array.from({ length: maxLabelChanges }, () => `${++made} `.padEnd(maxLabelName, "x"));
