import { AwsError, type Principal } from "../../base/service.ts";
import type { Access } from "./access.ts";
import { api, type EngineClient, type Item } from "./client.ts";
import type { History, SystemBackup } from "./history.ts";
import { provision } from "./provision.ts";
import type { Registry } from "./registry.ts";
import { refuseTarget, restoredDefinition, timeOf, writeAll } from "./restore.ts";
import { type Place, type Table, tableArn, tableOf, type TableDefinition } from "./tables.ts";

export const backupOperations: ReadonlySet<string> = new Set([
  ...["DescribeContinuousBackups", "RestoreTableToPointInTime"],
  ...["DeleteTable", "ListBackups", "RestoreTableFromBackup"],
]);

export interface BackupsOptions {
  readonly client: EngineClient;
  readonly registry: Registry;
  readonly access: Access;
  /** Undefined for an engine that was not started here. */
  readonly history: History | undefined;
  readonly place: Place;
}

/** Restoring needs these on the new table: DynamoDB writes it as the caller. */
const onTarget = ["BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"];

/**
 * Point-in-time recovery, the deletion of tables, and the backups that DynamoDB keeps of deleted ones.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html
 */
export class Backups {
  readonly #options: BackupsOptions;

  constructor(options: BackupsOptions) {
    this.#options = options;
  }

  run(principal: Principal, operation: string, input: Item): Promise<Record<string, unknown>> {
    switch (operation) {
      case "DescribeContinuousBackups":
        return Promise.resolve(this.#describe(principal, input));
      case "RestoreTableToPointInTime":
        return this.#restoreToTime(principal, input);
      case "RestoreTableFromBackup":
        return this.#restoreBackup(principal, input);
      case "DeleteTable":
        return this.#delete(principal, input);
      default:
        return Promise.resolve(this.#list(principal, input));
    }
  }

  #describe(principal: Principal, input: Item) {
    const table = this.#table(principal, "DescribeContinuousBackups", input["TableName"]);
    const since = this.#since(table);
    const recovery =
      since === undefined
        ? { PointInTimeRecoveryStatus: "DISABLED" }
        : {
            PointInTimeRecoveryStatus: "ENABLED",
            RecoveryPeriodInDays: 35,
            EarliestRestorableDateTime: since / 1000,
            LatestRestorableDateTime: Date.now() / 1000,
          };
    return {
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: "ENABLED",
        PointInTimeRecoveryDescription: recovery,
      },
    };
  }

  async #restoreToTime(principal: Principal, input: Item) {
    const { access, registry } = this.#options;
    const { SourceTableName, SourceTableArn } = input;
    const given = String(SourceTableName ?? SourceTableArn);
    const name = given.split("/").at(-1) ?? "";
    access.authorizeTable(principal, { action: "RestoreTableToPointInTime", tableName: given, context: {} });
    const source = registry.find(name);
    if (source === undefined) {
      throw new AwsError("TableNotFoundException", `Table not found: ${name}`);
    }
    const since = this.#since(source);
    if (since === undefined) {
      throw new AwsError(
        "PointInTimeRecoveryUnavailableException",
        `Point in time recovery is not enabled for table '${name}'`,
      );
    }
    const at = timeOf(input, since);
    return this.#restore(principal, input, source.definition, () => this.#history().itemsAt(name, at));
  }

  #restoreBackup(principal: Principal, input: Item) {
    const arn = String(input["BackupArn"]);
    this.#options.access.authorize(principal, "RestoreTableFromBackup", arn);
    const backup = this.#history()
      .backups()
      .find((one) => this.#arnOf(one) === arn);
    if (backup === undefined) {
      throw new AwsError("BackupNotFoundException", `Backup not found: ${arn}`);
    }
    return this.#restore(principal, input, backup.definition, () => this.#history().itemsOf(backup));
  }

  /** Makes the new table. It has neither stream nor TTL nor point-in-time recovery, as on AWS. */
  async #restore(
    principal: Principal,
    input: Item,
    source: TableDefinition,
    items: () => Iterable<Item>,
  ): Promise<Record<string, unknown>> {
    const { access, client, registry, place } = this.#options;
    const tableName = String(input["TargetTableName"]);
    refuseTarget(input, tableName);
    for (const action of onTarget) {
      access.authorizeTable(principal, { action, tableName, context: {} });
    }
    if (registry.find(tableName) !== undefined) {
      throw new AwsError("TableAlreadyExistsException", `Table already exists: ${tableName}`);
    }
    const definition = restoredDefinition(source, tableName, input);
    const table = tableOf(definition, place);
    const names = await provision(client, table);
    await writeAll(client, tableName, items());
    registry.add(table, names);
    const { Table } = await client.send(api, "DescribeTable", { TableName: tableName });
    return {
      TableDescription: { ...(Table as object), TableArn: table.arn, TableStatus: "CREATING" },
    };
  }

  async #delete(principal: Principal, input: Item) {
    const { client, registry, history } = this.#options;
    const table = this.#table(principal, "DeleteTable", input["TableName"]);
    if (table.deletionProtection) {
      throw new AwsError(
        "ValidationException",
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
      );
    }
    registry.remove(table);
    if (this.#since(table) !== undefined) {
      history?.keep(table.name, table.definition);
    }
    const { TableDescription } = await client.send(api, "DeleteTable", { TableName: table.name });
    return {
      TableDescription: { ...(TableDescription as object), TableArn: table.arn, TableStatus: "DELETING" },
    };
  }

  #list(principal: Principal, input: Item) {
    this.#options.access.authorize(principal, "ListBackups", "*");
    const { TableName, BackupType = "USER" } = input;
    // Backups on demand are not made here.
    const found = BackupType === "USER" ? [] : (this.#options.history?.backups() ?? []);
    return {
      BackupSummaries: found
        .filter(({ tableName }) => TableName === undefined || tableName === TableName)
        .map((backup) => ({
          TableName: backup.tableName,
          TableArn: tableArn(this.#options.place, backup.tableName),
          BackupArn: this.#arnOf(backup),
          BackupName: `${backup.tableName}$DeletedTableBackup`,
          BackupCreationDateTime: backup.at / 1000,
          BackupStatus: "AVAILABLE",
          BackupType: "SYSTEM",
        })),
    };
  }

  #table(principal: Principal, action: string, name: unknown): Table {
    const { access, registry } = this.#options;
    access.authorizeTable(principal, { action, tableName: String(name), context: {} });
    return registry.get(String(name));
  }

  #since(table: Table): number | undefined {
    return table.pointInTimeRecovery ? this.#options.history?.since(table.name) : undefined;
  }

  #history(): History {
    const { history } = this.#options;
    if (history === undefined) {
      throw new AwsError("UnsupportedOperation", "The engine at DYNAMODB_ENDPOINT keeps no backups.");
    }
    return history;
  }

  readonly #arnOf = ({ tableName, name }: SystemBackup): string =>
    `${tableArn(this.#options.place, tableName)}/backup/${name}`;
}
