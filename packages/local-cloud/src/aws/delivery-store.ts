import type { DatabaseSync } from "node:sqlite";
import type { Storage } from "../base/service.ts";
import { LateDatabase } from "./database.ts";

type DeliveryStatements = ReturnType<typeof prepareDeliveries>;

/**
 * The deliveries of a service that are accepted and not finished. They survive a restart. `schema` has a table
 * `deliveries` with the columns id, attempts and dueAt.
 */
export class DeliveryStore<Delivery, Statements extends object> {
  protected readonly late: LateDatabase<Statements & DeliveryStatements>;

  constructor(
    storage: Storage,
    name: string,
    schema: string,
    prepare: (database: DatabaseSync) => Statements,
  ) {
    this.late = new LateDatabase(storage, name, schema, (database) => ({
      ...prepare(database),
      ...prepareDeliveries(database),
    }));
  }

  all(): readonly Delivery[] {
    return this.late.exists ? (this.late.use().statements.all.all() as unknown as Delivery[]) : [];
  }

  postpone(id: number, attempts: number, dueAt: number): void {
    this.late.use().statements.postpone.run(attempts, dueAt, id);
  }

  remove(id: number): void {
    this.late.use().statements.remove.run(id);
  }

  close(): void {
    this.late.close();
  }
}

function prepareDeliveries(database: DatabaseSync) {
  return {
    postpone: database.prepare("UPDATE deliveries SET attempts = ?, dueAt = ? WHERE id = ?"),
    remove: database.prepare("DELETE FROM deliveries WHERE id = ?"),
    all: database.prepare("SELECT * FROM deliveries ORDER BY id"),
  };
}
