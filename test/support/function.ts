import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { type Assets, assetsTable } from "../../functions/shared/assets.ts";
import { ofType } from "../../local/graph.ts";
import type { Running } from "./cloud.ts";

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
