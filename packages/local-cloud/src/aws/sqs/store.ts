import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { addColumn, openDatabase, transaction } from "../database.ts";
import type { Storage } from "../../base/service.ts";
import { openFifo } from "./fifo.ts";
import type { Handle, NewFifoMessage, NewMessage, Sent, StoredMessage } from "./model.ts";
import type { Queue } from "./queues.ts";

type Movable = Pick<StoredMessage, "id" | "deadLetterOf">;

export interface Counts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

const schema = `
  CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, messageId TEXT NOT NULL, body TEXT NOT NULL,
    attributes TEXT NOT NULL, trace TEXT, sender TEXT NOT NULL, sent INTEGER NOT NULL, visibleAt INTEGER NOT NULL,
    receives INTEGER NOT NULL DEFAULT 0, firstReceived INTEGER, receipt TEXT, deadLetterOf TEXT);
  CREATE INDEX IF NOT EXISTS byVisibility ON messages (queue, visibleAt);`;

/**
 * The messages of all queues in SQLite, each call one transaction. A message is visible from `visibleAt` on: that
 * one column is delay and visibility timeout alike, so nothing has to be moved when its time comes.
 */
export function openStore(storage: Storage) {
  const database = openDatabase(storage, "sqs", schema);
  // Data folders from before messages had groups.
  addColumn(database, "messages", "groupId TEXT");
  // Whoever held a message in flight died with the process before: it need not wait for the visibility timeout.
  database.exec("UPDATE messages SET visibleAt = 0 WHERE receipt IS NOT NULL");
  const fifo = openFifo(database);
  const statements = prepare(database);
  const hide = (now: number, timeout: number) => (id: number) =>
    statements.hide.get(now + timeout * 1000, now, receiptOf(id, now), id) as unknown as StoredMessage;

  return {
    send(queue: Queue, message: NewMessage, now: number, delay: number): Sent {
      if (queue.fifo !== undefined) {
        return transaction(database, () => fifo.send(queue, message as NewFifoMessage, now));
      }
      const { body, attributes, trace, groupId, sender } = message;
      const messageId = randomUUID();
      const visibleAt = now + delay * 1000;
      statements.send.run(queue.arn, messageId, body, attributes, trace, groupId, sender, now, visibleAt);
      return { messageId };
    },

    /** Hands out what is visible, and hides it. What was received too often goes to the dead-letter queue instead. */
    receive(queue: Queue, most: number, now: number, visibilityTimeout: number): StoredMessage[] {
      return transaction(database, () => {
        statements.expire.run(queue.arn, now - queue.retention * 1000);
        if (queue.fifo !== undefined) {
          return fifo.receive(queue, most, now, hide(now, visibilityTimeout));
        }
        if (queue.redrive !== undefined) {
          const { deadLetterArn, maxReceiveCount } = queue.redrive;
          statements.redrive.run(deadLetterArn, queue.arn, queue.arn, now, maxReceiveCount);
        }
        const visible = statements.visible.all(queue.arn, now, most) as unknown as Movable[];
        return visible.map(({ id }) => hide(now, visibilityTimeout)(id));
      });
    },

    /** What a FIFO queue handed out under these handles, hidden anew; undefined if it has changed since. */
    renew(queue: Queue, handles: readonly Handle[], now: number, timeout: number) {
      return transaction(database, () => fifo.renew(queue, handles, now, timeout));
    },

    /** False for a handle that another receive has replaced: SQS takes it, and keeps the message. */
    remove(queue: Queue, receipt: string): boolean {
      return statements.remove.run(queue.arn, receipt).changes > 0;
    },

    /** Whether the message is in flight under this handle. */
    isInFlight(queue: Queue, receipt: string, now: number): boolean {
      return statements.inFlight.get(queue.arn, receipt, now) !== undefined;
    },

    /** False unless the message is in flight under this handle. */
    changeVisibility(queue: Queue, receipt: string, now: number, seconds: number): boolean {
      return statements.changeVisibility.run(now + seconds * 1000, queue.arn, receipt, now).changes > 0;
    },

    /**
     * Moves what is visible, as new messages, to where `target` says, which is told what queue gave the message up.
     * `homeless`: it stopped at a message for which there is no such queue.
     */
    move(source: Queue, target: (from: string | null) => Queue | undefined, most: number, now: number) {
      return transaction(database, () => {
        statements.expire.run(source.arn, now - source.retention * 1000);
        const visible =
          source.fifo === undefined
            ? (statements.visible.all(source.arn, now, most) as unknown as Movable[])
            : fifo.ready(source, most, now);
        const to = new Set<Queue>();
        let count = 0;
        for (const { id, deadLetterOf } of visible) {
          const queue = target(deadLetterOf);
          if (queue === undefined) {
            return { count, to, homeless: true };
          }
          const position = queue.fifo === undefined ? null : fifo.nextPosition();
          statements.move.run(queue.arn, randomUUID(), now, now + queue.delay * 1000, position, id);
          to.add(queue);
          count += 1;
        }
        return { count, to, homeless: false };
      });
    },

    purge: (queue: Queue) => void statements.purge.run(queue.arn),

    counts(queue: Queue, now: number): Counts {
      return statements.counts.get(now, now, now, queue.arn) as unknown as Counts;
    },

    /** When the next message that is hidden now becomes visible. */
    nextVisible(queue: Queue, now: number): number | undefined {
      return (statements.next.get(queue.arn, now)?.["at"] as number | null) ?? undefined;
    },

    close() {
      if (database.isOpen) {
        database.close();
      }
    },
  };
}

export type Store = ReturnType<typeof openStore>;

/** When the message was received under this handle, in milliseconds; NaN for what cannot be a handle of ours. */
export function receivedAt(receipt: string): number {
  const parts = /^\d+\.(\d+)\.[0-9a-f-]{36}$/.exec(Buffer.from(receipt, "base64url").toString());
  return Number(parts?.[1]);
}

function receiptOf(id: number, now: number): string {
  return Buffer.from(`${id}.${now}.${randomUUID()}`).toString("base64url");
}

function prepare(database: DatabaseSync) {
  return {
    send: database.prepare(
      "INSERT INTO messages (queue, messageId, body, attributes, trace, groupId, sender, sent, visibleAt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    ),
    expire: database.prepare("DELETE FROM messages WHERE queue = ? AND sent <= ?"),
    redrive: database.prepare(
      "UPDATE messages SET queue = ?, deadLetterOf = ?, receives = 0, firstReceived = NULL, receipt = NULL WHERE queue = ? AND visibleAt <= ? AND receives >= ?",
    ),
    visible: database.prepare(
      "SELECT id, deadLetterOf FROM messages WHERE queue = ? AND visibleAt <= ? ORDER BY visibleAt, id LIMIT ?",
    ),
    move: database.prepare(
      "UPDATE messages SET queue = ?, messageId = ?, sent = ?, visibleAt = ?, position = ?, receives = 0, firstReceived = NULL, receipt = NULL, deadLetterOf = NULL WHERE id = ?",
    ),
    hide: database.prepare(
      "UPDATE messages SET visibleAt = ?, receives = receives + 1, firstReceived = coalesce(firstReceived, ?), receipt = ? WHERE id = ? RETURNING *",
    ),
    remove: database.prepare("DELETE FROM messages WHERE queue = ? AND receipt = ?"),
    inFlight: database.prepare("SELECT 1 FROM messages WHERE queue = ? AND receipt = ? AND visibleAt > ?"),
    changeVisibility: database.prepare(
      "UPDATE messages SET visibleAt = ? WHERE queue = ? AND receipt = ? AND visibleAt > ?",
    ),
    purge: database.prepare("DELETE FROM messages WHERE queue = ?"),
    counts: database.prepare(
      `SELECT coalesce(sum(visibleAt <= ?), 0) AS visible, coalesce(sum(visibleAt > ? AND receipt IS NOT NULL), 0) AS inFlight,
        coalesce(sum(visibleAt > ? AND receipt IS NULL), 0) AS delayed FROM messages WHERE queue = ?`,
    ),
    next: database.prepare("SELECT min(visibleAt) AS at FROM messages WHERE queue = ? AND visibleAt > ?"),
  };
}
