import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { expect } from "@jest/globals";
import type { Running } from "./cloud.ts";
import { asFunction, credentialsOf } from "./function.ts";
import { root } from "./program.ts";
import { signGet } from "./sign.ts";

/** The words of one command of a page, without `aws`. */
type Command = readonly string[];

/** What the commands of a page found. */
export interface Found {
  /** Of `aws logs tail`, all together. */
  readonly lines: readonly string[];
  /** Answers of the other commands, by their operation: `lambda get-account-settings`. */
  readonly answers: Readonly<Record<string, unknown>>;
}

export const pageOf = (alarm: string): string =>
  readFileSync(join(root, "docs/runbook", `${alarm}.md`), "utf8");

/** Runs the commands of a page that read logs, functions, mappings, schedules and APIs, as an administrator. */
export async function follow({ cloud }: Running, alarm: string): Promise<Found> {
  const { endpointUrl, region } = cloud.ready;
  const { stack } = cloud.graph;
  const credentials = credentialsOf(cloud, "administrator");
  const logs = new CloudWatchLogsClient({ endpoint: endpointUrl, region, credentials });
  const read = async (service: string, path: string, query: Readonly<Record<string, string>> = {}) => {
    const url = new URL(path, endpointUrl);
    const headers = await signGet({ service, region, credentials, url, query });
    url.search = new URLSearchParams(query).toString();
    const response = await fetch(url, { headers });
    const answer: unknown = await response.json();
    return response.ok ? answer : Promise.reject(new Error(JSON.stringify(answer)));
  };
  const answers: Record<string, unknown> = {};
  const lines: string[] = [];
  for (const command of commandsOf(pageOf(alarm).replaceAll("darkroom-prod-", `darkroom-${stack}-`))) {
    const name = command.slice(0, 2).join(" ");
    if (name === "logs tail") {
      lines.push(...(await tail(logs, command, answers)));
    } else {
      const operation = operations[name];
      if (operation) {
        answers[name] = await read(...operation((option) => optionOf(command, option)));
      }
    }
  }
  logs.destroy();
  return { lines, answers };
}

type Read = readonly [service: string, path: string, query?: Readonly<Record<string, string>>];

const operations: Readonly<Record<string, (option: (name: string) => string) => Read>> = {
  "lambda get-account-settings": () => ["lambda", "/2016-08-19/account-settings"],
  "lambda get-function-configuration": (option) => [
    "lambda",
    `/2015-03-31/functions/${option("function-name")}/configuration`,
  ],
  "lambda list-event-source-mappings": (option) => [
    "lambda",
    "/2015-03-31/event-source-mappings",
    { FunctionName: option("function-name") },
  ],
  "scheduler get-schedule": (option) => ["scheduler", `/schedules/${option("name")}`],
  "appsync list-graphql-apis": () => ["appsync", "/v1/apis"],
};

/** Commands that `follow` runs. */
export const followed: readonly string[] = ["logs tail", ...Object.keys(operations)];

/** `aws logs tail` of AWS's command line is FilterLogEvents until the last page. */
async function tail(logs: CloudWatchLogsClient, command: Command, answers: object): Promise<string[]> {
  const { "appsync list-graphql-apis": apis } = answers as Record<
    string,
    { readonly graphqlApis: readonly { readonly apiId: string }[] } | undefined
  >;
  const logGroupName = command[2]?.replace(/\$\w+$/, apis?.graphqlApis[0]?.apiId ?? "no API");
  const [, minutes = "", unit] = /^(\d+)([mh])$/.exec(optionOf(command, "since")) ?? [];
  const startTime = Date.now() - Number(minutes) * (unit === "h" ? 3_600_000 : 60_000);
  const filterPattern = optionOf(command, "filter-pattern");
  const lines: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await logs.send(
      new FilterLogEventsCommand({ logGroupName, startTime, filterPattern, nextToken }),
    );
    lines.push(...(page.events ?? []).map(({ message = "" }) => message));
    ({ nextToken } = page);
  } while (nextToken !== undefined);
  return lines;
}

function optionOf(command: Command, name: string): string {
  const at = command.indexOf(`--${name}`);
  return at < 0 ? "" : (command[at + 1] ?? "");
}

/** All commands in the blocks of a page, those in `$(...)` too. */
export function commandsOf(page: string): Command[] {
  const blocks = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, block = ""]) => block);
  return blocks
    .flatMap((block) => block.replaceAll(/\\\n/g, " ").split("\n"))
    .flatMap((line) => line.split(/(?<![\w-])aws (?=[a-z])/).slice(1))
    .map(wordsOf);
}

/** Up to the end of a `$(...)` or a pipe. */
const wordsOf = (text: string): string[] =>
  [...text.matchAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|([^\s'")|]+)|[)|].*/g)].flatMap(
    ([, single, double, bare]) => single ?? double ?? bare ?? [],
  );

/**
 * Receives the messages of a page's dead-letter queue, a new one among them, and moves them back if the page says so.
 * Returns their bodies. The page is right if the task completes and leaves the queue empty.
 */
export async function redrive(running: Running, alarm: string, message?: object): Promise<readonly string[]> {
  const page = pageOf(alarm);
  const named = (option: string) => new RegExp(`--${option} "\\$\\(jq -r '\\."([\\w-]+)"'`).exec(page)?.[1];
  const { sqs, queue, close } = asFunction(running, "administrator");
  const source = queue(named("queue-name") ?? "");
  if (message) {
    const MessageBody = JSON.stringify(message);
    await sqs.send(new SendMessageCommand({ QueueUrl: source.url, MessageBody }));
  }
  const { Messages: messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: source.url, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
  );
  const destination = named("destination-arn");
  if (destination !== undefined) {
    expect(named("source-arn")).toBe(alarm);
    const { arn: SourceArn } = source;
    const { arn: DestinationArn } = queue(destination);
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn }));
    let status: string | undefined;
    do {
      const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn }));
      status = Results[0]?.Status;
    } while (status === "RUNNING");
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: source.url,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      }),
    );
    expect([status, ...Object.values(Attributes ?? {})]).toEqual(["COMPLETED", "0", "0"]);
  }
  close();
  return messages.map(({ Body = "" }) => Body);
}
