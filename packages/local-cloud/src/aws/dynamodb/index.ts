import type { Graph } from "../../base/graph.ts";
import { failJson, readJson, sendJson } from "../gateway/json.ts";
import { deniedAs } from "../iam/denied.ts";
import type { Iam } from "../iam/index.ts";
import { AwsError, type Executor, type Principal, type Service } from "../../base/service.ts";
import { type Need, needsOf, tablesWritten } from "./access.ts";
import { createClient, type EngineClient, type Item } from "./client.ts";
import type { Engine } from "./engine.ts";
import { checkStartKey } from "./key-condition.ts";
import { refusePadding } from "./lists.ts";
import { nameTables } from "./names.ts";
import { provision } from "./provision.ts";
import { refuseMalformed } from "./refusals.ts";
import { createStreams, type Names } from "./streams.ts";
import { readTables, type Table } from "./tables.ts";

export interface DynamoDBOptions {
  readonly graph: Graph;
  readonly iam: Pick<Iam, "authorize">;
  readonly region: string;
  readonly accountId: string;
  readonly engine: Engine;
}

export interface DynamoDB extends Service, Executor {
  /** Called after each successful write with the names of the tables written to; returns how to leave. */
  onWrite(listener: (tableNames: readonly string[]) => void): () => void;
  stop(): void;
}

/** DynamoDB and its streams: an engine behind IAM that holds exactly the declared tables. */
export async function createDynamoDB(options: DynamoDBOptions): Promise<DynamoDB> {
  const { graph, engine } = options;
  const client = createClient(engine.endpoint, engine.connect);
  try {
    const names = new Map<Table, Awaited<ReturnType<typeof provision>>>();
    for (const table of readTables(graph)) {
      names.set(table, await provision(client, table));
    }
    return { ...connect(options, client, names), stop: () => client.close() };
  } catch (error) {
    client.close();
    throw error;
  }
}

export const streamOperations: ReadonlySet<string> = new Set([
  "ListStreams",
  "DescribeStream",
  "GetShardIterator",
  "GetRecords",
]);
export const dataOperations: ReadonlySet<string> = new Set([
  ...["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"],
  ...["BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems"],
]);
export const describing: ReadonlySet<string> = new Set(["DescribeTable", "DescribeTimeToLive"]);

function connect(options: DynamoDBOptions, client: EngineClient, names: Names): Omit<DynamoDB, "stop"> {
  const listeners = new Set<(tableNames: readonly string[]) => void>();
  const tables = new Map([...names.keys()].map((table) => [table.name, table]));
  const streams = createStreams(client, names);
  const access = createAccess(options);

  async function data(principal: Principal, operation: string, input: Item, signal?: AbortSignal) {
    const needs = needsOf(operation, input, (name) => tables.get(name));
    for (const need of needs) {
      access.authorizeTable(principal, need);
    }
    for (const { tableName } of needs) {
      declared(tables, tableName);
    }
    if (operation === "Query") {
      const { hashKey, indexHashKeys } = declared(tables, String(input["TableName"]));
      const index = input["IndexName"];
      checkStartKey(input, typeof index === "string" ? (indexHashKeys.get(index) ?? "") : hashKey);
    }
    refuseMalformed(operation, input);
    await refusePadding(operation, input, (item) =>
      client.send("DynamoDB_20120810", "GetItem", item, signal),
    );
    const result = await client.send("DynamoDB_20120810", operation, input, signal);
    const written = tablesWritten(operation, needs);
    if (written.length > 0) {
      for (const listener of listeners) {
        listener(written);
      }
    }
    return result;
  }

  async function control(principal: Principal, operation: string, input: Item, signal?: AbortSignal) {
    const tableName = String(input["TableName"]);
    if (operation === "ListTables") {
      access.authorize(principal, "ListTables", "*");
      return { TableNames: [...tables.keys()].sort() };
    }
    access.authorizeTable(principal, { action: operation, tableName, context: {} });
    if (!describing.has(operation)) {
      throw unsupported(operation);
    }
    const table = declared(tables, tableName);
    const result = await client.send("DynamoDB_20120810", operation, input, signal);
    const engineNames = names.get(table);
    return engineNames === undefined
      ? result
      : (rename(result, table, engineNames) as Record<string, unknown>);
  }

  async function execute(principal: Principal, operation: string, asked: Item, signal?: AbortSignal) {
    const { input, answer } = nameTables(asked, options);
    if (streamOperations.has(operation)) {
      access.authorize(principal, operation, streams.resourceOf(operation, input));
      return streams.run(operation, input, signal);
    }
    const run = dataOperations.has(operation) ? data : control;
    return answer(await run(principal, operation, input, signal));
  }

  return {
    scopes: ["dynamodb"],
    execute,
    async handle(call) {
      const { target, operation, input } = await readJson(call);
      if (target !== (streamOperations.has(operation) ? "DynamoDBStreams_20120810" : "DynamoDB_20120810")) {
        throw new AwsError("UnknownOperationException", `Unknown operation ${target}.${operation}`);
      }
      sendJson(call.response, await execute(call.principal, operation, input));
    },
    fail: failJson,
    onWrite(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function createAccess({ iam, region, accountId }: DynamoDBOptions) {
  const authorize = (principal: Principal, action: string, resource: string, context: Need["context"] = {}) =>
    deniedAs("AccessDeniedException", 400, () =>
      iam.authorize({ principal, action: `dynamodb:${action}`, resource, context }),
    );
  return {
    authorize,
    authorizeTable(principal: Principal, { action, tableName, index, context }: Need) {
      // What is not a name of this account and region is the ARN of a table elsewhere.
      const table = tableName.startsWith("arn:")
        ? tableName
        : `arn:aws:dynamodb:${region}:${accountId}:table/${tableName}`;
      authorize(principal, action, index === undefined ? table : `${table}/index/${index}`, context);
    },
  };
}

function declared(tables: ReadonlyMap<string, Table>, name: string): Table {
  const table = tables.get(name);
  if (table !== undefined) {
    return table;
  }
  throw new AwsError("ResourceNotFoundException", `Requested resource not found: Table: ${name} not found`);
}

/** Tables are made by the program; PartiQL would need its statements read to know what they touch. */
function unsupported(operation: string): AwsError {
  return new AwsError("UnsupportedOperation", `${operation} is not supported by the local DynamoDB.`);
}

/** The engine has ARNs and labels of its own; what it says of a table is told under the declared ones. */
function rename(
  value: unknown,
  table: Table,
  { tableArn, streamArn }: { tableArn: string; streamArn: string | undefined },
): unknown {
  const text = (one: string) => {
    if (one === streamArn) {
      return table.streamArn;
    }
    return one === tableArn || one.startsWith(`${tableArn}/`) ? table.arn + one.slice(tableArn.length) : one;
  };
  const named: Readonly<Record<string, string | undefined>> = {
    LatestStreamLabel: table.streamLabel,
    StreamViewType: table.streamViewType,
  };
  const walk = (one: unknown): unknown => {
    if (typeof one === "string") {
      return text(one);
    }
    if (Array.isArray(one)) {
      return one.map(walk);
    }
    if (typeof one !== "object" || one === null) {
      return one;
    }
    return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, named[key] ?? walk(inner)]));
  };
  return walk(value);
}
