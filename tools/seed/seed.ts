import {
  type Asset,
  deleteAsset,
  type Endpoint,
  followAssetEvents,
  hashOf,
  listAll,
  listAssets,
  setLabels,
  updateAsset,
  uploadAll,
} from "../../packages/client/src/index.ts";
import type { Plan } from "./plan.ts";

/** The changes that a run made. */
export interface Changes {
  readonly uploaded: number;
  readonly rejected: number;
  readonly titled: number;
  readonly corrected: number;
  readonly deleted: number;
}

/** A plan with the hash of its bytes, by which its asset is found. */
interface Wanted extends Plan {
  readonly sha256: string;
}

/** Longest time until all uploads of a user are labelled, in milliseconds. */
const patience = 120_000;

/** Makes a user's library as it is planned, and changes only what differs. */
export async function seedLibrary(
  endpoint: Endpoint,
  ownerId: string,
  plans: readonly Plan[],
): Promise<Changes> {
  const wanted = await Promise.all(
    plans.map(async (plan): Promise<Wanted> => ({ ...plan, sha256: await hashOf(plan.file) })),
  );
  const before = await listLibrary(endpoint);
  const missing = wanted.filter((one) => !isThere(one, before.get(one.sha256)));
  const arrivals = missing.length > 0 ? await upload(endpoint, missing) : before;
  const planned = wanted.flatMap(({ sha256 }) => arrivals.get(sha256) ?? []);
  const library = (await labelled(endpoint, ownerId, planned)) ? await listLibrary(endpoint) : arrivals;
  const changes = { titled: 0, corrected: 0, deleted: 0 };
  for (const one of wanted) {
    const asset = library.get(one.sha256);
    if (asset && asset.state !== "DELETED" && !one.isBroken) {
      changes.titled += await setTitle(endpoint, one, asset);
      changes.corrected += await correct(endpoint, one, asset);
      changes.deleted += await remove(endpoint, one, asset);
    }
  }
  const rejected = missing.filter(({ isBroken }) => isBroken).length;
  return { uploaded: missing.length - rejected, rejected, ...changes };
}

/** A user's assets by the hash of their bytes, deleted ones included. Of several, the last in the order of states. */
async function listLibrary(endpoint: Endpoint): Promise<Map<string, Asset>> {
  const library = new Map<string, Asset>();
  const add = (asset: Asset) => {
    const former = library.get(asset.sha256 ?? "");
    if (asset.sha256 && (!former || states.indexOf(asset.state) > states.indexOf(former.state))) {
      library.set(asset.sha256, asset);
    }
  };
  for (const state of [{}, { state: "DELETED" }] as const) {
    const variables = { limit: 100, ...state };
    for await (const asset of listAll(listAssets, endpoint, variables, { include: { labels: true } })) {
      add(asset);
    }
  }
  return library;
}

const states: readonly string[] = ["EXPIRED", "CREATED", "REJECTED", "DELETED", "RECEIVED", "UPLOADED"];
const arrived: readonly string[] = ["RECEIVED", "UPLOADED"];

/** What was deleted since stays deleted. */
const isThere = ({ isBroken }: Wanted, asset: Asset | undefined): boolean =>
  asset !== undefined && [...arrived, "DELETED", ...(isBroken ? ["REJECTED"] : [])].includes(asset.state);

/** Returns the library with the uploads. Throws the error of the first that did not end as planned. */
async function upload(endpoint: Endpoint, plans: readonly Wanted[]): Promise<Map<string, Asset>> {
  const items = plans.map(({ file, title, sha256 }) => ({
    ...{ file, title, sha256 },
    until: "RECEIVED" as const,
  }));
  const outcomes = await uploadAll(endpoint, items);
  const library = await listLibrary(endpoint);
  for (const [index, plan] of plans.entries()) {
    const outcome = outcomes[index];
    if (outcome?.status === "failed" && !isThere(plan, library.get(plan.sha256))) {
      throw outcome.error;
    }
  }
  return library;
}

/** Waits until assets are labelled, or are not going to be. Returns whether there was anything to wait for. */
async function labelled(endpoint: Endpoint, ownerId: string, assets: readonly Asset[]): Promise<boolean> {
  const waiting = new Set(assets.filter((asset) => !isSettled(asset)).map(({ id }) => id));
  if (waiting.size === 0) {
    return false;
  }
  const signal = AbortSignal.timeout(patience);
  for await (const { assetId, asset } of followAssetEvents({ ...endpoint, ownerId, after: 0, signal })) {
    if (isSettled(asset)) {
      waiting.delete(assetId);
    }
    if (waiting.size === 0) {
      return true;
    }
  }
  throw new Error(`${waiting.size} pictures were not labelled within ${patience / 1000} s`);
}

/** A picture beyond a limit has an error, and is PENDING until the next day. */
const isSettled = ({ state, labelStatus, labelError }: Asset): boolean =>
  !arrived.includes(state) || labelError !== null || ["DONE", "FAILED", "SKIPPED"].includes(labelStatus);

async function setTitle(endpoint: Endpoint, { title = "" }: Plan, asset: Asset): Promise<number> {
  if ((asset.title ?? "") === title) {
    return 0;
  }
  await updateAsset(endpoint, { input: { id: asset.id, title } });
  return 1;
}

async function correct(endpoint: Endpoint, { correction }: Plan, { id, labels }: Asset): Promise<number> {
  const isCorrected = labels?.some(({ name, source }) => name === correction && source === "PERSON");
  if (correction === undefined || isCorrected) {
    return 0;
  }
  const wrong = labels?.find(({ source }) => source === "MODEL");
  await setLabels(endpoint, { id, add: [correction], remove: wrong ? [wrong.name] : [] });
  return 1;
}

async function remove(endpoint: Endpoint, { isDeleted }: Plan, { id }: Asset): Promise<number> {
  if (!isDeleted) {
    return 0;
  }
  await deleteAsset(endpoint, { id });
  return 1;
}
