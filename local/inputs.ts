import { AwsError } from "./aws/service.ts";
import type { Graph, InputsOf } from "./graph.ts";

/** What comes of an input here: it has its effect, or none, which the start lists; or why a value of it is refused. */
type Fate = "runs" | "idle" | ((value: unknown) => string | undefined);

type Fates<Type extends keyof InputsOf> = {
  readonly [Input in keyof Required<InputsOf[Type]>]: Fate;
};

const within =
  (least: number, most: number) =>
  (value: unknown): string | undefined =>
    typeof value === "number" && Number.isInteger(value) && value >= least && value <= most
      ? undefined
      : `must be a whole number from ${least} to ${most}`;

/** False and absent are one. */
const refused = (reason: string) => (value: unknown) => (value === false ? undefined : reason);

const onlyFifo = refused("is for FIFO queues, which are not supported locally");
const noData = refused("is not supported locally: the table would hold data that is not here");

/**
 * Every input of these types, so that none is passed over in silence: the compiler asks for what is missing. Ranges
 * are AWS's. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
const fates: { readonly [Type in Judged]: Fates<Type> } = {
  "aws:dynamodb/table:Table": {
    attributes: "runs",
    billingMode: "runs",
    deletionProtectionEnabled: "idle",
    globalSecondaryIndexes: "runs",
    globalTableWitness: "idle",
    hashKey: "runs",
    importTable: noData,
    localSecondaryIndexes: "runs",
    name: "runs",
    onDemandThroughput: "idle",
    pointInTimeRecovery: "idle",
    rangeKey: "runs",
    readCapacity: "idle",
    region: "runs",
    replicas: "idle",
    restoreBackupArn: noData,
    restoreDateTime: noData,
    restoreSourceName: noData,
    restoreSourceTableArn: noData,
    restoreToLatestTime: noData,
    serverSideEncryption: "idle",
    streamEnabled: "runs",
    streamViewType: "runs",
    tableClass: "idle",
    tags: "idle",
    ttl: "idle",
    warmThroughput: "idle",
    writeCapacity: "idle",
  },
  "aws:sqs/queue:Queue": {
    contentBasedDeduplication: onlyFifo,
    deduplicationScope: onlyFifo,
    delaySeconds: within(0, 900),
    fifoQueue: onlyFifo,
    fifoThroughputLimit: onlyFifo,
    kmsDataKeyReusePeriodSeconds: "idle",
    kmsMasterKeyId: "idle",
    maxMessageSize: within(1024, 1_048_576),
    messageRetentionSeconds: within(60, 1_209_600),
    name: "runs",
    namePrefix: refused("is not supported locally: give name"),
    policy: "runs",
    receiveWaitTimeSeconds: within(0, 20),
    redriveAllowPolicy: "idle",
    redrivePolicy: "runs",
    region: "runs",
    sqsManagedSseEnabled: "idle",
    tags: "idle",
    visibilityTimeoutSeconds: within(0, 43_200),
  },
  "aws:sqs/queuePolicy:QueuePolicy": { policy: "runs", queueUrl: "runs", region: "runs" },
};

type Judged = "aws:dynamodb/table:Table" | "aws:sqs/queue:Queue" | "aws:sqs/queuePolicy:QueuePolicy";

/** Throws for the first input that AWS or the local cloud refuses, naming it. Call before anything is started. */
export function refuseInputs(graph: Graph): void {
  for (const { name, type, input, fate, value } of judged(graph)) {
    const reason = typeof fate === "function" ? fate(value) : undefined;
    if (reason === undefined) continue;
    throw new AwsError("InvalidInput", `${shortType(type)} ${name}: ${input} ${reason}.`);
  }
}

/** What is declared and has no effect here, as `Table.tags`, with how many resources declare it. */
export function idleInputs(graph: Graph): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { type, input, fate } of judged(graph)) {
    const key = `${shortType(type)}.${input}`;
    if (fate === "idle") counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const { type, inputs } of graph.resources) {
    // Mails are not sent either, but change nothing that runs here.
    if (type !== "aws:sns/topicSubscription:TopicSubscription" || inputs["protocol"] === "email") continue;
    const key = `TopicSubscription to ${String(inputs["protocol"])}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function* judged({ resources }: Graph) {
  for (const { type, name, inputs } of resources) {
    if (!Object.hasOwn(fates, type)) continue;
    const ofType: Readonly<Record<string, Fate>> = fates[type as Judged];
    for (const [input, value] of Object.entries(inputs)) {
      const fate = ofType[input];
      if (value !== undefined && value !== null && fate !== undefined)
        yield { type, name, input, fate, value };
    }
  }
}

const shortType = (type: string): string => type.split(":").at(-1) ?? type;
