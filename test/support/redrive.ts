import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SendMessageCommand, SQSClient, StartMessageMoveTaskCommand } from "@aws-sdk/client-sqs";
import { ofType } from "../../local/graph.ts";
import type { Running } from "./cloud.ts";
import { root } from "./program.ts";

/** Lays a message into a dead-letter queue and takes it back: by the very queues that the queue's page names. */
export async function redrive({ cloud }: Running, deadLetters: string, message: object): Promise<void> {
  const { endpointUrl: endpoint, region, roles } = cloud.ready;
  const { administrator: credentials } = roles;
  const text = readFileSync(join(root, "docs/runbook", `${deadLetters}.md`), "utf8");
  const named = (option: string) => new RegExp(`--${option} "\\$\\(jq -r '\\."([\\w-]+)"'`).exec(text)?.[1];
  const queue = (name: string | undefined) =>
    ofType(cloud.graph, "aws:sqs/queue:Queue").find((one) => one.name === name)?.outputs;
  const client = new SQSClient({ endpoint, region, ...(credentials && { credentials }) });
  try {
    const source = queue(named("source-arn"));
    await client.send(
      new SendMessageCommand({ QueueUrl: source?.url, MessageBody: JSON.stringify(message) }),
    );
    const DestinationArn = queue(named("destination-arn"))?.arn;
    await client.send(new StartMessageMoveTaskCommand({ SourceArn: source?.arn, DestinationArn }));
  } finally {
    client.destroy();
  }
}
