import { AwsError } from "../service.ts";
import { checkOwner } from "./attributes.ts";
import { readCheck } from "./conditional-writes.ts";
import type { Check } from "./conditional-writes.ts";
import { sendEmpty, sendXml } from "./context.ts";
import type { Context } from "./context.ts";
import { malformedXml, notImplemented } from "./errors.ts";
import { announce } from "./events.ts";
import { verifyDocument } from "./integrity.ts";
import type { BucketRequest } from "./request.ts";
import { document, element, group, parseXml } from "./xml.ts";
import type { Xml } from "./xml.ts";

/** Deleting what is not there succeeds, and is no event. */
export async function deleteObject(context: Context, request: BucketRequest): Promise<void> {
  context.access.object(request, "s3:DeleteObject");
  checkOwner(request);
  await remove(context, request, request.key, readCheck(request));
  sendEmpty(request, 204);
}

/** Up to 1,000 keys; one that fails does not stop the others. */
export async function deleteObjects(context: Context, request: BucketRequest): Promise<void> {
  checkOwner(request);
  const body = await request.call.body(largestDocument);
  verifyDocument(request, body);
  const { keys, quiet } = readDelete(body);
  const results: string[] = [];
  for (const key of keys) {
    const failed = await tryRemove(context, request, key);
    if (failed) {
      const details = [element("Key", key), element("Code", failed.code), element("Message", failed.message)];
      results.push(group("Error", details));
    } else if (!quiet) {
      results.push(group("Deleted", [element("Key", key)]));
    }
  }
  sendXml(request, document("DeleteResult", results));
}

/** Bytes: 1,000 keys of the longest kind, escaped. */
const largestDocument = 8 * 1024 * 1024;

async function tryRemove(
  context: Context,
  request: BucketRequest,
  key: string,
): Promise<AwsError | undefined> {
  try {
    context.access.object(request, "s3:DeleteObject", request.bucketOf, key);
    await remove(context, request, key);
    return undefined;
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}

async function remove(
  context: Context,
  request: BucketRequest,
  key: string,
  check: Check = () => undefined,
): Promise<void> {
  const { bucket } = request;
  const change = { event: "ObjectRemoved:Delete", key, at: context.clock() } as const;
  const deleted = context.store.delete(bucket, key, check, announce(request, change));
  if (!deleted) return;
  context.conditionalWrites.deleted(bucket, key);
  await context.bodies.remove([deleted.body]);
}

function readDelete(body: Buffer): { keys: string[]; quiet: boolean } {
  const root = parseXml(body.toString("utf8"));
  const objects = root?.children.filter(({ name }) => name === "Object") ?? [];
  const keys = objects.map(readKey);
  if (root?.name !== "Delete" || keys.length === 0 || keys.length > 1000) throw malformedXml();
  return { keys, quiet: root.children.some(({ name, text }) => name === "Quiet" && text.trim() === "true") };
}

function readKey(object: Xml): string {
  const key = object.children.find(({ name }) => name === "Key")?.text;
  if (key === undefined || key === "") throw malformedXml();
  const other = object.children.find(
    ({ name, text }) => name !== "Key" && !(name === "VersionId" && text === "null"),
  );
  if (other) throw notImplemented(`DeleteObjects with ${other.name}`);
  return key;
}
