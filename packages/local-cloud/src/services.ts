import { join } from "node:path";
import { type AppSync, createAppSync } from "./appsync/index.ts";
import { createSaveCheck } from "./appsync/save-check/index.ts";
import { type CloudFront, createCloudFront } from "./aws/cloudfront/index.ts";
import { type CloudWatch, createCloudWatch } from "./aws/cloudwatch/index.ts";
import { type Cognito, createCognito } from "./aws/cognito/index.ts";
import { createDynamoDB, type DynamoDB } from "./aws/dynamodb/index.ts";
import type { Engine } from "./aws/dynamodb/engine.ts";
import { createSts } from "./aws/gateway/sts.ts";
import { createIam, type Iam } from "./aws/iam/index.ts";
import { createLambda, type Lambda } from "./aws/lambda/index.ts";
import { createEventSourceMappings } from "./aws/lambda/mappings/index.ts";
import type { Backoff } from "./aws/lambda/mappings/retry.ts";
import { createLogStore } from "./aws/logs/index.ts";
import { createRekognition } from "./aws/rekognition/index.ts";
import { createEvents } from "./aws/events/index.ts";
import { createS3, type S3 } from "./aws/s3/index.ts";
import { createScheduler, type Scheduler } from "./aws/scheduler/index.ts";
import { createControlPlane } from "./control-plane.ts";
import type { LocalCloudConfig } from "./config.ts";
import type { Meter } from "./base/meter.ts";
import type { Recorder } from "./base/recorder.ts";
import { Parts } from "./base/parts.ts";
import type { Log, Principal, Service, Storage } from "./base/service.ts";
import { createSns } from "./aws/sns/index.ts";
import { createSqs, type Sqs } from "./aws/sqs/index.ts";
import { createFirewall } from "./aws/waf/firewall.ts";
import { asynchronously, Targets } from "./aws/targets.ts";
import type { Evaluation } from "./engine/evaluate.ts";
import type { FaultInjector } from "./faults/injector.ts";
import { ACCOUNT_ID } from "./base/graph.ts";
import { refuseInputs } from "./inputs/index.ts";

export interface ServicesOptions {
  readonly graph: Evaluation;
  /** The program's folder. */
  readonly root: string;
  readonly storage: Storage;
  /** Holds the tables. */
  readonly engine: Engine;
  /** The front door's address, for functions and for Cognito's issuer documents. */
  readonly endpoint: string;
  /** PEM file of the authority behind the front door's TLS. */
  readonly caFile: string;
  readonly log: Log;
  readonly meter: Meter;
  readonly recorder?: Recorder | undefined;
  readonly faults: FaultInjector;
  /** The program's `local-cloud.config.ts`. */
  readonly local?: Pick<LocalCloudConfig, "expiryIntervalSeconds"> | undefined;
  readonly mappings?: boolean | undefined;
  readonly backoff?: Backoff | undefined;
  readonly watch?: ((iam: Iam) => Iam) | undefined;
  /** Refuses new requests at the front door, and settles when those under way have ended. */
  readonly drain: () => Promise<void>;
  /** Is called with what stops each part, in the order in which they are made. They are stopped in the other. */
  readonly onStart: (stop: () => unknown) => void;
}

/** Everything behind the front door. */
export interface Services {
  readonly iam: Iam;
  readonly cognito: Cognito;
  readonly dynamodb: DynamoDB;
  readonly appsync: AppSync;
  readonly lambda: Lambda;
  readonly s3: S3;
  readonly sqs: Sqs;
  readonly cloudfront: CloudFront;
  readonly cloudwatch: CloudWatch;
  readonly scheduler: Scheduler;
  /** What answers signed calls, and a few unsigned ones. */
  readonly aws: readonly Service[];
  /** Starts deliveries, those of the last run first, and schedules. Call it when the front door is open. */
  begin(): void;
  /** Settles when no event waits for delivery. */
  idle(): Promise<void>;
}

/** Creates the services for the graph's resources, each with a folder of its own. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { graph, faults } = options;
  refuseInputs(graph);
  const frame = frameOf(options);
  const { iam, parts, targets } = frame;
  const stores = await startStores(frame);
  const { cognito, dynamodb, s3 } = stores;
  const compute = startCompute(frame, stores);
  const { lambda, events, sns, rekognition } = compute;
  await s3.declare(graph, options.root);
  const cloudfront = createCloudFront({ graph, s3, log: options.log });
  const aws = [
    ...[s3, dynamodb, stores.sqs, events, sns, lambda],
    ...createControlPlane({ ...frame.common, store: frame.logs }),
    // Last: it takes what the others do not.
    ...[faults.service(cognito.service), rekognition, createSts(graph), cloudfront],
  ];
  const appsync = startAppSync(frame, stores, compute, aws);
  const scheduler = startReaders(frame, stores, compute.invoker);
  parts.add("faults", { stop: () => faults.stop() });
  s3.requireTargets((bucketArn, targetArn) => targets.check(s3Service, targetArn, bucketArn));

  return {
    ...{ iam, cognito, dynamodb, sqs: stores.sqs, appsync, lambda, s3, cloudfront },
    ...{ cloudwatch: frame.cloudwatch, scheduler, aws },
    begin() {
      faults.start();
      parts.start();
    },
    idle: () => parts.idle(() => targets.delivered),
  };
}

type Frame = ReturnType<typeof frameOf>;

/** What all services are made with. */
function frameOf(options: ServicesOptions) {
  const { graph, storage, log, meter, recorder, faults, watch = (iam: Iam) => iam } = options;
  const iam = watch(faults.iam(createIam(graph, storage)));
  const logs = createLogStore(graph, Date.now);
  const cloudwatch = createCloudWatch(graph, Date.now, meter, logs);
  const common = {
    graph,
    iam,
    region: graph.region,
    accountId: ACCOUNT_ID,
    clock: Date.now,
    log,
    meter,
    metrics: cloudwatch.metrics,
    recorder,
    // One for all: the resources of a web ACL share its counts.
    firewall: createFirewall(graph, Date.now, log, meter),
  };
  const own = (service: string) => ({
    ...common,
    storage: { ...storage, folder: join(storage.folder, service) },
  });
  const late: { invoke?: Lambda["invoke"] } = {};
  return {
    options,
    iam,
    logs,
    cloudwatch,
    late,
    common,
    own,
    parts: new Parts(options.onStart),
    targets: new Targets(),
  };
}

type Stores = Awaited<ReturnType<typeof startStores>>;

/** The services that hold the program's data. */
async function startStores({ options, own, parts, targets, cloudwatch, late }: Frame) {
  const { endpoint, engine, faults, local = {}, drain } = options;
  const { expiryIntervalSeconds: seconds } = local;
  const cognito = parts.add(
    "cognito",
    await createCognito({
      ...own("cognito"),
      endpoint: () => endpoint,
      // Functions start after the stores, and before the front door opens.
      invoke: (...call) => (late.invoke as Lambda["invoke"])(...call),
    }),
  );
  const dynamodb = faults.service(
    parts.add(
      "dynamodb",
      await createDynamoDB({
        ...{ ...own("dynamodb"), engine },
        expiryIntervalMs: seconds === undefined ? undefined : seconds * 1000,
      }),
    ),
  );
  const sqs = faults.service(parts.add("sqs", createSqs(own("sqs"))));
  targets.register("sqs", sqs);
  cloudwatch.sampled((at) => sqs.sample(at));
  const s3 = faults.service(
    parts.add(
      "s3",
      createS3({
        ...own("s3"),
        notify: (bucketArn, targetArn, body) => targets.deliver(s3Service, targetArn, { body }, bucketArn),
        deliveryPlans: faults.deliveryPlans,
      }),
    ),
  );
  // Drains before the services stop: a call of a function that was just ended may still be under way.
  parts.add("front door", { stop: drain });
  return { cognito, dynamodb, sqs, s3 };
}

type Compute = ReturnType<typeof startCompute>;

/** The services that run functions, read pictures and pass events on. */
function startCompute({ options, common, own, parts, targets, late }: Frame, { sqs, s3 }: Stores) {
  const { root: program, endpoint, caFile, backoff, faults, mappings: schedules = true } = options;
  const s3Reader: S3["read"] = (principal, bucket, key) => s3.read(principal, bucket, key);
  const rekognition = faults.service(createRekognition({ ...common, s3Reader }));
  const environment = () => ({ AWS_ENDPOINT_URL: endpoint });
  const { crashPoint } = faults;
  const lambda = faults.service(
    parts.add("lambda", createLambda({ ...own("lambda"), sqs, program, environment, caFile, crashPoint })),
  );
  const invoker = faults.invoker(lambda);
  late.invoke = (...call) => lambda.invoke(...call);
  targets.register("lambda", asynchronously({ send: invoker.send, check: lambda.check }));
  const events = faults.service(
    parts.add("events", createEvents({ ...own("events"), targets, backoff, schedules })),
  );
  targets.register("events", events);
  const sns = faults.service(parts.add("sns", createSns({ ...own("sns"), targets, backoff })));
  targets.register("sns", sns);
  return { rekognition, lambda, invoker, events, sns };
}

function startAppSync(
  { options, own, parts }: Frame,
  { cognito, dynamodb }: Stores,
  { events, lambda }: Compute,
  aws: readonly Service[],
): AppSync {
  const { drops, subscriptionDelay } = options.faults;
  return parts.add(
    "appsync",
    createAppSync({
      ...{ ...own("appsync"), dynamodb, events, lambda, drops, subscriptionDelay },
      frontDoor: { url: options.endpoint, scopes: aws.flatMap(({ scopes }) => scopes) },
      saveCheck: createSaveCheck(options.root),
      verifyToken: (token) => cognito.verify(token),
    }),
  );
}

/** What reads queues, streams and the clock. */
function startReaders(
  { options, common, own, parts, targets }: Frame,
  { sqs, s3, dynamodb }: Stores,
  invoker: Compute["invoker"],
): Scheduler {
  const { backoff, mappings = true } = options;
  const scheduler = createScheduler({ ...common, targets });
  const readers = {
    "event source mappings": createEventSourceMappings({
      ...own("mappings"),
      ...{ invoker, sqs, s3, dynamodb, backoff },
    }),
    scheduler,
  };
  for (const [name, reader] of Object.entries(readers)) {
    parts.add(name, mappings ? reader : { stop: () => reader.stop() });
  }
  return scheduler;
}

const s3Service: Principal = { kind: "service", service: "s3.amazonaws.com" };
