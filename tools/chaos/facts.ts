import type { AssetEvent } from "../../packages/client/src/index.ts";
import type { Asset } from "../../domain/asset.ts";
import type { CallbackType, DeliveryAttempt, DeliveryStatus } from "../../domain/callback.ts";
import { findLabels, type FoundLabels } from "./found-labels.ts";
import type { Person } from "./people.ts";
import { gate } from "./persist.ts";
import type { Reserved } from "./users.ts";

/** An asset as `listAssets` shows it. */
export type ListedAsset = Pick<
  Asset,
  "id" | "state" | "labelStatus" | "filename" | "labels" | "labelError" | "contentLength"
> & { readonly width: number | null; readonly height: number | null; readonly thumbnailUrl: string | null };

/** A delivery as `listDeliveries` shows it. */
export interface ListedDelivery {
  /** `webhook-id` */
  readonly id: string;
  readonly assetId: string;
  readonly seq: number;
  readonly type: CallbackType;
  readonly url: string;
  readonly status: DeliveryStatus;
  readonly attempts: readonly DeliveryAttempt[];
  /** Null once it is settled. */
  readonly nextAttemptAt: string | null;
}

/** What counts against an owner's quota. */
export interface Used {
  readonly assets: number;
  readonly bytes: number;
}

/** What the API answers the administrator at the end. */
export interface Facts {
  /** By owner, deleted assets included. */
  readonly assets: ReadonlyMap<string, readonly ListedAsset[]>;
  /** By owner: the whole event log. */
  readonly events: ReadonlyMap<string, readonly AssetEvent[]>;
  /** By asset, of those that name a receiver. */
  readonly deliveries: ReadonlyMap<string, readonly ListedDelivery[]>;
  /** By owner. */
  readonly labels: ReadonlyMap<string, FoundLabels>;
  readonly usage: ReadonlyMap<string, Used>;
  /** Of the bucket, with each version. */
  readonly keys: readonly string[];
}

export async function gatherFacts(
  admin: Person,
  owners: readonly string[],
  reserved: readonly Reserved[],
  keys: readonly string[],
): Promise<Facts> {
  const by = async <Item>(read: (owner: string) => Promise<Item>) =>
    new Map(await Promise.all(owners.map(async (owner) => [owner, await read(owner)] as const)));
  return {
    assets: await by(async (ownerId) => [
      ...(await listAssets(admin, { ownerId })),
      ...(await listAssets(admin, { ownerId, state: "DELETED" })),
    ]),
    events: await by((owner) => readLog(admin, owner)),
    deliveries: await listDeliveries(
      admin,
      reserved.filter(({ callbackUrl }) => callbackUrl !== undefined),
    ),
    labels: await by((owner) => findLabels(admin, owner)),
    usage: await by((owner) => readUsage(admin, owner)),
    keys,
  };
}

export async function listDeliveries(
  admin: Person,
  assets: readonly Reserved[],
): Promise<Map<string, ListedDelivery[]>> {
  const few = gate(8);
  const query = `query ($assetId: ID!, $ownerId: ID) { listDeliveries(assetId: $assetId, ownerId: $ownerId, limit: 100) {
    items { id assetId seq type url status attempts { at succeeded } nextAttemptAt } } }`;
  const lists = assets.map(({ id, owner }) =>
    few(async () => {
      const variables = { assetId: id, ownerId: owner.sub };
      const { listDeliveries } = await admin.ask<{ listDeliveries: { items: ListedDelivery[] } }>(
        query,
        variables,
      );
      return [id, listDeliveries.items] as const;
    }),
  );
  return new Map(await Promise.all(lists));
}

async function listAssets(admin: Person, which: object): Promise<ListedAsset[]> {
  const query = `query ($ownerId: ID, $state: AssetState, $nextToken: String) {
    listAssets(ownerId: $ownerId, state: $state, order: OLDEST_FIRST, limit: 100, nextToken: $nextToken) {
      items { id state labelStatus filename contentLength labels { name confidence parents } labelError { code message }
        width height thumbnailUrl } nextToken } }`;
  const items: ListedAsset[] = [];
  let nextToken: string | null = null;
  do {
    const { listAssets }: { listAssets: { items: ListedAsset[]; nextToken: string | null } } =
      await admin.ask(query, { ...which, nextToken });
    items.push(...listAssets.items);
    nextToken = listAssets.nextToken;
  } while (nextToken !== null);
  return items;
}

async function readLog(admin: Person, ownerId: string): Promise<AssetEvent[]> {
  const query = `query ($ownerId: ID, $after: Int) { listAssetEvents(ownerId: $ownerId, after: $after, limit: 100) {
    items { seq type edited ownerId assetId at asset { state labelStatus version title width labels { name source } labelError { code } } } nextAfter } }`;
  const items: AssetEvent[] = [];
  let after: number | null = 0;
  do {
    const { listAssetEvents }: { listAssetEvents: { items: AssetEvent[]; nextAfter: number | null } } =
      await admin.ask(query, { ownerId, after });
    items.push(...listAssetEvents.items);
    after = listAssetEvents.nextAfter;
  } while (after !== null);
  return items;
}

async function readUsage(admin: Person, id: string): Promise<Used> {
  const { getUser } = await admin.ask<{ getUser: { usage: Used } }>(
    "query ($id: ID!) { getUser(id: $id) { usage { assets bytes } } }",
    { id },
  );
  return getUser.usage;
}
