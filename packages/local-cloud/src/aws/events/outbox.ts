import type { DatabaseSync } from "node:sqlite";
import { transaction } from "../database.ts";
import { DeliveryStore } from "../delivery-store.ts";
import type { Storage } from "../../base/service.ts";
import type { BusEvent } from "./event.ts";

/** The delivery of an event to one target. Times are in milliseconds since the epoch. */
export interface Delivery {
  readonly id: number;
  readonly ruleArn: string;
  readonly targetId: string;
  readonly event: string;
  /** How often the target was called. */
  readonly attempts: number;
  readonly acceptedAt: number;
  readonly dueAt: number;
}

const schema = `
  CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, ruleArn TEXT NOT NULL, targetId TEXT NOT NULL, event TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, acceptedAt INTEGER NOT NULL, dueAt INTEGER NOT NULL) STRICT`;

/** The deliveries that are accepted and not finished. They survive a restart. */
export class Outbox extends DeliveryStore<Delivery, ReturnType<typeof prepare>> {
  constructor(storage: Storage) {
    super(storage, "events", schema, prepare);
  }

  /** Stores all deliveries of an event, or none. */
  add(
    event: BusEvent,
    to: readonly { readonly ruleArn: string; readonly targetId: string }[],
    now: number,
  ): readonly Delivery[] {
    if (to.length === 0) {
      return [];
    }
    const { database, statements } = this.late.use();
    const text = JSON.stringify(event);
    return transaction(database, () =>
      to.map(
        ({ ruleArn, targetId }) =>
          statements.insert.get(ruleArn, targetId, text, now, now) as unknown as Delivery,
      ),
    );
  }
}

function prepare(database: DatabaseSync) {
  return {
    insert: database.prepare(
      "INSERT INTO deliveries (ruleArn, targetId, event, acceptedAt, dueAt) VALUES (?, ?, ?, ?, ?) RETURNING *",
    ),
  };
}
