import type { RequestListener } from "node:http";
import { join } from "node:path";
import { type AppSync, createAppSync } from "./appsync/index.ts";
import { type Cognito, createCognito } from "./aws/cognito/index.ts";
import { createDynamoDB, type DynamoDB } from "./aws/dynamodb/index.ts";
import { loadCertificates } from "./aws/gateway/certificates.ts";
import { createGateway } from "./aws/gateway/index.ts";
import { listen, type Listener } from "./aws/gateway/listener.ts";
import { createSts } from "./aws/gateway/sts.ts";
import { type Credentials, createIam, type Iam } from "./aws/iam/index.ts";
import { administratorArn } from "./aws/iam/roles.ts";
import { createLambda, type Lambda } from "./aws/lambda/index.ts";
import { createEventSourceMappings } from "./aws/lambda/mappings/index.ts";
import { createRekognition } from "./aws/rekognition/index.ts";
import { createS3, type S3 } from "./aws/s3/index.ts";
import type { Log, Principal } from "./aws/service.ts";
import { createSqs, type Sqs } from "./aws/sqs/index.ts";
import { declaredOnly, evaluate, type Evaluation } from "./engine/evaluate.ts";
import { type Fault, withFaults } from "./faults.ts";
import { ACCOUNT_ID, ofType } from "./graph.ts";
import { type HeldStorage, holdStorage } from "./storage.ts";
import { type LocalUser, localUsers } from "./users.ts";

export interface CloudOptions {
  /** The program's folder. */
  readonly root: string;
  readonly stack: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Where state is kept; undefined keeps none. */
  readonly data: string | undefined;
  readonly log: Log;
  /** AWS actions that fail, for tests. */
  readonly faults?: readonly Fault[];
  /** False leaves queues and streams unread, for tests and measurements that must not be disturbed. */
  readonly mappings?: boolean;
  /** Wraps IAM, for tests that watch what is asked of it. */
  readonly watch?: (iam: Iam) => Iam;
}

/** What a client needs to know of a running cloud: the line that `npm start -- --json` prints. */
export interface Ready {
  readonly graphqlUrl: string;
  readonly graphqlTlsUrl: string;
  readonly realtimeUrl: string;
  readonly endpointUrl: string;
  readonly region: string;
  readonly accountId: string;
  readonly userPoolId: string;
  readonly userPoolClientId: string;
  readonly bucket: string;
  /** PEM file of the authority behind the TLS addresses: `NODE_EXTRA_CA_CERTS`. */
  readonly caFile: string;
  /** By the role's name in the program; `administrator` may do everything, as you may on your own account. */
  readonly roles: Readonly<Record<string, Credentials & { readonly arn: string }>>;
  readonly users: readonly (LocalUser & { readonly sub: string })[];
}

export interface Cloud {
  readonly ready: Ready;
  /** Resources that have no life here: log groups, alarms. */
  readonly declaredOnly: readonly string[];
  /** Settles when no event waits to be handed on. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** What runs, in the order in which it was started; stopped in the other. */
type Stops = (() => unknown)[];

/**
 * Evaluates the program and boots exactly what it declares. The port is taken first, because the program's
 * outputs, and so the functions' environments, hold its addresses.
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const stops: Stops = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) {
      await end();
    }
  };
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
  const { root, stack, log } = options;
  const certificates = await loadCertificates(storage);
  const door = await openDoor(options.port, certificates);
  stops.push(() => door.listener.close());

  const { url, tlsUrl = "" } = door.listener;
  const realtimeUrl = `${url.replace("http", "ws")}/graphql/realtime`;
  const graph = await evaluate({
    root,
    stack,
    endpoints: { base: url, graphql: `${url}/graphql`, realtime: realtimeUrl },
    log,
  });
  const services = await startServices(graph, options, storage, certificates.caFile, url, stops);
  const users = localUsers(storage);
  const subs = services.cognito.seed(users);
  door.open(
    createGateway({
      iam: services.iam,
      services: [
        services.s3,
        services.dynamodb,
        services.sqs,
        services.lambda,
        services.cognito.service,
        services.rekognition,
        createSts(graph),
      ],
      region: graph.region,
      clock: Date.now,
      log,
      graphql: services.appsync.onRequest,
    }),
    services.appsync,
  );
  services.begin();
  return {
    declaredOnly: declaredOnly(graph).map(({ type, name }) => `${type} ${name}`),
    idle: services.idle,
    ready: {
      graphqlUrl: `${url}/graphql`,
      graphqlTlsUrl: `${tlsUrl}/graphql`,
      realtimeUrl,
      endpointUrl: url,
      region: graph.region,
      accountId: ACCOUNT_ID,
      userPoolId: ofType(graph, "aws:cognito/userPool:UserPool")[0]?.id ?? "",
      userPoolClientId: ofType(graph, "aws:cognito/userPoolClient:UserPoolClient")[0]?.id ?? "",
      bucket: ofType(graph, "aws:s3/bucket:Bucket")[0]?.id ?? "",
      caFile: certificates.caFile,
      roles: rolesOf(graph, services.iam),
      users: users.map((user) => ({ ...user, sub: subs.get(user.username) ?? "" })),
    },
  };
}

interface Door {
  readonly listener: Listener;
  /** From here on requests are answered; before, they are told to come again. */
  open(gateway: RequestListener, appsync: AppSync): void;
}

async function openDoor(port: number, tls: { key: string; cert: string }): Promise<Door> {
  let gateway: RequestListener = (_, response) => response.writeHead(503, { "retry-after": "1" }).end();
  let appsync: AppSync | undefined;
  const listener = await listen({
    port,
    tls,
    onRequest: (request, response) => gateway(request, response),
    onUpgrade: (request, socket, head) =>
      appsync ? appsync.onUpgrade(request, socket, head) : socket.destroy(),
  });
  return {
    listener,
    open(opened, api) {
      gateway = opened;
      appsync = api;
    },
  };
}

interface Services {
  readonly iam: Iam;
  readonly cognito: Cognito;
  readonly dynamodb: DynamoDB;
  readonly sqs: Sqs;
  readonly s3: S3;
  readonly lambda: Lambda;
  readonly rekognition: ReturnType<typeof createRekognition>;
  readonly appsync: AppSync;
  /** Starts to hand events on, those of the last run first. */
  begin(): void;
  idle(): Promise<void>;
}

async function startServices(
  graph: Evaluation,
  options: CloudOptions,
  storage: HeldStorage,
  caFile: string,
  endpoint: string,
  stops: Stops,
): Promise<Services> {
  const { log, watch = (watched: Iam) => watched } = options;
  const { region } = graph;
  const iam = watch(withFaults(createIam(graph, storage), options.faults ?? []));
  const common = { graph, iam, region, accountId: ACCOUNT_ID, clock: Date.now, log };
  const own = (service: string) => ({
    ...common,
    storage: { ...storage, folder: join(storage.folder, service) },
  });

  const cognito = await createCognito({ ...own("cognito"), endpoint: () => endpoint });
  stops.push(() => cognito.stop());
  const dynamodb = await createDynamoDB({ ...own("dynamodb"), endpoint: process.env["DYNAMODB_ENDPOINT"] });
  stops.push(() => dynamodb.stop());
  const sqs = await createSqs(own("sqs"));
  stops.push(() => sqs.stop());
  const s3 = createS3({
    ...own("s3"),
    notify: (bucketArn, queueArn, body) => sqs.deliver(s3Service, queueArn, body, bucketArn),
  });
  stops.push(() => s3.close());
  const rekognition = createRekognition({
    ...common,
    s3Reader: (principal, bucket, key) => s3.read(principal, bucket, key),
  });
  const lambda = createLambda({
    ...own("lambda"),
    sqs,
    program: options.root,
    environment: () => ({ AWS_ENDPOINT_URL: endpoint }),
    caFile,
  });
  stops.push(() => lambda.stop());
  const appsync = createAppSync({ ...own("appsync"), dynamodb, lambda, verifyToken: cognito.verify });
  stops.push(() => appsync.close());
  const mappings = createEventSourceMappings({ ...own("mappings"), invoker: lambda, sqs, dynamodb });
  stops.push(() => mappings.stop());

  return {
    ...{ iam, cognito, dynamodb, sqs, s3, lambda, rekognition, appsync },
    begin() {
      lambda.start();
      s3.start();
      if (options.mappings ?? true) {
        mappings.start();
      }
    },
    async idle() {
      await s3.idle();
      await mappings.idle();
    },
  };
}

const s3Service: Principal = { kind: "service", service: "s3.amazonaws.com" };

function rolesOf(graph: Evaluation, iam: Iam): Ready["roles"] {
  const declared = ofType(graph, "aws:iam/role:Role").map(
    ({ name, outputs: { arn } }) => [name, arn] as const,
  );
  const roles = [...declared, ["administrator", administratorArn] as const];
  return Object.fromEntries(roles.map(([name, arn]) => [name, { arn, ...iam.credentials(arn) }]));
}
