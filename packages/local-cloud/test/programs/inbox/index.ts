import * as aws from "@pulumi/aws";

/** A bucket that sends its events to EventBridge. Rules select the events of its inbox for two queues. */
const bucket = new aws.s3.Bucket("documents");
new aws.s3.BucketNotification("documents", { bucket: bucket.id, eventbridge: true });

/** A queue for the events of one type, with the policy that lets the rule send to it. */
function queueOf(name: string, detailType: string): aws.sqs.Queue {
  const queue = new aws.sqs.Queue(name);
  const rule = new aws.cloudwatch.EventRule(name, {
    eventPattern: bucket.bucket.apply((bucketName) =>
      JSON.stringify({
        source: ["aws.s3"],
        "detail-type": [detailType],
        detail: { bucket: { name: [bucketName] }, object: { key: [{ prefix: "inbox/" }] } },
      }),
    ),
  });
  new aws.cloudwatch.EventTarget(name, { rule: rule.name, arn: queue.arn });
  new aws.sqs.QueuePolicy(name, {
    queueUrl: queue.url,
    policy: {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: queue.arn,
          Condition: { ArnEquals: { "aws:SourceArn": rule.arn } },
        },
      ],
    },
  });
  return queue;
}

const received = queueOf("received", "Object Created");
const removed = queueOf("removed", "Object Deleted");

export const bucketName = bucket.bucket;
export const receivedUrl = received.url;
export const removedUrl = removed.url;
