import { type Graph, type InputsOf, ofType, type Resource, type ResourceOf } from "../../base/graph.ts";
import { refuse } from "../../base/refusal.ts";
import { type Notification, notificationsOf } from "./notifications.ts";

export interface Bucket {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  /** JSON of the bucket policy. */
  readonly policy: string | undefined;
  readonly cors: readonly CorsRule[];
  readonly notifications: readonly Notification[];
  readonly versioning: Versioning;
  /** Whether all events go to the default event bus of EventBridge. */
  readonly eventBridge: boolean;
  /** Whether the program declares lifecycle rules. They do not run here. */
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

/** The program's buckets by name. Throws `InvalidInput`, naming the resource, for what is not supported here. */
export function readBuckets(graph: Graph, providerRegion: string): ReadonlyMap<string, Bucket> {
  for (const resource of graph.resources) {
    refuseUnsupported(resource);
  }
  return new Map(
    ofType(graph, "aws:s3/bucket:Bucket").map((bucket) => [bucket.id, read(graph, bucket, providerRegion)]),
  );
}

function read(graph: Graph, resource: ResourceOf<"aws:s3/bucket:Bucket">, providerRegion: string): Bucket {
  const { region = providerRegion } = resource.outputs;
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
    eventBridge: notification?.inputs.eventbridge === true,
    versioning: (versions?.inputs.versioningConfiguration.status ?? "Disabled") as Versioning,
    lifecycle: graph.resources.some(
      (other) => other.type === lifecycle && other.inputs["bucket"] === resource.id,
    ),
  };
}

/** On AWS a second configuration of a bucket overwrites the first, and their order is not defined. */
function only<Type extends keyof InputsOf & `aws:s3/bucket${"C" | "N" | "P" | "V"}${string}`>(
  graph: Graph,
  type: Type,
  bucket: string,
): ResourceOf<Type> | undefined {
  const [first, second] = ofType(graph, type).filter((resource) => resource.inputs.bucket === bucket);
  if (second) {
    refuse(
      second,
      "bucket",
      `is ${bucket}, which already has ${first?.name}; AWS would keep only one of the two`,
    );
  }
  return first;
}

function refuseUnsupported(resource: Resource): void {
  if (!resource.type.startsWith("aws:s3/")) {
    return;
  }
  const check = Object.hasOwn(checks, resource.type) ? checks[resource.type] : undefined;
  if (!check) {
    refuse(resource, "(the resource type)", "is not supported locally");
  }
  check(resource);
}

type Inputs = Readonly<Record<string, unknown>>;

const lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";

const supported = () => undefined;

/** The supported resource types. Each check refuses a resource whose inputs are not supported. */
const checks: Readonly<Record<string, (resource: Resource) => void>> = {
  "aws:s3/bucket:Bucket": supported,
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": supported,
  // No access logs are written here.
  "aws:s3/bucketLogging:BucketLogging": supported,
  "aws:s3/bucketNotification:BucketNotification": supported,
  "aws:s3/bucketObjectv2:BucketObjectv2": supported,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": requireOwnerEnforced,
  "aws:s3/bucketPolicy:BucketPolicy": supported,
  // It changes nothing: no request without a signature is answered here.
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": supported,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": requireAes256,
  "aws:s3/bucketVersioning:BucketVersioning": checkVersioning,
  [lifecycle]: supported,
};

function requireOwnerEnforced(resource: Resource): void {
  if (field(resource.inputs["rule"], "objectOwnership") !== "BucketOwnerEnforced") {
    refuse(resource, "rule.objectOwnership", "must be BucketOwnerEnforced: ACLs are not supported locally");
  }
}

function requireAes256(resource: Resource): void {
  if (list(resource.inputs["rules"]).some((rule) => (algorithm(rule) ?? "AES256") !== "AES256")) {
    refuse(resource, "rules", "must have the algorithm AES256: no other is supported locally");
  }
}

function checkVersioning(resource: Resource): void {
  const { mfa, versioningConfiguration: configuration } = resource.inputs;
  if (mfa !== undefined) {
    refuse(resource, "mfa", "is not supported locally");
  }
  if ((field(configuration, "mfaDelete") ?? "Disabled") !== "Disabled") {
    refuse(resource, "versioningConfiguration.mfaDelete", "is not supported locally");
  }
  const status = String(field(configuration, "status"));
  if (!["Disabled", "Enabled", "Suspended"].includes(status)) {
    const why = `is ${status}; AWS takes Enabled, Suspended and Disabled`;
    refuse(resource, "versioningConfiguration.status", why);
  }
}

const algorithm = (rule: unknown): unknown =>
  field(field(rule, "applyServerSideEncryptionByDefault"), "sseAlgorithm");

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Inputs)[name] : undefined;
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
