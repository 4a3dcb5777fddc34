import { ACCOUNT_ID } from "../../base/graph.ts";
import type { ModelsOf } from "./model.ts";

export const dynamodb: ModelsOf<"dynamodb"> = {
  "aws:dynamodb/table:Table": {
    named: { property: "name", maxLength: 255, pattern: /^[a-zA-Z0-9_.-]{3,}$/ },
    compute: ({ streamEnabled }, at) => {
      const arn = at.arn("dynamodb", `table/${at.name}`);
      // AWS labels a stream with its time of creation. Here it is constant, so that mappings keep their state.
      const streamLabel = "2026-01-01T00:00:00.000";
      const stream = { streamArn: `${arn}/stream/${streamLabel}`, streamLabel };
      return { id: at.name, name: at.name, arn, ...(streamEnabled === true && stream) };
    },
  },
};

export const s3: ModelsOf<"s3"> = {
  "aws:s3/bucket:Bucket": {
    named: { property: "bucket", maxLength: 63, pattern: /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/ },
    compute: (_inputs, at) => ({
      id: at.name,
      bucket: at.name,
      arn: `arn:aws:s3:::${at.name}`,
      bucketDomainName: `${at.name}.s3.amazonaws.com`,
      bucketRegionalDomainName: `${at.name}.s3.${at.region}.amazonaws.com`,
    }),
  },
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": { compute: ({ bucket }) => ({ id: bucket }) },
  "aws:s3/bucketNotification:BucketNotification": { compute: ({ bucket }) => ({ id: bucket }) },
  "aws:s3/bucketObjectv2:BucketObjectv2": {
    compute: ({ bucket, key }, at) => {
      const name = key ?? at.name;
      return { id: `${bucket}/${name}`, key: name, arn: `arn:aws:s3:::${bucket}/${name}` };
    },
  },
  "aws:s3/bucketPolicy:BucketPolicy": { documents: ["policy"], compute: ({ bucket }) => ({ id: bucket }) },
  "aws:s3/bucketVersioning:BucketVersioning": { compute: ({ bucket }) => ({ id: bucket }) },
};

export const sqs: ModelsOf<"sqs"> = {
  "aws:sqs/queue:Queue": {
    named: {
      property: "name",
      maxLength: 80,
      pattern: /^[a-zA-Z0-9_-]+(\.fifo)?$/,
      suffix: ({ fifoQueue }) => (fifoQueue === true ? ".fifo" : ""),
    },
    defaults: {
      delaySeconds: 0,
      fifoQueue: false,
      maxMessageSize: 1_048_576,
      messageRetentionSeconds: 345_600,
      receiveWaitTimeSeconds: 0,
      visibilityTimeoutSeconds: 30,
    },
    compute: (_inputs, at) => {
      const base = at.endpoints?.base ?? `https://sqs.${at.region}.amazonaws.com`;
      const url = `${base}/${ACCOUNT_ID}/${at.name}`;
      return { id: url, name: at.name, url, arn: at.arn("sqs", at.name) };
    },
  },
  "aws:sqs/queuePolicy:QueuePolicy": {
    documents: ["policy"],
    compute: ({ queueUrl }) => ({ id: queueUrl }),
  },
};

export const sns: ModelsOf<"sns"> = {
  "aws:sns/topic:Topic": {
    named: {
      property: "name",
      maxLength: 256,
      pattern: /^[a-zA-Z0-9_-]+(\.fifo)?$/,
      suffix: ({ fifoTopic }) => (fifoTopic === true ? ".fifo" : ""),
    },
    compute: (_inputs, at) => ({ id: at.arn("sns", at.name), name: at.name, arn: at.arn("sns", at.name) }),
  },
  "aws:sns/topicPolicy:TopicPolicy": { documents: ["policy"], compute: ({ arn }) => ({ id: arn }) },
  "aws:sns/topicSubscription:TopicSubscription": {
    compute: ({ topic }, at) => ({ id: `${topic}:${at.uuid()}`, arn: `${topic}:${at.uuid()}` }),
  },
};
