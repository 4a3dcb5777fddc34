import { AwsError, type Principal } from "../../base/service.ts";
import type { Access } from "./access.ts";
import { corrected } from "./answers.ts";
import { api, type EngineClient, type Item } from "./client.ts";
import { describeAsDeclared } from "./descriptions.ts";
import { checkStartKey } from "./key-condition.ts";
import { refusePadding } from "./lists.ts";
import type { Send } from "./metered.ts";
import { needsOf, tablesWritten } from "./needs.ts";
import { refuseMalformed } from "./refusals.ts";
import type { Registry } from "./registry.ts";

export const dataOperations: ReadonlySet<string> = new Set([
  ...["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"],
  ...["BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems"],
]);
export const describing: ReadonlySet<string> = new Set(["DescribeTable", "DescribeTimeToLive"]);

export interface RequestsOptions {
  readonly client: EngineClient;
  /** Sends the operations on items, and counts what they consume. */
  readonly send: Send;
  readonly registry: Registry;
  readonly access: Access;
  /** Is called after each successful write with the names of the tables written to. */
  readonly written: (tableNames: readonly string[]) => void;
}

/** The operations on tables. Their input names tables of this account and region without an ARN. */
export class Requests {
  readonly #options: RequestsOptions;

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  run(
    principal: Principal,
    operation: string,
    input: Item,
    signal?: AbortSignal,
  ): Promise<Record<string, unknown>> {
    return dataOperations.has(operation)
      ? this.#runOnItems(principal, operation, input, signal)
      : this.#describe(principal, operation, input, signal);
  }

  async #runOnItems(principal: Principal, operation: string, input: Item, signal?: AbortSignal) {
    const { client, send, access, written, registry } = this.#options;
    const needs = needsOf(operation, input, (name) => registry.find(name));
    for (const need of needs) {
      access.authorizeTable(principal, need);
    }
    for (const { tableName } of needs) {
      registry.get(tableName);
    }
    if (operation === "Query") {
      const { hashKey, indexHashKeys } = registry.get(String(input["TableName"]));
      const index = input["IndexName"];
      checkStartKey(input, typeof index === "string" ? (indexHashKeys.get(index) ?? "") : hashKey);
    }
    refuseMalformed(operation, input);
    await refusePadding(operation, input, (read) => client.send(api, "GetItem", read, signal));
    const result = await send(operation, input, signal);
    const tableNames = tablesWritten(operation, needs);
    if (tableNames.length > 0) {
      written(tableNames);
    }
    return corrected(operation, input, result);
  }

  async #describe(principal: Principal, operation: string, input: Item, signal?: AbortSignal) {
    const { client, registry, access } = this.#options;
    const tableName = String(input["TableName"]);
    if (operation === "ListTables") {
      access.authorize(principal, "ListTables", "*");
      return {
        TableNames: registry
          .tables()
          .map(({ name }) => name)
          .sort(),
      };
    }
    access.authorizeTable(principal, { action: operation, tableName, context: {} });
    if (!describing.has(operation)) {
      // The program creates tables. PartiQL statements would have to be parsed to check permissions.
      throw new AwsError("UnsupportedOperation", `${operation} is not supported by the local DynamoDB.`);
    }
    const table = registry.get(tableName);
    const result = await client.send(api, operation, input, signal);
    const engineNames = registry.namesOf(table);
    return engineNames === undefined ? result : describeAsDeclared(result, table, engineNames);
  }
}
