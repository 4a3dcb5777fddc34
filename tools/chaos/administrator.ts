import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { persist } from "./persist.ts";

/** The configuration of an AWS client with all permissions. */
export function administrator({ endpointUrl, region, roles }: Ready) {
  const credentials = roles["administrator"];
  if (!credentials) {
    throw new Error("The cloud has no administrator");
  }
  return { endpoint: endpointUrl, region, credentials };
}

/** The tables by their names in the program, such as `usage`. */
export async function tablesOf(ready: Ready, signal: AbortSignal) {
  const dynamodb = new DynamoDBClient(administrator(ready));
  const { TableNames: names = [] } = await persist(() => dynamodb.send(new ListTablesCommand({})), signal);
  return {
    dynamodb,
    names,
    table: (name: string): string => names.find((one) => one.startsWith(`tables-${name}-`)) ?? "",
    close: () => dynamodb.destroy(),
  };
}
