import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { type Assets, assetsTable } from "../../functions/shared/assets.ts";
import { ofType } from "../../local/graph.ts";
import type { Running } from "./cloud.ts";
import { signPost } from "./sign.ts";

export interface FunctionSide {
  readonly assets: Assets;
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly bucket: string;
  /** The physical name of a table. */
  readonly table: (name: string) => string;
  close(): void;
}

/** The cloud's real services as one function's role reaches them. */
export function asFunction({ cloud }: Running, role: string): FunctionSide {
  const { endpointUrl, region, roles, bucket } = cloud.ready;
  const credentials = roles[role];
  if (!credentials) {
    throw new Error(`No role ${role}`);
  }
  const tables = ofType(cloud.graph, "aws:dynamodb/table:Table");
  const table = (name: string) => tables.find((one) => one.name === `tables-${name}`)?.outputs.name ?? "";
  const dynamodb = new DynamoDBClient({ endpoint: endpointUrl, region, credentials });
  const s3 = new S3Client({ endpoint: endpointUrl, region, credentials, forcePathStyle: true });
  return {
    assets: assetsTable(dynamodb, table("assets"), () => new Date()),
    dynamodb,
    s3,
    bucket,
    table,
    close() {
      dynamodb.destroy();
      s3.destroy();
    },
  };
}

/** Calls a deployed function as its account's administrator, and waits until it has answered. */
export async function invoke({ cloud }: Running, name: string, event: object = {}): Promise<unknown> {
  const { endpointUrl, region, roles } = cloud.ready;
  const functionName = ofType(cloud.graph, "aws:lambda/function:Function").find((one) => one.name === name)
    ?.outputs.name;
  const url = new URL(`/2015-03-31/functions/${functionName ?? ""}/invocations`, endpointUrl);
  const body = JSON.stringify(event);
  const { administrator: credentials } = roles;
  if (!credentials) {
    throw new Error("No administrator");
  }
  const headers = await signPost({ service: "lambda", region, credentials, url, body });
  const response = await fetch(url, { method: "POST", headers, body });
  if (!response.ok || response.headers.has("x-amz-function-error")) {
    throw new Error(`${name} answered ${response.status}: ${await response.text()}`);
  }
  return response.json();
}
