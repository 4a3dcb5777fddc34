import { randomUUID } from "node:crypto";
import { checkOwner, readAttributes } from "./attributes.ts";
import {
  type Algorithm,
  algorithmNamed,
  type Checksum,
  checksumElement,
  unsupportedAlgorithm,
} from "./checksums.ts";
import { type Context, encrypted, type Headers, sendEmpty, sendXml } from "./context.ts";
import { invalidArgument, invalidRequest } from "./errors.ts";
import { readPartNumber } from "./parts.ts";
import { type Payload, receivePayload } from "./payload.ts";
import { orRemove } from "./put.ts";
import type { BucketRequest } from "./request.ts";
import type { Part, Upload } from "./uploads.ts";
import { element, group } from "../xml.ts";
import { document } from "./xml.ts";

export function createMultipartUpload(context: Context, request: BucketRequest): void {
  context.access.object(request, "s3:PutObject");
  checkOwner(request);
  const { bucket, key } = request;
  const headers = readAttributes(request);
  const upload = { id: randomUUID(), bucket, key, headers, ...readChecksumChoice(request) };
  context.uploads.create(upload);
  const ids = [element("Bucket", bucket), element("Key", key), element("UploadId", upload.id)];
  const chosen: Headers = upload.algorithm
    ? { "x-amz-checksum-algorithm": upload.algorithm.toUpperCase(), "x-amz-checksum-type": upload.type }
    : {};
  sendXml(request, document("InitiateMultipartUploadResult", ids), { ...chosen, ...encrypted });
}

export async function uploadPart(context: Context, request: BucketRequest): Promise<void> {
  context.access.object(request, "s3:PutObject");
  checkOwner(request);
  const number = readPartNumber(request);
  const upload = findUpload(context, request);
  const payload = await receivePayload(request, context.bodies, upload.algorithm);
  const { id: body, size, md5: etag } = payload;
  await context.bodies.keep(body);
  const replaced = await orRemove(context, body, () => {
    agree(upload, payload);
    const checksum = upload.algorithm && payload.checksum;
    return context.uploads.putPart(upload, {
      upload: upload.id,
      number,
      body,
      size,
      etag,
      modified: context.clock(),
      checksum,
    });
  });
  if (replaced) {
    await context.bodies.remove([replaced.body]);
  }
  const checksum = { [`x-amz-checksum-${payload.algorithm}`]: payload.checksum };
  sendEmpty(request, 200, { etag: `"${etag}"`, ...checksum, ...encrypted });
}

export async function abortMultipartUpload(context: Context, request: BucketRequest): Promise<void> {
  context.access.object(request, "s3:AbortMultipartUpload");
  checkOwner(request);
  const upload = findUpload(context, request);
  const parts = context.uploads.parts(upload.id);
  context.uploads.abort(upload);
  await context.bodies.remove(parts.map((part) => part.body));
  sendEmpty(request, 204);
}

export function listParts(context: Context, request: BucketRequest): void {
  context.access.object(request, "s3:ListMultipartUploadParts");
  checkOwner(request);
  const upload = findUpload(context, request);
  const limit = Math.min(readCount(request, "max-parts", 1000), 1000);
  const after = readCount(request, "part-number-marker", 0);
  const parts = context.uploads.parts(upload.id, after, limit + 1);
  const page = parts.slice(0, limit);
  const ids = [element("Bucket", upload.bucket), element("Key", upload.key), element("UploadId", upload.id)];
  sendXml(
    request,
    document("ListPartsResult", [
      ...ids,
      element("PartNumberMarker", after),
      element("NextPartNumberMarker", page.at(-1)?.number ?? 0),
      element("MaxParts", limit),
      element("IsTruncated", parts.length > limit),
      element("StorageClass", "STANDARD"),
      ...page.map((part) => listed(part, upload.algorithm)),
    ]),
  );
}

/** Throws `NoSuchUpload`. */
export function findUpload(context: Context, request: BucketRequest): Upload {
  return context.uploads.find(request.query("uploadId") ?? "", request.bucket, request.key);
}

function listed(part: Part, algorithm: Algorithm | undefined): string {
  return group("Part", [
    element("PartNumber", part.number),
    element("LastModified", new Date(part.modified).toISOString()),
    element("ETag", `"${part.etag}"`),
    element("Size", part.size),
    ...(algorithm && part.checksum !== undefined ? [element(checksumElement(algorithm), part.checksum)] : []),
  ]);
}

/** CRC-64 checksums are FULL_OBJECT only and SHA checksums COMPOSITE only. The other CRCs can be either. */
function readChecksumChoice(request: BucketRequest): Pick<Upload, "algorithm" | "type"> {
  const name = request.header("x-amz-checksum-algorithm");
  const type = request.header("x-amz-checksum-type");
  const algorithm = name === undefined ? undefined : algorithmNamed(name);
  if (name !== undefined && !algorithm) {
    throw invalidRequest(unsupportedAlgorithm);
  }
  if (!algorithm) {
    if (type === undefined) {
      return { algorithm, type: "FULL_OBJECT" };
    }
    throw invalidRequest(
      "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
    );
  }
  const chosen = type ?? (algorithm === "crc64nvme" ? "FULL_OBJECT" : "COMPOSITE");
  if (!possible(algorithm, chosen)) {
    throw invalidRequest(
      `The ${chosen} checksum type cannot be used with the ${algorithm} checksum algorithm.`,
    );
  }
  return { algorithm, type: chosen };
}

function possible(algorithm: Algorithm, type: string): type is Checksum["type"] {
  if (type === "FULL_OBJECT") {
    return algorithm.startsWith("crc");
  }
  return type === "COMPOSITE" && algorithm !== "crc64nvme";
}

/**
 * A part must have a checksum of the upload's algorithm. In a FULL_OBJECT upload it may have none. If the upload was
 * created without an algorithm (the default of SDKs), a part may have any checksum: it is verified and not stored.
 */
function agree({ algorithm, type }: Upload, payload: Payload): void {
  const given = payload.checked ? payload.algorithm : undefined;
  if (algorithm === undefined || given === algorithm || (given === undefined && type === "FULL_OBJECT")) {
    return;
  }
  throw invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${algorithm}, actual checksum Type: ${given ?? "null"}`,
  );
}

function readCount(request: BucketRequest, name: string, absent: number): number {
  const text = request.query(name) ?? String(absent);
  if (/^\d{1,9}$/.test(text)) {
    return Number(text);
  }
  throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, text);
}
