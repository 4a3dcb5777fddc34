import { DeleteObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type AssetState, objectKey } from "../../domain/asset.ts";
import { ask, type AssetEvent } from "../../packages/client/src/index.ts";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { administrator } from "./administrator.ts";
import { type Person, type Presigned, put } from "./people.ts";
import { isRefusal, persist } from "./persist.ts";
import type { Upload } from "./pictures.ts";
import { plannedEventsOf } from "./edits.ts";
import { journeys, type PlannedEvent, type Step } from "./journeys.ts";
import type { PlannedAsset } from "./plan.ts";
import { settled, type ReceivedEvents } from "./received-events.ts";

/** An asset that its user knows of: the cloud is compared with these. */
export interface Reserved {
  readonly planned: PlannedAsset;
  readonly id: string;
  readonly owner: Person;
  readonly callbackUrl: string | undefined;
}

export interface Using {
  readonly ready: Ready;
  readonly people: ReadonlyMap<string, Person>;
  readonly received: ReceivedEvents;
  readonly draw: (planned: PlannedAsset) => Upload;
  readonly urlOf: (planned: PlannedAsset) => string | undefined;
  /** Limits the number of concurrent clients. */
  readonly gate: <Result>(run: () => Promise<Result>) => Promise<Result>;
  /** No upload begins before this resolves. */
  readonly mayUpload: Promise<unknown>;
  readonly signal: AbortSignal;
  readonly reserved: (asset: Reserved) => void;
}

/** What the user of an asset knows during its journey. */
interface AssetInProgress extends Using, Reserved {
  upload: Presigned;
  readonly bytes: Buffer;
}

/** Does all steps of a planned asset. Resolves when its last event was received. */
export async function runJourney(planned: PlannedAsset, using: Using): Promise<void> {
  const journey = journeys[planned.journey];
  const steps: readonly Step[] = journey.steps;
  const first = steps.findIndex((step) => waits[step] !== undefined);
  const early = first < 0 ? steps : steps.slice(0, first);
  const asset = await using.gate(async () => {
    const reserved = await reserve(planned, using);
    for (const step of early) {
      await act[step]?.(reserved);
    }
    return reserved;
  });
  for (const step of steps.slice(early.length)) {
    const wait = waits[step];
    await (wait
      ? using.received.until(asset.id, wait, using.signal)
      : using.gate(async () => act[step]?.(asset)));
  }
  await using.received.until(asset.id, (events) => isOver(planned, events), using.signal);
}

/** True if the received events complete the asset's journey. */
export function isOver({ journey }: PlannedAsset, events: readonly AssetEvent[]): boolean {
  const { end, events: planned } = journeys[journey];
  const last = events.at(-1);
  const types = plannedEventsOf(events);
  const count = (type: PlannedEvent) => types.filter((one) => one === type).length;
  if (end.state === "PURGED") {
    return last?.type === "PURGED";
  }
  return (
    last?.asset.state === end.state &&
    last.asset.labelStatus === end.labelStatus &&
    planned.every((type) => count(type) >= planned.filter((one) => one === type).length)
  );
}

const uploadFields = "upload { url method headers { name value } }";

/** Repetitions create one asset, because they have the same clientToken. */
async function reserve(planned: PlannedAsset, using: Using): Promise<AssetInProgress> {
  const { index, summed } = planned;
  const { contentType, bytes, sha256 } = using.draw(planned);
  const owner = using.people.get(planned.owner);
  if (!owner) {
    throw new Error(`There is no ${planned.owner}`);
  }
  const callbackUrl = using.urlOf(planned);
  const input = {
    ...{ contentType, contentLength: bytes.length, filename: `${index}`, clientToken: `asset ${index}` },
    ...(summed && { sha256 }),
    ...(callbackUrl !== undefined && { callbackUrl }),
  };
  const { createAsset } = await owner.ask<{ createAsset: { asset: { id: string }; upload: Presigned } }>(
    `mutation ($input: CreateAssetInput!) { createAsset(input: $input) { asset { id } ${uploadFields} } }`,
    { input },
  );
  const { asset, upload } = createAsset;
  const reserved = { planned, id: asset.id, owner, callbackUrl };
  using.reserved(reserved);
  return { ...using, ...reserved, upload, bytes };
}

const waits: Partial<Record<Step, Parameters<ReceivedEvents["until"]>[1]>> = {
  received: (events) => events.some(({ type }) => type === "RECEIVED"),
  settled,
  thumbnails: (events) => typeof events.at(-1)?.asset.width === "number",
};

const act: Partial<Record<Step, (asset: AssetInProgress) => Promise<unknown>>> = {
  upload,
  confirm: (asset) => change(asset, "confirmUpload", ({ state }) => state === "UPLOADED"),
  delete: (asset) => change(asset, "deleteAsset", ({ state }) => state === "DELETED"),
  restore: (asset) => change(asset, "restoreAsset", ({ state }) => state !== "DELETED"),
  label,
  // A repetition of these changes nothing.
  title: ({ owner, id }) =>
    owner.ask(`mutation ($id: ID!) { updateAsset(input: { id: $id, title: "${title}" }) { id } }`, { id }),
  correct: ({ owner, id }) =>
    owner.ask(
      "mutation ($id: ID!, $add: [String!], $remove: [String!]) { setLabels(id: $id, add: $add, remove: $remove) { id } }",
      { id, ...correction },
    ),
  remove: removeObject,
  purge: (asset) => change(asset, "purgeAsset", ({ state }) => state === "DELETED", ""),
};

const title = "A title";

/** The labels that an owner adds and removes. All pictures are found by the second one. */
export const correction = { add: ["Été à la mer"], remove: ["Color"] };

/** 412 means that the object exists, and 403 that the URL has expired and must be renewed. */
async function upload(asset: AssetInProgress): Promise<void> {
  await asset.mayUpload;
  await persist(async () => {
    const status = await put(asset.upload, asset.bytes);
    if (status === 403) {
      const { renewUpload } = await ask<{ renewUpload: { upload: Presigned } }>(
        asset.owner,
        `mutation ($id: ID!) { renewUpload(id: $id) { ${uploadFields} } }`,
        { id: asset.id },
      );
      asset.upload = renewUpload.upload;
    }
    if (status !== 200 && status !== 412) {
      throw new Error(`The upload answered ${status}`);
    }
  }, asset.signal);
}

interface Seen {
  readonly state: AssetState;
  readonly version: number;
}

/**
 * One mutation. A refusal may only mean that an earlier attempt was executed, so then the asset's state decides. A
 * deleted asset cannot be read.
 */
async function change(
  { owner, id, signal }: AssetInProgress,
  mutation: string,
  isDone: (seen: Pick<Seen, "state">) => boolean,
  selection = "{ id }",
): Promise<void> {
  await persist(async (unsure) => {
    try {
      await ask(owner, `mutation ($id: ID!) { ${mutation}(id: $id) ${selection} }`, { id });
    } catch (error) {
      if (!unsure || !isRefusal(error) || !isDone((await look(owner, id)) ?? { state: "DELETED" })) {
        throw error;
      }
    }
  }, signal);
}

/** Two requests label twice, so after an unknown outcome the user reads the asset first. */
async function label({ owner, id, signal }: AssetInProgress): Promise<void> {
  const before = await persist(() => look(owner, id), signal);
  await persist(async (unsure) => {
    const now = unsure ? await look(owner, id) : before;
    if (now?.version === before?.version) {
      await ask(owner, "mutation ($id: ID!) { labelAsset(id: $id) { id } }", { id });
    }
  }, signal);
}

async function look(owner: Person, id: string): Promise<Seen | undefined> {
  try {
    const query = "query ($id: ID!) { getAsset(id: $id) { state version } }";
    return (await ask<{ getAsset: Seen }>(owner, query, { id })).getAsset;
  } catch (error) {
    if (isRefusal(error) && error.errorType === "NotFound") {
      return undefined;
    }
    throw error;
  }
}

/** The administrator deletes the object in S3, without the API. */
async function removeObject({ ready, owner, id, signal }: AssetInProgress): Promise<void> {
  const s3 = new S3Client({ ...administrator(ready), forcePathStyle: true });
  const command = new DeleteObjectCommand({ Bucket: ready.bucket, Key: objectKey(owner.sub, id) });
  await persist(() => s3.send(command), signal);
  s3.destroy();
}
