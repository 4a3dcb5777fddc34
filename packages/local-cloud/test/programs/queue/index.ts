import * as aws from "@pulumi/aws";

/** Neither an API nor a user pool: a queue and a bucket. */
const queue = new aws.sqs.Queue("work");
const bucket = new aws.s3.Bucket("files");
export const queueUrl = queue.url;
export const bucketName = bucket.bucket;
