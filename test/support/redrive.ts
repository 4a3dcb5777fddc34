import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SendMessageCommand, StartMessageMoveTaskCommand } from "@aws-sdk/client-sqs";
import type { Running } from "./cloud.ts";
import { asFunction } from "./function.ts";
import { root } from "./program.ts";

/** Sends a message to a dead-letter queue and redrives it, with the queues that the runbook page names. */
export async function redrive(running: Running, deadLetters: string, message: object): Promise<void> {
  const text = readFileSync(join(root, "docs/runbook", `${deadLetters}.md`), "utf8");
  const named = (option: string) =>
    new RegExp(`--${option} "\\$\\(jq -r '\\."([\\w-]+)"'`).exec(text)?.[1] ?? "";
  const { sqs, queue, close } = asFunction(running, "administrator");
  try {
    const source = queue(named("source-arn"));
    await sqs.send(new SendMessageCommand({ QueueUrl: source.url, MessageBody: JSON.stringify(message) }));
    const { arn: DestinationArn } = queue(named("destination-arn"));
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: source.arn, DestinationArn }));
  } finally {
    close();
  }
}
