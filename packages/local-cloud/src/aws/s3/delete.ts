import { AwsError } from "../../base/service.ts";
import { checkOwner } from "./attributes.ts";
import { type Check, readCheck } from "./conditional-writes.ts";
import { type Context, sendEmpty, sendXml } from "./context.ts";
import { malformedXml, noSuchVersion, notImplemented } from "./errors.ts";
import { messagesOf } from "./events.ts";
import { verifyDocument } from "./integrity.ts";
import type { BucketRequest } from "./request.ts";
import type { DeleteMarker, Version } from "./objects.ts";
import { isVersionId, newVersionId, versionHeaders, versionIn } from "./versions.ts";
import { element, group } from "../xml.ts";
import { document, parseXml, type Xml } from "./xml.ts";

/** Deleting a missing key succeeds. It causes an event only if it creates a delete marker. */
export async function deleteObject(context: Context, request: BucketRequest): Promise<void> {
  const version = versionIn(request);
  context.access.object(request, version === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion");
  checkOwner(request);
  const check = readCheck(request);
  if (check && version !== undefined) {
    throw notImplemented("A condition on the deletion of a version");
  }
  const deleted = await remove(context, request, { key: request.key, version }, check);
  sendEmpty(request, 204, versionHeaders(request.bucketOf, deleted));
}

/** Deletes up to 1,000 keys. The failure of one key does not affect the others. */
export async function deleteObjects(context: Context, request: BucketRequest): Promise<void> {
  checkOwner(request);
  const body = await request.call.body(maxDocument);
  verifyDocument(request, body);
  const { targets, quiet } = readDelete(body);
  const results: string[] = [];
  for (const target of targets) {
    const result = await tryRemove(context, request, target);
    const ids = [
      element("Key", target.key),
      ...(target.version === undefined ? [] : [element("VersionId", target.version)]),
    ];
    if (result instanceof AwsError) {
      const why = [element("Code", result.code), element("Message", result.message)];
      results.push(group("Error", [...ids, ...why]));
    } else if (!quiet) {
      results.push(group("Deleted", [...ids, ...markerElements(result)]));
    }
  }
  sendXml(request, document("DeleteResult", results));
}

function markerElements({ marker, version }: Removed): string[] {
  return marker ? [element("DeleteMarker", true), element("DeleteMarkerVersionId", version)] : [];
}

/** Bytes: room for 1,000 keys of the maximum length, escaped. */
const maxDocument = 8 * 1024 * 1024;

interface Target {
  readonly key: string;
  readonly version: string | undefined;
}

/** The delete marker that was created, or the version that was deleted. Its id is `null` in an unversioned bucket. */
type Removed = Pick<Version, "version" | "marker">;

async function tryRemove(
  context: Context,
  request: BucketRequest,
  target: Target,
): Promise<Removed | AwsError> {
  const action = target.version === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion";
  try {
    context.access.object(request, action, request.bucketOf, target.key);
    if (target.version !== undefined && !isVersionId(target.version, request.bucketOf)) {
      throw noSuchVersion(target.key, target.version);
    }
    return await remove(context, request, target);
  } catch (error) {
    if (error instanceof AwsError) {
      return error;
    }
    throw error;
  }
}

async function remove(
  context: Context,
  request: BucketRequest,
  { key, version }: Target,
  check: Check = () => undefined,
): Promise<Removed> {
  const { store, bodies, clock, conditionalWrites } = context;
  const { bucket, bucketOf } = request;
  const at = clock();
  const gone = { event: "ObjectRemoved:Delete", key, at } as const;
  if (version !== undefined) {
    const deleted = store.deleteVersion(bucket, key, version, messagesOf(request, { ...gone, version }));
    if (deleted && !deleted.marker) {
      await bodies.remove([deleted.body]);
    }
    return deleted ?? { version };
  }
  if (bucketOf.versioning === "Disabled") {
    const deleted = store.delete(bucket, key, check, messagesOf(request, { ...gone, version: "null" }));
    if (deleted) {
      conditionalWrites.deleted(bucket, key);
      await bodies.remove([deleted.body]);
    }
    return { version: "null" };
  }
  const marker: DeleteMarker = { bucket, key, modified: at, version: newVersionId(bucketOf), marker: true };
  const change = { event: "ObjectRemoved:DeleteMarkerCreated", key, at, version: marker.version } as const;
  const unused = store.hide(marker, check, messagesOf(request, change));
  conditionalWrites.deleted(bucket, key);
  await bodies.remove(unused);
  return marker;
}

function readDelete(body: Buffer): { targets: Target[]; quiet: boolean } {
  const root = parseXml(body.toString("utf8"));
  const objects = root?.children.filter(({ name }) => name === "Object") ?? [];
  const targets = objects.map(readTarget);
  if (root?.name !== "Delete" || targets.length === 0 || targets.length > 1000) {
    throw malformedXml();
  }
  return {
    targets,
    quiet: root.children.some(({ name, text }) => name === "Quiet" && text.trim() === "true"),
  };
}

function readTarget(object: Xml): Target {
  const text = (wanted: string) => object.children.find(({ name }) => name === wanted)?.text;
  const key = text("Key");
  if (key === undefined || key === "") {
    throw malformedXml();
  }
  const other = object.children.find(({ name }) => name !== "Key" && name !== "VersionId");
  if (other) {
    throw notImplemented(`DeleteObjects with ${other.name}`);
  }
  return { key, version: text("VersionId")?.trim() };
}
