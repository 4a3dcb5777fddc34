import type { Graph } from "../../base/graph.ts";
import { type Meter, noMeter } from "../../base/meter.ts";
import { type Metrics, noMetrics } from "../../base/metrics.ts";
import { putThrottles } from "./throttles.ts";
import { failJson, readJson, sendJson } from "../gateway/json.ts";
import {
  AwsError,
  type Clock,
  type Executor,
  type Log,
  type Service,
  type Storage,
} from "../../base/service.ts";
import { type AccessOptions, createAccess } from "./access.ts";
import { backupOperations, Backups } from "./backups.ts";
import { createClient, type EngineClient } from "./client.ts";
import type { Engine } from "./engine.ts";
import { ExpiredItems } from "./expired-items.ts";
import { Expiry } from "./expiry.ts";
import { History } from "./history.ts";
import { metered } from "./metered.ts";
import { nameTables } from "./names.ts";
import { provision } from "./provision.ts";
import { Registry } from "./registry.ts";
import { Requests, type RequestsOptions } from "./requests.ts";
import { streamOperations, Streams } from "./streams.ts";
import { readTables } from "./tables.ts";

export interface DynamoDBOptions extends AccessOptions {
  readonly graph: Graph;
  readonly engine: Engine;
  /** Holds what the engine does not: which items have expired. */
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter?: Meter | undefined;
  readonly metrics?: Metrics | undefined;
  /** How often expired items are searched for. Default one minute; AWS takes up to some days. */
  readonly expiryIntervalMs?: number | undefined;
}

export interface DynamoDB extends Service, Executor {
  /** Calls `listener` after each successful write with the names of the tables written to. Returns what ends the calls. */
  onWrite(listener: (tableNames: readonly string[]) => void): () => void;
  /** Starts to delete expired items. */
  start(): void;
  stop(): Promise<void>;
}

/** DynamoDB and its streams: exactly the declared tables, held by an engine. */
export async function createDynamoDB(options: DynamoDBOptions): Promise<DynamoDB> {
  const { graph, engine } = options;
  const client = createClient(engine.endpoint, engine.connect);
  const history = engine.database === undefined ? undefined : new History(engine.database);
  try {
    const registry = new Registry();
    for (const table of readTables(graph)) {
      registry.add(table, await provision(client, table));
      if (table.pointInTimeRecovery) {
        history?.record(table.name);
      }
    }
    return createService(options, { client, registry, history });
  } catch (error) {
    client.close();
    history?.close();
    throw error;
  }
}

interface Held {
  readonly client: EngineClient;
  readonly registry: Registry;
  readonly history: History | undefined;
}

function createService(options: DynamoDBOptions, held: Held): DynamoDB {
  const { client, registry, history } = held;
  const listeners = new Set<(tableNames: readonly string[]) => void>();
  const written = (tableNames: readonly string[]) => listeners.forEach((listener) => listener(tableNames));
  const expired = new ExpiredItems(options.storage);
  const { clock, log, meter = noMeter, expiryIntervalMs: intervalMs = 60_000 } = options;
  const deleted = (tableName: string) => written([tableName]);
  const expiry = new Expiry({
    ...{ client, expired, deleted, clock, log, intervalMs },
    tables: registry.tables(),
    exists: (table) => registry.has(table),
  });
  const streams = new Streams(client, registry, expired);
  const execute = createExecute(options, streams, { ...held, written });

  return {
    scopes: ["dynamodb"],
    execute,
    async handle(call) {
      const { target, operation, input } = await readJson(call);
      if (target !== (streamOperations.has(operation) ? "DynamoDBStreams_20120810" : "DynamoDB_20120810")) {
        throw new AwsError("UnknownOperationException", `Unknown operation ${target}.${operation}`);
      }
      if (operation === "GetRecords") {
        // Event source mappings read by `execute`, for free.
        meter.count("dynamodb.streamReads", "streams");
      }
      sendJson(call.response, await execute(call.principal, operation, input));
    },
    fail: failJson,
    onWrite(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    start: () => expiry.start(),
    async stop() {
      await expiry.stop();
      client.close();
      history?.close();
      expired.close();
    },
  };
}

/** Runs an operation of a table or of a stream, by the names of the program. */
function createExecute(
  options: DynamoDBOptions,
  streams: Streams,
  tables: Held & Pick<RequestsOptions, "written">,
): DynamoDB["execute"] {
  const access = createAccess(options);
  const send = metered(tables.client, options.meter ?? noMeter);
  const requests = new Requests({ ...tables, send, access });
  const backups = new Backups({ ...tables, access, place: options });
  return async (principal, operation, given, signal) => {
    const { input, answer } = nameTables(given, options);
    if (streamOperations.has(operation)) {
      access.authorize(principal, operation, streams.resourceOf(operation, input));
      return streams.run(operation, input, signal);
    }
    if (backupOperations.has(operation)) {
      return backups.run(principal, operation, input);
    }
    try {
      return answer(await requests.run(principal, operation, input, signal));
    } catch (error) {
      putThrottles(options.metrics ?? noMetrics, operation, input, error);
      throw error;
    }
  };
}
