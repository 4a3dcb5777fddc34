import { ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";
import { objectKey } from "../../domain/asset.ts";
import { renditionKey } from "../../domain/renditions.ts";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { administrator } from "./administrator.ts";
import { type Account, type Check, nameOf, type Seen } from "./account.ts";
import type { ListedAsset } from "./facts.ts";
import { persist } from "./persist.ts";
import { isRendered, sizeOf } from "./pictures.ts";

/** The keys of all versions of all objects of the bucket. */
export async function listKeys(ready: Ready, signal: AbortSignal): Promise<string[]> {
  const s3 = new S3Client({ ...administrator(ready), forcePathStyle: true });
  const keys: string[] = [];
  let from: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
  while (from) {
    const command: ListObjectVersionsCommand = new ListObjectVersionsCommand({
      Bucket: ready.bucket,
      ...from,
    });
    const page = await persist(() => s3.send(command), signal);
    keys.push(...[...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key = "" }) => Key));
    from = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
      : undefined;
  }
  s3.destroy();
  return keys;
}

/** The bucket has the object of each asset that was uploaded, the renditions of each picture, and nothing else. */
export function objects({ facts }: Seen, accounts: readonly Account[]): ReturnType<Check> {
  const listed = new Map([...facts.assets.values()].flat().map((asset) => [asset.id, asset]));
  const owners = new Set(facts.assets.keys());
  const theirs = facts.keys.filter((key) => owners.has(key.split("/")[1] ?? ""));
  const byAsset = Map.groupBy(theirs, (key) => key.split("/")[2] ?? "");
  let planned = 0;
  const explained: string[] = [];
  const differences = accounts.flatMap((account) => {
    const { id } = account.asset;
    const asset = listed.get(id);
    const should = keysOf(account, asset).sort();
    const all = (byAsset.get(id) ?? []).toSorted();
    const are = all.filter((key) => !isEarly(key, asset));
    if (are.length < all.length) {
      explained.push(`${nameOf(account.asset)}: it was deleted while its thumbnails were made`);
    }
    planned += should.length;
    byAsset.delete(id);
    return are.join() === should.join()
      ? []
      : [`${nameOf(account.asset)}: has ${are.join(" ")}; should have ${should.join(" ")}`];
  });
  const strangers = [...byAsset.values()].flat().map((key) => `${key}: no user knows it`);
  return { planned, found: theirs.length, differences: [...differences, ...strangers], explained };
}

/** A rendition of an asset that was deleted while it was made: a restored asset gets it again, a purge removes it. */
const isEarly = (key: string, asset: ListedAsset | undefined): boolean =>
  asset?.state === "DELETED" && asset.width === null && key.startsWith("renditions/");

function keysOf({ asset: { id, owner, planned } }: Account, listed: ListedAsset | undefined): string[] {
  if (!listed || listed.state === "EXPIRED" || listed.state === "REJECTED") {
    return [];
  }
  const made = listed.width === null ? [] : (["SMALL", "LARGE"] as const);
  return [
    objectKey(owner.sub, id),
    ...[...made, ...(listed.width !== null && isRendered(planned.content) ? (["LABEL"] as const) : [])].map(
      (rendition) => renditionKey(owner.sub, id, rendition),
    ),
  ];
}

/** Every picture that is not deleted has its size and thumbnails; nothing else has. */
export function thumbnails({ facts }: Seen, accounts: readonly Account[]): ReturnType<Check> {
  const listed = new Map([...facts.assets.values()].flat().map((asset) => [asset.id, asset]));
  const shown = accounts.flatMap(({ asset }) => {
    const now = listed.get(asset.id);
    return now && (now.state === "RECEIVED" || now.state === "UPLOADED") ? [{ asset, now }] : [];
  });
  const differences = shown.flatMap(({ asset, now }) => {
    const size = sizeOf(asset.planned.content);
    const should = size ? `${size.width}x${size.height} with URL` : "none";
    const is =
      now.width === null ? "none" : `${now.width}x${now.height} ${now.thumbnailUrl ? "with URL" : ""}`;
    return is === should ? [] : [`${nameOf(asset)}: is ${is}, should be ${should}`];
  });
  return { planned: shown.length, found: shown.length - differences.length, differences };
}
