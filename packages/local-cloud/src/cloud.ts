import { join } from "node:path";
import { createApiPaths } from "./appsync/paths.ts";
import type { State } from "./aws/cloudwatch/alarm.ts";
import type { StatesOptions } from "./aws/cloudwatch/index.ts";
import type { Cognito } from "./aws/cognito/index.ts";
import { mailFile } from "./aws/cognito/mailbox.ts";
import type { Backoff } from "./aws/lambda/mappings/retry.ts";
import { loadCertificates } from "./aws/gateway/certificates.ts";
import { openEngine } from "./aws/dynamodb/engine.ts";
import { createGateway } from "./aws/gateway/index.ts";
import type { Iam } from "./aws/iam/index.ts";
import type { Log } from "./base/service.ts";
import type { LocalCloudConfig } from "./config.ts";
import { type Door, openDoor } from "./door.ts";
import { declaredOnly, evaluate, type EvaluateOptions, type Evaluation } from "./engine/evaluate.ts";
import { mergeStandIns, type StandIns } from "./engine/stand-ins.ts";
import { type Console, createConsole } from "./console/index.ts";
import { createFaults, type Faults } from "./faults/index.ts";
import type { FaultCounts, FaultInjector } from "./faults/injector.ts";
import { type Graph, ofType } from "./base/graph.ts";
import { createGraphiql } from "./graphiql/index.ts";
import { type Bill, createMeter } from "./meter/index.ts";
import { createRecording } from "./record/index.ts";
import { late, lateGraphql, type Latency } from "./latency.ts";
import { recordedFaults } from "./record/faults.ts";
import { type Ready, readyOf, storeReady } from "./ready.ts";
import type { Services } from "./services.ts";
import { type HeldStorage, holdStorage } from "./base/storage.ts";
import { localUsers } from "./users.ts";

export interface CloudOptions {
  /** The program's folder. */
  readonly root: string;
  readonly stack: string;
  /** 0 for any free port. */
  readonly port: number;
  /** The data folder. Without it, no state is kept. */
  readonly data: string | undefined;
  readonly log: Log;
  /** The program's `local-cloud.config.ts`. */
  readonly local?: LocalCloudConfig;
  /** Overrides the Pulumi configuration of the stack and of `local`. A key without a namespace is the project's. */
  readonly config?: Readonly<Record<string, string>>;
  /** Values for secrets and for other stacks' outputs. They override those of `local`. */
  readonly standIns?: StandIns | undefined;
  /** Applies changes of schema, resolvers and functions while running. */
  readonly reload?: boolean;
  /** Serves the console at `/_console`, and keeps a record of the last calls for it. */
  readonly console?: boolean;
  /** Milliseconds that each call to a service takes longer. They override those of `local`. */
  readonly latency?: Latency | undefined;
  /** Faults to inject. */
  readonly faults?: Faults | undefined;
  /** False stops event source mappings and schedules, for tests and measurements. */
  readonly mappings?: boolean;
  /** How long queues and streams wait before a failed batch is retried. By default longer each time. */
  readonly backoff?: Backoff;
  /** Wraps IAM, for tests that record what is authorised. */
  readonly watch?: (iam: Iam) => Iam;
}

export type { Ready } from "./ready.ts";

export interface Cloud {
  readonly ready: Ready;
  /** The address of the console, with its token. */
  readonly consoleUrl: string | undefined;
  /** What was booted. */
  readonly graph: Graph;
  /** Resources without effect here, such as log groups and alarms. */
  readonly declaredOnly: readonly string[];
  /** Settles when no event waits for delivery. */
  idle(): Promise<void>;
  /** What AWS would charge for all calls so far, at list prices. */
  meter(): Bill;
  /** The state of each declared alarm by its name. */
  alarms(options?: StatesOptions): ReadonlyMap<string, State>;
  /** Counts of the faults injected so far. */
  faults(): FaultCounts;
  stop(): Promise<void>;
}

/** Stops what runs, in the order of the starts. They are called in reverse. */
type Stops = (() => unknown)[];

/**
 * Evaluates the program and boots exactly what it declares. The port is opened first, because the program's outputs,
 * and so the functions' environments, contain its addresses.
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const stops: Stops = [];
  const stopAll = async () => {
    for (const end of stops.splice(0).reverse()) {
      await end();
    }
  };
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= stopAll());
  try {
    const storage = holdStorage(options.data);
    stops.push(() => storage.release());
    return { ...(await boot(options, storage, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function boot(options: CloudOptions, storage: HeldStorage, stops: Stops): Promise<Omit<Cloud, "stop">> {
  const { log, local = {} } = options;
  const { caFile, ...certificates } = await loadCertificates(storage);
  const door = await openDoor(options.port, certificates);
  stops.push(() => door.listener.close());
  const { url, tlsUrl = "" } = door.listener;

  const evaluatedAt = Date.now();
  const evaluation = evaluationOf(options, url);
  const { graph, engine, startServices } = await load(evaluation, log, storage, stops);
  const functions = ofType(graph, "aws:lambda/function:Function").map(({ outputs: { name } }) => name);
  const recording = options.console ? createRecording() : undefined;
  const faults = recordedFaults(createFaults(options.faults, functions, log), recording);
  const counting = createMeter();
  const meter = recording?.meter(counting) ?? counting;
  const services = await startServices({
    ...{ ...options, meter, recorder: recording, faults, graph, storage, engine, caFile },
    endpoint: url,
    drain: door.drain,
    onStart: (end) => stops.push(end),
  });
  const ready = readyOf({
    ...{ graph, url, tlsUrl, caFile, iam: services.iam, appsync: services.appsync },
    sites: services.cloudfront.sites,
    mailFile: mailFile(storage.folder),
    users: seed(services.cognito, graph, storage, local.users),
  });
  await services.appsync.checked;
  stops.push(storeReady(storage, ready));
  const title = `${graph.project}, stack ${options.stack}`;
  const page =
    recording &&
    createConsole({
      ...{ ...services, title, graph, recording, bill: () => counting.bill(), faults },
      mailFile: ready.mailFile,
    });
  const latency = { ...local.latency, ...options.latency };
  openTo({ door, services, faults, graph, ready, local, latency, log, page });
  services.begin();
  if (options.reload) {
    const { reloadOnChange } = await import("./reload.ts");
    const { appsync, lambda, s3 } = services;
    const { unwatched } = local;
    stops.push(reloadOnChange({ evaluation, evaluatedAt, unwatched, graph, appsync, lambda, s3, log }));
  }
  return {
    declaredOnly: declaredOnly(graph).map(({ type, name }) => `${type} ${name}`),
    idle: () => services.idle(),
    meter: () => counting.bill(),
    consoleUrl: page && url + page.path,
    alarms: (options) => services.cloudwatch.states(options),
    faults: faults.counts,
    graph,
    ready,
  };
}

function evaluationOf(
  { root, stack, log, local = {}, ...given }: CloudOptions,
  url: string,
): EvaluateOptions {
  return {
    ...{ root, stack, log },
    endpoints: { base: url, apiPath: createApiPaths() },
    // The setting of the AWS provider by which a program finds addresses other than those of AWS.
    config: { "aws:endpoints": endpointsAt(url), ...local.config, ...given.config },
    standIns: mergeStandIns(local.standIns, given.standIns),
  };
}

/** https://www.pulumi.com/registry/packages/aws/api-docs/provider/#providerendpoint */
function endpointsAt(url: string): string {
  const services = [
    "appsync",
    "cognitoidp",
    "dynamodb",
    "events",
    "lambda",
    "rekognition",
    "s3",
    "sns",
    "sqs",
    "sts",
  ];
  return JSON.stringify([Object.fromEntries(services.map((service) => [service, url]))]);
}

/** Evaluation takes longest and runs in another process. Meanwhile the engine starts and the services are loaded. */
async function load(evaluation: EvaluateOptions, log: Log, storage: HeldStorage, stops: Stops) {
  const engineFolder = { ...storage, folder: join(storage.folder, "dynamodb") };
  const opening = openEngine(engineFolder, log, process.env["DYNAMODB_ENDPOINT"]);
  stops.push(() => opening.then((engine) => engine.stop()).catch(() => undefined));
  const [graph, engine, { startServices }] = await Promise.all([
    evaluate(evaluation),
    opening,
    import("./services.ts"),
  ]);
  return { graph, engine, startServices };
}

interface Opening {
  readonly door: Door;
  readonly services: Services;
  readonly faults: FaultInjector;
  readonly graph: Evaluation;
  readonly ready: Ready;
  readonly local: LocalCloudConfig;
  readonly latency: Latency;
  readonly log: Log;
  readonly page: Console | undefined;
}

/** Opens the front door to GraphiQL, the APIs and the services. */
function openTo({ door, services, faults, graph, ready, local, latency, log, page }: Opening): void {
  const { iam, appsync } = services;
  const aws = services.aws.map((service) => late(service, latency));
  const onRequest = lateGraphql((request, response) => appsync.onRequest(request, response), latency);
  const { project, region } = graph;
  const graphiql = createGraphiql({ ready, apis: appsync.apis, project, examples: local.examples ?? [] });
  const graphql = faults.graphql((request, response) =>
    graphiql(request, response) ? undefined : onRequest(request, response),
  );
  const gateway = createGateway({ iam, services: aws, region, clock: Date.now, log, graphql });
  door.open(
    (request, response) => (page?.onRequest(request, response) ? undefined : gateway(request, response)),
    appsync,
  );
}

function seed(
  cognito: Cognito,
  graph: Graph,
  storage: HeldStorage,
  wanted: LocalCloudConfig["users"],
): Ready["users"] {
  const pool = ofType(graph, "aws:cognito/userPool:UserPool")[0];
  if (pool === undefined) {
    return [];
  }
  const users = localUsers(storage, pool.inputs, wanted);
  const seeded = cognito.seed(users, pool.id);
  return users.map(({ username, password, groups }) => ({
    ...{ username, password, groups, sub: "" },
    ...seeded.get(username),
  }));
}
