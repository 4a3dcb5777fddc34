import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { UsageError } from "../../packages/local-cloud/src/command.ts";

/** What a restore needs of the stack's outputs. */
export interface Stack {
  readonly bucket: string;
  /** Physical names by the names in the program: `assets`, `clientTokens`. */
  readonly tableNames: Readonly<Record<string, string>>;
}

/** Outputs, or a ready line with them. Throws `UsageError`. */
export function stackOf(read: unknown): Stack {
  const given = (read as { outputs?: unknown } | null)?.outputs ?? read;
  const { bucket, tableNames } = (given ?? {}) as Partial<Stack>;
  if (typeof bucket !== "string" || typeof tableNames !== "object") {
    throw new UsageError("--outputs: has no bucket and tableNames: it must be the outputs of a stack");
  }
  return { bucket, tableNames };
}

/** Throws `UsageError`. */
export function tableOf({ tableNames }: Stack, name: string): string {
  const found = tableNames[name];
  if (found === undefined) {
    throw new UsageError(`--outputs: has no table ${name}`);
  }
  return found;
}

export interface Clients {
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly close: () => void;
}

/** A restore takes twenty minutes to hours. In seconds. */
const maxWaitTime = 24 * 3600;

/** For the SDK's waiters. */
export const patience = (client: DynamoDBClient, abortSignal: AbortSignal) => ({
  ...{ client, maxWaitTime, abortSignal, minDelay: 1, maxDelay: 30 },
});

/** Clients with credentials, region and endpoint of AWS's usual variables and files. */
export function clientsFor(): Clients {
  const dynamodb = new DynamoDBClient({ maxAttempts: 10 });
  const s3 = new S3Client({
    maxAttempts: 10,
    forcePathStyle: process.env["AWS_ENDPOINT_URL"] !== undefined,
  });
  return {
    dynamodb,
    s3,
    close() {
      dynamodb.destroy();
      s3.destroy();
    },
  };
}
