/* eslint-disable @typescript-eslint/no-deprecated -- programs may still declare what is deprecated */
import { type Check, type EffectsOf, choice, each, refused, notHere, oneOf } from "./effect.ts";

const ownResource = refused("is not supported locally on the bucket itself: give it a resource of its own");

/** A file of the program's folder, or a text. */
const isFile: Check = (source) =>
  typeof source === "object" && source !== null && ("path" in source || "text" in source)
    ? "runs"
    : { refused: "is not supported locally: only files and texts are" };

const filtered = { events: "runs", filterPrefix: "runs", filterSuffix: "runs", id: "runs" } as const;

export const s3: EffectsOf<"s3"> = {
  "aws:s3/bucket:Bucket": {
    accelerationStatus: notHere,
    acl: notHere,
    bucket: "runs",
    bucketNamespace: choice({
      global: "runs",
      "account-regional": "account-regional is not supported locally",
    }),
    bucketPrefix: refused("is not supported locally: give bucket"),
    corsRules: ownResource,
    forceDestroy: "idle",
    grants: notHere,
    lifecycleRules: ownResource,
    logging: notHere,
    objectLockConfiguration: notHere,
    objectLockEnabled: notHere,
    policy: ownResource,
    region: "runs",
    replicationConfiguration: notHere,
    requestPayer: notHere,
    serverSideEncryptionConfiguration: ownResource,
    tags: "idle",
    versioning: ownResource,
    website: notHere,
  },
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": {
    bucket: "runs",
    corsRules: {
      allowedHeaders: "runs",
      // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CORSRule.html
      allowedMethods: each(oneOf(["GET", "PUT", "HEAD", "POST", "DELETE"])),
      allowedOrigins: "runs",
      exposeHeaders: "runs",
      id: "idle",
      maxAgeSeconds: "runs",
    },
    expectedBucketOwner: "idle",
    region: "idle",
  },
  "aws:s3/bucketNotification:BucketNotification": {
    bucket: "runs",
    eventbridge: "runs",
    lambdaFunctions: { ...filtered, lambdaFunctionArn: "runs" },
    queues: { ...filtered, queueArn: "runs" },
    region: "idle",
    topics: { ...filtered, topicArn: "runs" },
  },
  "aws:s3/bucketObjectv2:BucketObjectv2": {
    acl: notHere,
    bucket: "runs",
    bucketKeyEnabled: "idle",
    cacheControl: "runs",
    checksumAlgorithm: "idle",
    content: "runs",
    contentBase64: "runs",
    contentDisposition: "runs",
    contentEncoding: "runs",
    contentLanguage: "runs",
    contentType: "runs",
    etag: "idle",
    forceDestroy: "idle",
    key: "runs",
    kmsKeyId: "idle",
    metadata: "runs",
    objectLockLegalHoldStatus: notHere,
    objectLockMode: notHere,
    objectLockRetainUntilDate: notHere,
    overrideProvider: { defaultTags: { tags: "idle" } },
    region: "idle",
    serverSideEncryption: "idle",
    source: isFile,
    sourceHash: "idle",
    storageClass: "idle",
    tags: "idle",
    websiteRedirect: notHere,
  },
  "aws:s3/bucketPolicy:BucketPolicy": { bucket: "runs", policy: "runs", region: "idle" },
  "aws:s3/bucketVersioning:BucketVersioning": {
    bucket: "runs",
    expectedBucketOwner: "idle",
    mfa: notHere,
    region: "idle",
    versioningConfiguration: {
      mfaDelete: choice({ Disabled: "runs", Enabled: "Enabled is not supported locally" }),
      status: oneOf(["Enabled", "Suspended", "Disabled"]),
    },
  },
};
