import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { mayBeSentBy, PrivateBucket } from "./bucket.ts";
import { WorkQueue } from "./queue.ts";
import type { Settings } from "./settings.ts";

/** Changes that could not be published. */
export interface FailedChanges {
  readonly bucket: PrivateBucket;
  /** The queue of names of the bucket's objects. */
  readonly queue: WorkQueue;
}

interface FailedChangesArgs {
  readonly settings: Settings;
  /** Timeout of the function that reads the queue, in seconds. */
  readonly functionTimeout: number;
}

/** Lambda writes whole records to a bucket. A queue would get only their positions in the stream, which expire in a day. */
export function keepFailedChanges(
  name: string,
  { settings, functionTimeout }: FailedChangesArgs,
  opts: pulumi.CustomResourceOptions,
): FailedChanges {
  const bucket = new PrivateBucket(
    name,
    {
      settings,
      rules: [
        { id: "published-or-lost", status: "Enabled", filter: { prefix: "" }, expiration: { days: 30 } },
      ],
    },
    opts,
  );
  const queue = new WorkQueue(
    name,
    {
      functionTimeout,
      // After three attempts, each six minutes apart.
      maxAge: 15 * 60,
      maxReceiveCount: 5,
      statements: mayBeSentBy(bucket.arn),
    },
    opts,
  );
  new aws.s3.BucketNotification(
    name,
    { bucket: bucket.name, queues: [{ queueArn: queue.arn, events: ["s3:ObjectCreated:*"] }] },
    { ...opts, dependsOn: queue.policy },
  );
  return { bucket, queue };
}
