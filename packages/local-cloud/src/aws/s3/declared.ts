import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { type Graph, ofType, type ResourceOf } from "../../base/graph.ts";
import { refuse } from "../../base/refusal.ts";
import type { Principal } from "../../base/service.ts";
import { administratorArn } from "../iam/roles.ts";
import { sessionOf } from "../iam/caller.ts";
import type { Context } from "./context.ts";
import { newIds } from "./errors.ts";
import { storeObject } from "./put.ts";

type DeclaredObject = ResourceOf<"aws:s3/bucketObjectv2:BucketObjectv2">;

/**
 * Stores the objects that the program declares, as a deployment does. Objects that are stored already are left alone.
 * Returns the URNs of those that were stored. Paths are relative to `program`. Throws `InvalidInput` for an object of an
 * unknown bucket and for a missing file.
 */
export async function storeDeclared(context: Context, graph: Graph, program: string): Promise<Set<string>> {
  const stored = new Set<string>();
  for (const object of ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2")) {
    if (await store(context, object, program)) {
      stored.add(object.urn);
    }
  }
  return stored;
}

/** False if the same object is stored already. */
async function store(context: Context, object: DeclaredObject, program: string): Promise<boolean> {
  const { bucket: name, key } = object.outputs;
  const bucketOf = context.buckets.get(name) ?? refuse(object, "bucket", `is ${name}, which is not declared`);
  const bytes = bytesOf(object, program);
  const headers = headersOf(object);
  const existing = context.store.find(name, key);
  const etag = createHash("md5").update(bytes).digest("hex");
  if (existing?.etag === etag && JSON.stringify(existing.headers) === JSON.stringify(headers)) {
    return false;
  }
  const algorithm = "crc64nvme";
  const { id, size, md5, checksum } = await context.bodies.receive(Readable.from([bytes]), algorithm);
  await storeObject(
    context,
    { bucket: name, key, bucketOf, call: { principal: deployer, request: { socket: {} } }, ...newIds() },
    {
      ...{ id, size, etag: md5, headers, check: () => undefined, event: "ObjectCreated:Put" },
      checksum: { algorithm, value: checksum, type: "FULL_OBJECT" },
    },
  );
  return true;
}

/** Whoever deploys the program may do everything. */
const deployer: Principal = sessionOf(administratorArn, "deployment");

function bytesOf(object: DeclaredObject, program: string): Buffer {
  const { content, contentBase64, source } = object.inputs;
  if (source === undefined) {
    return contentBase64 === undefined ? Buffer.from(content ?? "") : Buffer.from(contentBase64, "base64");
  }
  if ("text" in source) {
    return Buffer.from(source.text);
  }
  const path = "path" in source ? source.path : "";
  try {
    return readFileSync(resolve(program, path));
  } catch {
    return refuse(object, "source", `is ${path}, which cannot be read`);
  }
}

function headersOf({ inputs }: DeclaredObject): Record<string, string> {
  const headers = {
    "cache-control": inputs.cacheControl,
    "content-disposition": inputs.contentDisposition,
    "content-encoding": inputs.contentEncoding,
    "content-language": inputs.contentLanguage,
    "content-type": inputs.contentType ?? "binary/octet-stream",
    ...Object.fromEntries(
      Object.entries(inputs.metadata ?? {}).map(([name, value]) => [`x-amz-meta-${name}`, value]),
    ),
  };
  return Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => !!entry[1]));
}
