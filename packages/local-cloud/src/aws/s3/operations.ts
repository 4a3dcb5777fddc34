import { completeMultipartUpload } from "./complete.ts";
import { checkOwner } from "./attributes.ts";
import { type Context, sendEmpty, sendXml } from "./context.ts";
import { copyObject } from "./copy.ts";
import { deleteObject, deleteObjects } from "./delete.ts";
import { invalidArgument, notImplemented } from "./errors.ts";
import { ownerId } from "./access.ts";
import { getObject } from "./get.ts";
import { listObjectVersions } from "./list-versions.ts";
import { listObjectsV2 } from "./list.ts";
import { abortMultipartUpload, createMultipartUpload, listParts, uploadPart } from "./multipart.ts";
import { refuseOptions } from "./options.ts";
import { putObject } from "./put.ts";
import { countRequest } from "./metered.ts";
import { type BucketRequest, inBucket, type S3Request } from "./request.ts";
import { element, group } from "../xml.ts";
import { document } from "./xml.ts";

/** Runs the request's operation. Throws `NotImplemented` with its name if it is none of these. */
export async function run(context: Context, request: S3Request): Promise<void> {
  const operation = operations.get(request.operation);
  if (operation) {
    const bucketRequest = inBucket(request, context.buckets);
    countRequest(context.meter, request.operation, request.bucket);
    refuseOptions(request);
    await operation(context, bucketRequest);
  } else if (request.operation === "ListBuckets") {
    countRequest(context.meter, request.operation, "(account)");
    listBuckets(context, request);
  } else {
    throw notImplemented(request.operation);
  }
}

type Operation = (context: Context, request: BucketRequest) => Promise<void> | void;

export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ["AbortMultipartUpload", abortMultipartUpload],
  ["CompleteMultipartUpload", completeMultipartUpload],
  ["CopyObject", copyObject],
  ["CreateMultipartUpload", createMultipartUpload],
  ["DeleteObject", deleteObject],
  ["DeleteObjects", deleteObjects],
  ["GetBucketLocation", getBucketLocation],
  ["GetBucketVersioning", getBucketVersioning],
  ["GetObject", getObject],
  ["HeadBucket", headBucket],
  ["HeadObject", getObject],
  ["ListObjectVersions", listObjectVersions],
  ["ListObjectsV2", listObjectsV2],
  ["ListParts", listParts],
  ["PutObject", putObject],
  ["UploadPart", uploadPart],
]);

function headBucket(context: Context, request: BucketRequest): void {
  context.access.bucket(request, "s3:ListBucket");
  checkOwner(request);
  sendEmpty(request, 200, { "x-amz-bucket-region": request.bucketOf.region });
}

/** Empty for us-east-1, which has no location constraint. */
function getBucketLocation(context: Context, request: BucketRequest): void {
  context.access.bucket(request, "s3:GetBucketLocation");
  checkOwner(request);
  const { region } = request.bucketOf;
  sendXml(request, document("LocationConstraint", [region === "us-east-1" ? "" : region]));
}

/** Without a status for a bucket that never had versioning. */
function getBucketVersioning(context: Context, request: BucketRequest): void {
  context.access.bucket(request, "s3:GetBucketVersioning");
  checkOwner(request);
  const { versioning } = request.bucketOf;
  const status = versioning === "Disabled" ? [] : [element("Status", versioning)];
  sendXml(request, document("VersioningConfiguration", status));
}

function listBuckets(context: Context, request: S3Request): void {
  context.access.service(request, "s3:ListAllMyBuckets");
  const { names, next } = pageOfBuckets(context, request);
  const buckets = names.map((name) => {
    const created = new Date(context.store.firstSeen(`bucket ${name}`).at).toISOString();
    return group("Bucket", [element("Name", name), element("CreationDate", created)]);
  });
  const owner = group("Owner", [element("ID", ownerId(request.call.principal))]);
  const prefix = request.query("prefix");
  const rest = [
    ...(next === undefined ? [] : [element("ContinuationToken", next)]),
    ...(prefix === undefined ? [] : [element("Prefix", prefix)]),
  ];
  sendXml(request, document("ListAllMyBucketsResult", [owner, group("Buckets", buckets), ...rest]));
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
function pageOfBuckets({ buckets }: Context, request: S3Request) {
  const maxBuckets = request.query("max-buckets") ?? "10000";
  if (!/^\d{1,5}$/.test(maxBuckets) || Number(maxBuckets) < 1 || Number(maxBuckets) > 10_000) {
    throw invalidArgument(
      "Argument max-buckets must be an integer between 1 and 10000",
      "max-buckets",
      maxBuckets,
    );
  }
  const region = request.query("bucket-region") ?? request.call.region;
  const token = request.query("continuation-token");
  const after = token === undefined ? "" : Buffer.from(token, "base64url").toString();
  if (token !== undefined && !buckets.has(after)) {
    throw invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
  }
  const found = [...buckets.values()]
    .filter((bucket) => bucket.region === region)
    .map(({ name }) => name)
    .filter((name) => name > after && name.startsWith(request.query("prefix") ?? ""))
    .sort();
  const names = found.slice(0, Number(maxBuckets));
  const last = names.length < found.length ? names.at(-1) : undefined;
  return { names, next: last === undefined ? undefined : Buffer.from(last).toString("base64url") };
}
