import { describe, expect, it } from "@jest/globals";
import { readBuckets } from "../../../src/aws/s3/buckets.ts";
import type { Resource } from "../../../src/base/graph.ts";
import { graphOf, region } from "../graph.ts";
import { bucket, functionArn, notification, queueArn } from "./support.ts";

/** Of a type that has no life of its own here. */
const companion = (kind: string, inputs: object): Resource => ({
  ...bucket,
  type: `aws:s3/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`,
  name: "companion",
  inputs: { bucket: "pictures", ...inputs },
});

const notified = (inputs: object) => ({ ...notification(), inputs: { bucket: "pictures", ...inputs } });
const rule = (prefix: string, suffix: string, event = "s3:ObjectCreated:*") => ({
  queueArn,
  events: [event],
  filterPrefix: prefix,
  filterSuffix: suffix,
});

describe("what the program declares of buckets", () => {
  it("is taken with everything that belongs to it", () => {
    const buckets = readBuckets(
      graphOf(
        bucket,
        notification(),
        companion("BucketPublicAccessBlock", { blockPublicAcls: true }),
        companion("BucketOwnershipControls", { rule: { objectOwnership: "BucketOwnerEnforced" } }),
        companion("BucketLifecycleConfiguration", { rules: [] }),
        companion("BucketVersioning", { versioningConfiguration: { status: "Disabled" } }),
        companion("BucketServerSideEncryptionConfiguration", {
          rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
        }),
      ),
      region,
    );
    expect([...buckets.values()]).toMatchObject([
      {
        name: "pictures",
        lifecycle: true,
        notifications: [{ id: "all", targetArn: queueArn, prefix: "", suffix: "" }],
      },
    ]);
  });

  it.each([
    [
      "status is On; AWS takes Enabled, Suspended and Disabled",
      companion("BucketVersioning", { versioningConfiguration: { status: "On" } }),
    ],
    [
      "mfaDelete is not supported",
      companion("BucketVersioning", { versioningConfiguration: { status: "Enabled", mfaDelete: "Enabled" } }),
    ],
    [
      "BucketOwnerEnforced",
      companion("BucketOwnershipControls", { rule: { objectOwnership: "ObjectWriter" } }),
    ],
    [
      "AES256",
      companion("BucketServerSideEncryptionConfiguration", {
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } }],
      }),
    ],
    ["BucketWebsiteConfiguration", companion("BucketWebsiteConfiguration", {})],
    [
      "needs the ARN of a function",
      notified({ lambdaFunctions: [{ lambdaFunctionArn: queueArn, events: ["s3:ObjectCreated:*"] }] }),
    ],
    ["needs the ARN of a topic", notified({ topics: [{ topicArn: "arn", events: ["s3:ObjectCreated:*"] }] })],
    ["FIFO", notified({ queues: [{ ...rule("", ""), queueArn: `${queueArn}.fifo` }] })],
    ["s3:ObjectTagging:Put", notified({ queues: [rule("", "", "s3:ObjectTagging:Put")] })],
    ["ambiguously", notified({ queues: [rule("in/", ""), rule("in/a", ".png", "s3:ObjectCreated:Put")] })],
    [
      "ambiguously",
      notified({
        queues: [rule("in/", "")],
        lambdaFunctions: [{ lambdaFunctionArn: functionArn, events: ["s3:ObjectCreated:Put"] }],
      }),
    ],
    ["would keep only one", { ...notification(), name: "second" }],
  ])("is refused by name: %s", (name, declared) => {
    const first = name === "would keep only one" ? [notification()] : [];
    expect(() => readBuckets(graphOf(bucket, ...first, declared), region)).toThrow(name);
    expect(() => readBuckets(graphOf(bucket, ...first, declared), region)).toThrow(` ${declared.name}: `);
  });

  it("may have rules that do not overlap", () => {
    const queues = [rule("a/", ""), rule("b/", ""), rule("a/", "", "s3:ObjectRemoved:Delete")];
    const buckets = readBuckets(graphOf(bucket, notified({ queues })), region);
    expect(buckets.get("pictures")?.notifications).toHaveLength(3);
  });
});
