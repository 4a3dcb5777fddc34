import { type Graph, type InputsOf, ofType, type Resource, type ResourceOf } from "../../base/graph.ts";
import { refusal } from "./errors.ts";
import { type Notification, notificationsOf } from "./notifications.ts";

export interface Bucket {
  readonly name: string;
  readonly arn: string;
  /** Undefined where the program leaves it to the provider. */
  readonly region: string | undefined;
  /** JSON of the bucket policy. */
  readonly policy: string | undefined;
  readonly cors: readonly CorsRule[];
  readonly notifications: readonly Notification[];
  readonly versioning: Versioning;
  /** Declared, but nothing runs it here. */
  readonly lifecycle: boolean;
}

/** A bucket that never had versions is Disabled. */
export type Versioning = "Disabled" | "Enabled" | "Suspended";

export interface CorsRule {
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly maxAge: number | undefined;
}

/** The program's buckets by name. Throws `NotImplemented`, naming the resource, for what S3 does not do here. */
export function readBuckets(graph: Graph): ReadonlyMap<string, Bucket> {
  for (const resource of graph.resources) {
    refuse(resource);
  }
  return new Map(ofType(graph, "aws:s3/bucket:Bucket").map((bucket) => [bucket.id, read(graph, bucket)]));
}

function read(graph: Graph, resource: ResourceOf<"aws:s3/bucket:Bucket">): Bucket {
  const { region } = resource.outputs;
  const policy = only(graph, "aws:s3/bucketPolicy:BucketPolicy", resource.id)?.inputs.policy;
  const cors = only(graph, "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration", resource.id);
  const notification = only(graph, "aws:s3/bucketNotification:BucketNotification", resource.id);
  const versions = only(graph, "aws:s3/bucketVersioning:BucketVersioning", resource.id);
  return {
    name: resource.id,
    arn: resource.outputs.arn,
    region,
    policy,
    cors: (cors?.inputs.corsRules ?? []).map((rule) => ({
      origins: rule.allowedOrigins,
      methods: rule.allowedMethods,
      headers: rule.allowedHeaders ?? [],
      exposed: rule.exposeHeaders ?? [],
      maxAge: rule.maxAgeSeconds,
    })),
    notifications: notification ? notificationsOf(notification) : [],
    versioning: (versions?.inputs.versioningConfiguration.status ?? "Disabled") as Versioning,
    lifecycle: graph.resources.some(
      (other) => other.type === lifecycle && other.inputs["bucket"] === resource.id,
    ),
  };
}

/** A second configuration of a bucket overwrites the first on AWS, in no order that anyone could rely on. */
function only<Type extends keyof InputsOf & `aws:s3/bucket${"C" | "N" | "P" | "V"}${string}`>(
  graph: Graph,
  type: Type,
  bucket: string,
): ResourceOf<Type> | undefined {
  const [first, second] = ofType(graph, type).filter((resource) => resource.inputs.bucket === bucket);
  if (second) {
    throw refusal(second, `bucket ${bucket} has another one already, which it would overwrite`);
  }
  return first;
}

function refuse(resource: Resource): void {
  if (!resource.type.startsWith("aws:s3/")) {
    return;
  }
  const check = Object.hasOwn(checks, resource.type) ? checks[resource.type] : undefined;
  if (!check) {
    throw refusal(resource, "is not emulated");
  }
  const reason = check(resource.inputs);
  if (reason !== undefined) {
    throw refusal(resource, reason);
  }
}

type Inputs = Readonly<Record<string, unknown>>;

const lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";

/** Every type that S3 knows, and why a resource of it is refused. */
const checks: Readonly<Record<string, (inputs: Inputs) => string | undefined>> = {
  "aws:s3/bucket:Bucket": (inputs) => {
    const found = notOnBucket.find((name) => inputs[name] !== undefined && inputs[name] !== false);
    return found && `"${found}" is not emulated on the bucket itself`;
  },
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": () => undefined,
  "aws:s3/bucketNotification:BucketNotification": () => undefined,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": (inputs) =>
    field(inputs["rule"], "objectOwnership") === "BucketOwnerEnforced"
      ? undefined
      : "ACLs are not emulated; only BucketOwnerEnforced is",
  "aws:s3/bucketPolicy:BucketPolicy": () => undefined,
  // Nothing is public here: every request is signed.
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": () => undefined,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (inputs) =>
    list(inputs["rules"]).some((rule) => (algorithm(rule) ?? "AES256") !== "AES256")
      ? "only AES256 is emulated"
      : undefined,
  "aws:s3/bucketVersioning:BucketVersioning": ({ mfa, versioningConfiguration: configuration }) => {
    if (mfa !== undefined || (field(configuration, "mfaDelete") ?? "Disabled") !== "Disabled") {
      return "MFA delete is not emulated";
    }
    const status = field(configuration, "status");
    return ["Disabled", "Enabled", "Suspended"].includes(String(status))
      ? undefined
      : `versioningConfiguration.status is ${String(status)}, not Enabled, Suspended or Disabled`;
  },
  [lifecycle]: () => undefined,
};

/** Old spellings of what are resources of their own, and features that would be missed without a word. */
const notOnBucket = [
  "accelerationStatus",
  "acl",
  "corsRules",
  "grants",
  "lifecycleRules",
  "logging",
  "objectLockConfiguration",
  "objectLockEnabled",
  "policy",
  "replicationConfiguration",
  "requestPayer",
  "serverSideEncryptionConfiguration",
  "versioning",
  "website",
];

const algorithm = (rule: unknown): unknown =>
  field(field(rule, "applyServerSideEncryptionByDefault"), "sseAlgorithm");

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Inputs)[name] : undefined;
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
