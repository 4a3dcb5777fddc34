import { invalidArgument, methodNotAllowed } from "./errors.ts";

/** The target of a request. */
export interface Target {
  readonly method: string;
  /** Empty for the service itself. */
  readonly bucket: string;
  /** Empty for a bucket. */
  readonly key: string;
  query(name: string): string | undefined;
  /** By lower-case name; `x-amz-*` also from the query of a presigned URL. */
  header(name: string): string | undefined;
}

/**
 * The operation by S3's name, whether it is supported here or not. Throws `MethodNotAllowed` if S3 has no such operation,
 * and `InvalidArgument` for a version id that the operation does not accept.
 */
export function operationOf(target: Target): string {
  const subresource = subresources.find((name) => target.query(name) !== undefined);
  const level = target.bucket === "" ? "service" : target.key === "" ? "bucket" : "object";
  const operation = subresource === undefined ? plain(target, level) : named(target, level, subresource);
  if (operation === undefined) {
    throw methodNotAllowed(target.method, level.toUpperCase());
  }
  const version = target.query("versionId");
  if (version !== undefined && !versioned.includes(operation)) {
    throw invalidArgument("This operation does not accept a version-id.", "versionId", version);
  }
  return operation;
}

/** The operations that accept a version id. */
const versioned = ["DeleteObject", "GetObject", "HeadObject"];

type Level = "service" | "bucket" | "object";

function plain(target: Target, level: Level): string | undefined {
  const operation = operations[level][target.method];
  if (operation === "ListObjects" && target.query("list-type") === "2") {
    return "ListObjectsV2";
  }
  if (operation === "PutObject" && target.header("x-amz-copy-source") !== undefined) {
    return "CopyObject";
  }
  return operation;
}

function named(target: Target, level: Level, subresource: string): string | undefined {
  const special = multipart[`${target.method} ${level} ${subresource}`];
  if (special === "UploadPart" && target.header("x-amz-copy-source") !== undefined) {
    return "UploadPartCopy";
  }
  if (special !== undefined) {
    return special;
  }
  const verb = verbs[target.method];
  if (verb === undefined || level === "service" || subresource === "uploadId") {
    return undefined;
  }
  // Not always S3's exact name (GetPublicAccessBlock, for one), but clear in an error.
  const words = subresource.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${verb}${level === "bucket" ? "Bucket" : "Object"}${words.join("")}`;
}

const operations: Readonly<Record<Level, Readonly<Record<string, string>>>> = {
  service: { GET: "ListBuckets" },
  bucket: {
    GET: "ListObjects",
    HEAD: "HeadBucket",
    PUT: "CreateBucket",
    DELETE: "DeleteBucket",
    POST: "PostObject",
  },
  object: { GET: "GetObject", HEAD: "HeadObject", PUT: "PutObject", DELETE: "DeleteObject" },
};

const multipart: Readonly<Record<string, string>> = {
  "POST bucket delete": "DeleteObjects",
  "GET bucket uploads": "ListMultipartUploads",
  "GET bucket versions": "ListObjectVersions",
  "POST object uploads": "CreateMultipartUpload",
  "PUT object uploadId": "UploadPart",
  "GET object uploadId": "ListParts",
  "POST object uploadId": "CompleteMultipartUpload",
  "DELETE object uploadId": "AbortMultipartUpload",
};

const verbs: Readonly<Record<string, string>> = { GET: "Get", PUT: "Put", DELETE: "Delete", POST: "Post" };

/** Query parameters that select another operation. */
const subresources = [
  "abac",
  "accelerate",
  "acl",
  "analytics",
  "attributes",
  "cors",
  "delete",
  "encryption",
  "intelligent-tiering",
  "inventory",
  "legal-hold",
  "lifecycle",
  "location",
  "logging",
  "metadataConfiguration",
  "metadataInventoryTable",
  "metadataJournalTable",
  "metadataTable",
  "metrics",
  "notification",
  "object-lock",
  "ownershipControls",
  "policy",
  "policyStatus",
  "publicAccessBlock",
  "renameObject",
  "replication",
  "requestPayment",
  "restore",
  "retention",
  "select",
  "session",
  "tagging",
  "torrent",
  "uploadId",
  "uploads",
  "versioning",
  "versions",
  "website",
];
