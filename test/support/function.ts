import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { type Contents, contentsIn } from "../../functions/shared/contents.ts";
import { type CountedAssets, countedAssets } from "../../functions/shared/counted.ts";
import { pauseAfterConflict } from "../../functions/shared/transaction.ts";
import type { Credentials } from "../../packages/local-cloud/src/aws/iam/index.ts";
import { ofType } from "../../packages/local-cloud/src/base/graph.ts";
import type { Running } from "./cloud.ts";
import { signPost } from "./sign.ts";

export interface FunctionSide {
  readonly assets: CountedAssets;
  readonly contents: Contents;
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly bucket: string;
  /** The physical name of a table. */
  readonly table: (name: string) => string;
  /** URL and ARN of a queue, by its name in the program. */
  readonly queue: (name: string) => { readonly url: string; readonly arn: string };
  readonly close: () => void;
}

/** The cloud's real services as one function's role reaches them. */
export function asFunction({ cloud }: Running, role: string): FunctionSide {
  const { endpointUrl, region, bucket } = cloud.ready;
  const credentials = credentialsOf(cloud, role);
  const tables = ofType(cloud.graph, "aws:dynamodb/table:Table");
  const table = (name: string) => tables.find((one) => one.name === `tables-${name}`)?.outputs.name ?? "";
  const dynamodb = new DynamoDBClient({ endpoint: endpointUrl, region, credentials });
  const s3 = new S3Client({ endpoint: endpointUrl, region, credentials, forcePathStyle: true });
  const sqs = new SQSClient({ endpoint: endpointUrl, region, credentials });
  const named = { assets: table("assets"), usage: table("usage"), contents: table("contents") };
  const assets = countedAssets(dynamodb, named, () => new Date(), pauseAfterConflict);
  return {
    assets,
    contents: contentsIn(dynamodb, named, assets, pauseAfterConflict),
    dynamodb,
    s3,
    sqs,
    bucket,
    table,
    queue(name) {
      const queue = ofType(cloud.graph, "aws:sqs/queue:Queue").find((one) => one.name === name);
      if (!queue) {
        throw new Error(`No queue ${name}`);
      }
      return queue.outputs;
    },
    close() {
      dynamodb.destroy();
      s3.destroy();
      sqs.destroy();
    },
  };
}

/** Keys of a role, by its name in the program. */
export function credentialsOf({ ready }: Pick<Running["cloud"], "ready">, role: string): Credentials {
  const credentials = ready.roles[role];
  if (!credentials) {
    throw new Error(`No role ${role}`);
  }
  return credentials;
}

/** Calls a deployed function as its account's administrator, and waits until it has answered. */
export async function invoke({ cloud }: Running, name: string, event: object = {}): Promise<unknown> {
  const { endpointUrl, region } = cloud.ready;
  const functionName = ofType(cloud.graph, "aws:lambda/function:Function").find((one) => one.name === name)
    ?.outputs.name;
  const url = new URL(`/2015-03-31/functions/${functionName ?? ""}/invocations`, endpointUrl);
  const body = JSON.stringify(event);
  const credentials = credentialsOf(cloud, "administrator");
  const headers = await signPost({ service: "lambda", region, credentials, url, body });
  const response = await fetch(url, { method: "POST", headers, body });
  if (!response.ok || response.headers.has("x-amz-function-error")) {
    throw new Error(`${name} answered ${response.status}: ${await response.text()}`);
  }
  return response.json();
}
