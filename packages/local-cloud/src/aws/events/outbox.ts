import { openDatabase, transaction } from "../database.ts";
import type { Storage } from "../../base/service.ts";
import type { BusEvent } from "./event.ts";

/** An event on its way to a target. Times are in milliseconds since the epoch. */
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

/** What was accepted and is not yet with its target; it outlives the process. */
export function openOutbox(storage: Storage) {
  const database = openDatabase(storage, "events", schema);
  const insert = database.prepare(
    "INSERT INTO deliveries (ruleArn, targetId, event, acceptedAt, dueAt) VALUES (?, ?, ?, ?, ?) RETURNING *",
  );
  const postpone = database.prepare("UPDATE deliveries SET attempts = ?, dueAt = ? WHERE id = ?");
  const remove = database.prepare("DELETE FROM deliveries WHERE id = ?");
  const all = database.prepare("SELECT * FROM deliveries ORDER BY id");

  return {
    /** All of an event's deliveries are kept, or none. */
    add(
      event: BusEvent,
      to: readonly { readonly ruleArn: string; readonly targetId: string }[],
      now: number,
    ) {
      const text = JSON.stringify(event);
      return transaction(database, () =>
        to.map(
          ({ ruleArn, targetId }) => insert.get(ruleArn, targetId, text, now, now) as unknown as Delivery,
        ),
      );
    },
    postpone: (id: number, attempts: number, dueAt: number) => void postpone.run(attempts, dueAt, id),
    remove: (id: number) => void remove.run(id),
    all: () => all.all() as unknown as Delivery[],
    close() {
      if (database.isOpen) {
        database.close();
      }
    },
  };
}

export type Outbox = ReturnType<typeof openOutbox>;
