import {
  CopyObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectVersion,
} from "@aws-sdk/client-s3";
import type { Clients, Stack } from "./stack.ts";

export interface RestoringObjects {
  readonly clients: Clients;
  readonly stack: Stack;
  readonly at: Date | undefined;
  readonly owner: string | undefined;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

interface ObjectCounts {
  objects: number;
  restored: number;
}

interface History {
  readonly key: string;
  /** The newest first. A deletion has no id of a version that can be copied. */
  readonly versions: { readonly id: string; readonly at: number; readonly deleted: boolean }[];
}

/** Copies versions back: of deleted objects the last one, and with a time the one that was there at that time. */
export async function restoreObjects(restoring: RestoringObjects): Promise<ObjectCounts> {
  const { clients, stack, at, dryRun, owner } = restoring;
  const counts: ObjectCounts = { objects: 0, restored: 0 };
  for (const prefix of ["uploads/", "renditions/"]) {
    for await (const history of historiesOf(restoring, prefix + (owner === undefined ? "" : `${owner}/`))) {
      counts.objects += 1;
      const version = wantedVersion(history, at?.getTime());
      if (version === undefined) {
        continue;
      }
      counts.restored += 1;
      const path = [stack.bucket, ...history.key.split("/")].map(encodeURIComponent).join("/");
      const copy = new CopyObjectCommand({
        ...{ Bucket: stack.bucket, Key: history.key },
        CopySource: `${path}?versionId=${encodeURIComponent(version)}`,
      });
      await (dryRun ? undefined : clients.s3.send(copy));
    }
  }
  return counts;
}

/** The version to copy back, unless it is the current one. */
export function wantedVersion({ versions }: History, at: number | undefined): string | undefined {
  const [current] = versions;
  const before = versions.filter((version) => at === undefined || version.at <= at);
  // S3 deletes an object by a version without content. Without a time, that deletion is the mistake.
  const wanted = at === undefined ? before.find(({ deleted }) => !deleted) : before[0];
  if (wanted === undefined || wanted.deleted || wanted === current) {
    return undefined;
  }
  return current?.deleted === true || at !== undefined ? wanted.id : undefined;
}

/** S3 lists versions by key, and the newest of a key first. A key can begin on one page and end on the next. */
async function* historiesOf(
  { clients, stack, signal }: RestoringObjects,
  Prefix: string,
): AsyncIterable<History> {
  let current: History | undefined;
  let next: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (next) {
    signal.throwIfAborted();
    const page: ListObjectVersionsCommandOutput = await clients.s3.send(
      new ListObjectVersionsCommand({ Bucket: stack.bucket, Prefix, ...next }),
    );
    for (const { key, ...version } of inOrder(page)) {
      if (current?.key !== key) {
        yield* current ? [current] : [];
        current = { key, versions: [] };
      }
      current.versions.push(version);
    }
    next =
      page.IsTruncated === true
        ? {
            ...(page.NextKeyMarker !== undefined && { KeyMarker: page.NextKeyMarker }),
            ...(page.NextVersionIdMarker !== undefined && { VersionIdMarker: page.NextVersionIdMarker }),
          }
        : undefined;
  }
  yield* current ? [current] : [];
}

/** The SDK gives versions and deletions in two lists. */
function inOrder(page: {
  readonly Versions?: ObjectVersion[] | undefined;
  readonly DeleteMarkers?: ObjectVersion[] | undefined;
}) {
  const entry = (deleted: boolean) => (one: ObjectVersion) => ({
    key: one.Key ?? "",
    id: one.VersionId ?? "",
    at: one.LastModified?.getTime() ?? 0,
    latest: one.IsLatest === true,
    deleted,
  });
  const all = [...(page.Versions ?? []).map(entry(false)), ...(page.DeleteMarkers ?? []).map(entry(true))];
  return all.sort((a, b) => compare(a.key, b.key) || Number(b.latest) - Number(a.latest) || b.at - a.at);
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
