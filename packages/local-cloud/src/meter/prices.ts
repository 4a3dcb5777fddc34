/** What AWS charges for one kind of use. */
export interface Price {
  readonly service: string;
  /** What is counted, in the plural. */
  readonly unit: string;
  /** US dollars for `per` units. */
  readonly usd: number;
  readonly per: number;
  readonly source: string;
}

// AWS's list prices in us-east-1 on 2026-11-28, without taxes, free tiers and discounts for volume.

const appsync = "https://aws.amazon.com/appsync/pricing/";
const lambda = "https://aws.amazon.com/lambda/pricing/";
const dynamodb = "https://aws.amazon.com/dynamodb/pricing/on-demand/";
const s3 = "https://aws.amazon.com/s3/pricing/";
const sqs = "https://aws.amazon.com/sqs/pricing/";
const eventBridge = "https://aws.amazon.com/eventbridge/pricing/";
const sns = "https://aws.amazon.com/sns/pricing/";
const cloudwatch = "https://aws.amazon.com/cloudwatch/pricing/";
const rekognition = "https://aws.amazon.com/rekognition/pricing/";
const waf = "https://aws.amazon.com/waf/pricing/";
const cognito = "https://aws.amazon.com/cognito/pricing/";

const million = 1_000_000;

/** What is counted while the cloud runs. */
export const prices = {
  /** A query or a mutation, refused ones included. */
  "appsync.operations": price("AppSync", "operations", 4, million, appsync),
  /** 5 kB of a delivery to one subscription; a connection and a subscription too. */
  "appsync.updates": price("AppSync", "real-time updates", 2, million, appsync),
  "appsync.connectionMinutes": price("AppSync", "connection minutes", 0.08, million, appsync),
  "lambda.requests": price("Lambda", "requests", 0.2, million, lambda),
  "lambda.arm64": price("Lambda", "GB-seconds (arm64)", 13.3334, million, lambda),
  "lambda.x86_64": price("Lambda", "GB-seconds (x86_64)", 16.6667, million, lambda),
  "dynamodb.writes": price("DynamoDB", "write units", 0.625, million, dynamodb),
  "dynamodb.reads": price("DynamoDB", "read units", 0.125, million, dynamodb),
  /** GetRecords of a stream by anything but a Lambda trigger. */
  "dynamodb.streamReads": price("DynamoDB", "stream reads", 0.02, 100_000, dynamodb),
  /** PUT, COPY, POST and LIST. */
  "s3.writes": price("S3", "PUT, COPY, POST and LIST requests", 0.005, 1000, s3),
  /** GET, HEAD and others. DELETE is free. */
  "s3.reads": price("S3", "GET and HEAD requests", 0.0004, 1000, s3),
  /** To presigned URLs, which are taken to leave AWS. */
  "s3.bytesOut": price("S3", "bytes out", 0.09, 1e9, s3),
  /** 64 KB of a message, or of a batch. */
  "sqs.requests": price("SQS", "requests", 0.4, million, sqs),
  "sqs.fifoRequests": price("SQS", "FIFO requests", 0.5, million, sqs),
  "sns.publishes": price("SNS", "publishes", 0.5, million, sns),
  "events.events": price("EventBridge", "custom events", 1, million, eventBridge),
  "scheduler.invocations": price("EventBridge", "scheduled invocations", 1, million, eventBridge),
  "rekognition.images": price("Rekognition", "images", 1, 1000, rekognition),
  "logs.bytes": price("CloudWatch", "bytes of logs", 0.5, 1e9, cloudwatch),
  /** A line that matches a rule of Contributor Insights. */
  "logs.insightEvents": price("CloudWatch", "events of Contributor Insights", 0.02, million, cloudwatch),
  /** Blocked ones included. */
  "waf.requests": price("WAF", "requests", 0.6, million, waf),
  /** Monthly active users, the plan Essentials. */
  "cognito.users": price("Cognito", "users", 0.015, 1, cognito),
} as const satisfies Record<string, Price>;

export type Usage = keyof typeof prices;

export function price(service: string, unit: string, usd: number, per: number, source: string): Price {
  return { service, unit, usd, per, source };
}

/** In US dollars. */
export const costOf = ({ usd, per }: Price, quantity: number): number => (quantity * usd) / per;
