import { type AttributeValue, ScanCommand } from "@aws-sdk/client-dynamodb";
import { CognitoIdentityProviderClient, ListUsersCommand } from "@aws-sdk/client-cognito-identity-provider";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { administrator, tablesOf } from "./administrator.ts";
import type { Leaver } from "./leavers.ts";
import { persist } from "./persist.ts";
import { readAll } from "./queues.ts";

/** Where something of an erased user was found, and what. */
export interface Trace {
  readonly place: string;
  readonly text: string;
}

/** The row that remembers an erasure, and that of an asset whose upload may still arrive, are kept on purpose. */
const isKept = ({ place, text }: Trace): boolean =>
  place.startsWith("tables-erasures-") ||
  (place.startsWith("tables-client-tokens-") && text.includes("#purged"));

/** All that tables, bucket, queues and user pool have of erased users. */
export async function tracesOf(
  leavers: readonly Leaver[],
  keys: readonly string[],
  ready: Ready,
  signal: AbortSignal,
): Promise<Trace[]> {
  if (leavers.length === 0) {
    return [];
  }
  const of = leavers.flatMap(({ id, marker }) => [id, marker]);
  const all = [
    ...(await rows(ready, signal)),
    ...keys.map((text) => ({ place: "the bucket", text })),
    ...(await messages(ready, signal)),
    ...(await users(ready, signal)),
  ];
  return all.filter((trace) => of.some((part) => trace.text.includes(part)) && !isKept(trace));
}

async function rows(ready: Ready, signal: AbortSignal): Promise<Trace[]> {
  const { dynamodb, names, close } = await tablesOf(ready, signal);
  const found: Trace[] = [];
  for (const TableName of names) {
    let from: Record<string, AttributeValue> | undefined;
    do {
      const command: ScanCommand = new ScanCommand({
        TableName,
        ConsistentRead: true,
        ExclusiveStartKey: from,
      });
      const { Items = [], LastEvaluatedKey } = await persist(() => dynamodb.send(command), signal);
      found.push(...Items.map((item) => ({ place: TableName, text: JSON.stringify(item) })));
      from = LastEvaluatedKey;
    } while (from);
  }
  close();
  return found;
}

async function messages(ready: Ready, signal: AbortSignal): Promise<Trace[]> {
  const sqs = new SQSClient(administrator(ready));
  const { QueueUrls = [] } = await persist(() => sqs.send(new ListQueuesCommand({})), signal);
  const found = await Promise.all(QueueUrls.map((url) => readAll(sqs, url, signal)));
  sqs.destroy();
  return found.flat().map(({ queue, body }) => ({ place: queue, text: body }));
}

async function users(ready: Ready, signal: AbortSignal): Promise<Trace[]> {
  const client = new CognitoIdentityProviderClient(administrator(ready));
  const command = new ListUsersCommand({ UserPoolId: ready.userPoolId });
  const { Users = [] } = await persist(() => client.send(command), signal);
  client.destroy();
  return Users.map((user) => ({ place: "the user pool", text: JSON.stringify(user) }));
}
