import { SQSClient } from "@aws-sdk/client-sqs";
import { afterEach } from "@jest/globals";
import { createIam } from "../../../src/aws/iam/index.ts";
import type { Principal, Storage } from "../../../src/base/service.ts";
import { createSqs, type Sqs } from "../../../src/aws/sqs/index.ts";
import type { InputsOf, Resource } from "../../../src/base/graph.ts";
import { openFrontDoor } from "../front-door.ts";
import { accountId, allow, graphOf, queue, region, role, roleArn, temporaryStorage } from "../graph.ts";

const running: Sqs[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((sqs) => sqs.stop()));
});

export const arnOf = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`;
export const awsUrl = (name: string) => `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
const all = role("admin", allow("sqs:*", "*"));
const admin: Principal = {
  kind: "role",
  roleArn: roleArn("admin"),
  sessionArn: `arn:aws:sts::${accountId}:assumed-role/admin/local`,
};

interface Options {
  readonly storage?: Storage;
  readonly clock?: () => number;
  readonly maxInFlight?: number;
}

export function start(
  resources: readonly Resource[],
  { storage = temporaryStorage(true), ...options }: Options = {},
) {
  const graph = graphOf(...resources, ...all);
  const iam = createIam(graph, temporaryStorage());
  const sqs = createSqs({ graph, iam, storage, region, accountId, ...options });
  running.push(sqs);
  return { graph, sqs };
}

export const jobs = (inputs: InputsOf["aws:sqs/queue:Queue"] = {}) => queue("jobs", inputs);

export async function clientOf(roleName: string, ...resources: readonly Resource[]) {
  const { graph, sqs } = start(resources);
  const door = await openFrontDoor(graph, () => [sqs]);
  return { door, client: new SQSClient(door.client(roleName)) };
}

/** One operation of the admin on `jobs`, in process. */
export function runner(sqs: Sqs) {
  return (
    operation: string,
    input: Readonly<Record<string, unknown>> = {},
    name = "jobs",
    signal?: AbortSignal,
  ) => sqs.execute(admin, operation, { QueueUrl: awsUrl(name), ...input }, signal);
}

export const messagesOf = (output: Record<string, unknown>) =>
  (output["Messages"] ?? []) as {
    ReceiptHandle: string;
    Body: string;
    Attributes?: Record<string, string>;
  }[];
