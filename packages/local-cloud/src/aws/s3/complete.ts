import { createHash } from "node:crypto";
import { AwsError } from "../../base/service.ts";
import { checkOwner } from "./attributes.ts";
import { type Algorithm, algorithms, type Checksum, checksumElement, composite } from "./checksums.ts";
import { type Context, encrypted, sendXml } from "./context.ts";
import { invalidRequest, malformedXml } from "./errors.ts";
import { mismatch } from "./integrity.ts";
import { findUpload } from "./multipart.ts";
import { storeObject } from "./put.ts";
import type { BucketRequest } from "./request.ts";
import type { ObjectPart, StoredObject } from "./objects.ts";
import type { Part, Upload } from "./uploads.ts";
import { versionHeaders } from "./versions.ts";
import { element } from "../xml.ts";
import { document, parseXml, type Xml } from "./xml.ts";

/** Joins the parts that the request names into the object, and deletes the other parts. */
export async function completeMultipartUpload(context: Context, request: BucketRequest): Promise<void> {
  context.access.object(request, "s3:PutObject");
  checkOwner(request);
  const wanted = readComplete(await request.call.body(maxDocument));
  const upload = findUpload(context, request);
  checkType(request, upload);
  const stored = context.uploads.parts(upload.id);
  const parts = choose(upload, wanted, stored);
  const { headers } = upload;
  await context.conditionalWrites.run(request, async (check) => {
    const incoming = await context.bodies.receive(joined(context, parts), upload.algorithm ?? "crc64nvme");
    const checksum = checksumOf(upload, parts, incoming.checksum);
    const { id, size } = incoming;
    try {
      expect(request, upload, checksum, size);
    } catch (error) {
      await context.bodies.discard(id);
      throw error;
    }
    const also = () => context.uploads.remove(upload);
    const event = "ObjectCreated:CompleteMultipartUpload";
    const etag = etagOf(parts);
    const kept = partsOf(upload, parts);
    const created = { id, size, etag, headers, checksum, check, event, also, parts: kept } as const;
    const object = await storeObject(context, request, created);
    await context.bodies.remove(stored.map((part) => part.body));
    sendXml(request, result(request, object), { ...versionHeaders(request.bucketOf, object), ...encrypted });
  });
}

/** Bytes: 10,000 parts with two checksums each. */
const maxDocument = 4 * 1024 * 1024;

/** Bytes. Only the last part may be smaller. */
const minPart = 5 * 1024 * 1024;

interface Wanted {
  readonly number: number;
  readonly etag: string;
  readonly checksums: ReadonlyMap<Algorithm, string>;
}

function readComplete(body: Buffer): Wanted[] {
  const root = parseXml(body.toString("utf8"));
  const wanted = root?.children.map(readPart) ?? [];
  if (root?.name !== "CompleteMultipartUpload" || wanted.length > 10_000) {
    throw malformedXml();
  }
  if (wanted.length === 0) {
    throw invalidRequest("You must specify at least one part");
  }
  return wanted;
}

function readPart(part: Xml): Wanted {
  const text = (name: string) => part.children.find((child) => child.name === name)?.text.trim();
  const number = text("PartNumber") ?? "";
  const etag = text("ETag");
  if (part.name !== "Part" || etag === undefined || !/^\d{1,5}$/.test(number)) {
    throw malformedXml();
  }
  const checksums = algorithms.flatMap((algorithm) => {
    const value = text(checksumElement(algorithm));
    return value === undefined ? [] : [[algorithm, value] as const];
  });
  return { number: Number(number), etag: etag.replace(/^"(.*)"$/, "$1"), checksums: new Map(checksums) };
}

function choose(upload: Upload, wanted: readonly Wanted[], stored: readonly Part[]): Part[] {
  if (wanted.some((part, index) => part.number <= (wanted[index - 1]?.number ?? 0))) {
    throw new AwsError(
      "InvalidPartOrder",
      "The list of parts was not in ascending order. Parts must be ordered by part number.",
    );
  }
  const byNumber = new Map(stored.map((part) => [part.number, part]));
  const parts = wanted.map((part) => chosen(upload, part, byNumber.get(part.number)));
  const small = parts.slice(0, -1).find((part) => part.size < minPart);
  if (small) {
    throw new AwsError(
      "EntityTooSmall",
      "Your proposed upload is smaller than the minimum allowed size",
      400,
      {
        ProposedSize: small.size,
        MinSizeAllowed: minPart,
        PartNumber: small.number,
        ETag: small.etag,
      },
    );
  }
  return parts;
}

function chosen(upload: Upload, wanted: Wanted, part: Part | undefined): Part {
  const { algorithm, type, id } = upload;
  const claimed = algorithm && wanted.checksums.get(algorithm);
  if (algorithm && type === "COMPOSITE" && claimed === undefined) {
    const [other] = wanted.checksums.keys();
    if (other) {
      throw mismatch(`${other} you specified for part ${wanted.number} did not match what we received.`);
    }
    throw invalidRequest(
      `The upload was created using a ${algorithm} checksum. The complete request must include the checksum for each part. It was missing for part ${wanted.number} in the request.`,
    );
  }
  // The checksums of parts are not stored if the upload was created without an algorithm.
  const unknown = algorithm === undefined && wanted.checksums.size > 0;
  if (unknown || part?.etag !== wanted.etag || (claimed ?? part.checksum) !== part.checksum) {
    throw new AwsError(
      "InvalidPart",
      "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
      400,
      { UploadId: id, PartNumber: wanted.number, ETag: wanted.etag },
    );
  }
  return part;
}

/** Throws `InvalidRequest` if the checksum type differs from that of the upload. */
function checkType(request: BucketRequest, { algorithm, type }: Upload): void {
  const given = request.header("x-amz-checksum-type");
  if (given === undefined || given === (algorithm && type)) {
    return;
  }
  throw invalidRequest(
    `The upload was created using the ${algorithm ? type : "null"} checksum mode. The complete request must use the same checksum mode.`,
  );
}

/** The parts as they are stored with the object. */
const partsOf = ({ type }: Upload, parts: readonly Part[]): ObjectPart[] =>
  parts.map(({ number, size, checksum }) => ({ number, size, ...(type === "COMPOSITE" && { checksum }) }));

async function* joined(context: Context, parts: readonly Part[]): AsyncGenerator<Buffer> {
  for (const part of parts) {
    yield* context.bodies.read(part.body) as AsyncIterable<Buffer>;
  }
}

/** The MD5 of the parts' MD5s, and the number of parts. */
function etagOf(parts: readonly Part[]): string {
  const hash = createHash("md5");
  for (const part of parts) {
    hash.update(part.etag, "hex");
  }
  return `${hash.digest("hex")}-${parts.length}`;
}

function checksumOf(upload: Upload, parts: readonly Part[], whole: string): Checksum {
  if (upload.algorithm && upload.type === "COMPOSITE") {
    return composite(
      upload.algorithm,
      parts.map((part) => part.checksum ?? ""),
    );
  }
  return { algorithm: upload.algorithm ?? "crc64nvme", value: whole, type: "FULL_OBJECT" };
}

/** Checks the size and the checksum of the whole object against the request. */
function expect(request: BucketRequest, upload: Upload, checksum: Checksum, size: number): void {
  const { algorithm, value } = checksum;
  const given = algorithms.filter((each) => request.header(`x-amz-checksum-${each}`) !== undefined);
  // S3 accepts the checksum of a whole object only together with its type: recorded from AWS by LocalStack's tests.
  const untyped = upload.algorithm && upload.type === "FULL_OBJECT" && !request.header("x-amz-checksum-type");
  const wrong = given.some(
    (each) => untyped || each !== algorithm || request.header(`x-amz-checksum-${each}`) !== value,
  );
  if (wrong) {
    throw mismatch(`${algorithm} you specified did not match the calculated checksum.`);
  }
  if ((request.header("x-amz-mp-object-size") ?? String(size)) !== String(size)) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${request.header("x-amz-mp-object-size")} does not match what was computed: ${size}`,
    );
  }
}

function result(request: BucketRequest, object: StoredObject): string {
  const { checksum } = object;
  return document("CompleteMultipartUploadResult", [
    element("Location", new URL(request.call.url.pathname, request.call.url).href),
    element("Bucket", object.bucket),
    element("Key", object.key),
    element("ETag", `"${object.etag}"`),
    element(checksumElement(checksum.algorithm), checksum.value),
    element("ChecksumType", checksum.type),
  ]);
}
