import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { addColumn, openDatabase, transaction } from "../database.ts";
import type { Storage } from "../../base/service.ts";
import { FifoStore } from "./fifo.ts";
import type { Handle, NewFifoMessage, NewMessage, Sent, StoredMessage } from "./model.ts";
import type { Queue } from "./queues.ts";

type Movable = Pick<StoredMessage, "id" | "deadLetterOf">;

export interface Counts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** When the oldest message was sent. */
  readonly oldest: number | null;
}

const schema = `
  CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, messageId TEXT NOT NULL, body TEXT NOT NULL,
    attributes TEXT NOT NULL, trace TEXT, sender TEXT NOT NULL, sent INTEGER NOT NULL, visibleAt INTEGER NOT NULL,
    receives INTEGER NOT NULL DEFAULT 0, firstReceived INTEGER, receipt TEXT, deadLetterOf TEXT);
  CREATE INDEX IF NOT EXISTS byVisibility ON messages (queue, visibleAt);`;

/** A message as it is, for those who only look. */
export interface PeekedMessage {
  readonly messageId: string;
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly sent: number;
  readonly receives: number;
  readonly state: "visible" | "in flight" | "delayed";
  /** The ARN of the queue that a dead letter comes from. */
  readonly deadLetterOf: string | null;
}

/** What `move` has done. `withoutTarget`: it stopped at a message for which there is no target queue. */
export interface Moved {
  readonly count: number;
  readonly to: ReadonlySet<Queue>;
  readonly withoutTarget: boolean;
}

/**
 * The messages of all queues in SQLite. Each call is one transaction. A message is visible from `visibleAt` on. This
 * column holds the end of the delay and of the visibility timeout, so no timer has to update a message.
 */
export class Store {
  readonly #database: DatabaseSync;
  readonly #fifo: FifoStore;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(storage: Storage) {
    const database = openDatabase(storage, "sqs", schema);
    // Older data folders do not have the column.
    addColumn(database, "messages", "groupId TEXT");
    // The receivers of messages in flight ended with the last process. The messages are visible again immediately.
    database.exec("UPDATE messages SET visibleAt = 0 WHERE receipt IS NOT NULL");
    this.#fifo = new FifoStore(database);
    this.#statements = prepare(database);
    this.#database = database;
  }

  send(queue: Queue, message: NewMessage, now: number, delay: number): Sent {
    if (queue.fifo !== undefined) {
      return transaction(this.#database, () => this.#fifo.send(queue, message as NewFifoMessage, now));
    }
    const { body, attributes, trace, groupId, sender } = message;
    const messageId = randomUUID();
    const visibleAt = now + delay * 1000;
    this.#statements.send.run(queue.arn, messageId, body, attributes, trace, groupId, sender, now, visibleAt);
    return { messageId };
  }

  /** Returns visible messages and hides them. A message that was received too often goes to the dead-letter queue. */
  receive(queue: Queue, max: number, now: number, visibilityTimeout: number): StoredMessage[] {
    const hide = (id: number) =>
      this.#statements.hide.get(
        now + visibilityTimeout * 1000,
        now,
        receiptOf(id, now),
        id,
      ) as unknown as StoredMessage;
    return transaction(this.#database, () => {
      this.#expire(queue, now);
      if (queue.fifo !== undefined) {
        return this.#fifo.receive(queue, max, now, hide);
      }
      if (queue.redrive !== undefined) {
        const { deadLetterArn, maxReceiveCount } = queue.redrive;
        this.#statements.redrive.run(deadLetterArn, queue.arn, queue.arn, now, maxReceiveCount);
      }
      return this.#visible(queue, max, now).map(({ id }) => hide(id));
    });
  }

  /** Oldest first. Changes nothing. */
  peek(queue: Queue, max: number, now: number): PeekedMessage[] {
    return this.#database
      .prepare(
        `SELECT messageId, body, sent, receives, deadLetterOf,
         CASE WHEN visibleAt <= ? THEN 'visible' WHEN receipt IS NOT NULL THEN 'in flight' ELSE 'delayed' END AS state
         FROM messages WHERE queue = ? ORDER BY id LIMIT ?`,
      )
      .all(now, queue.arn, max) as unknown as PeekedMessage[];
  }

  /** Hides the messages that a FIFO queue returned under these handles again. Undefined if one has changed since. */
  renew(queue: Queue, handles: readonly Handle[], now: number, timeout: number) {
    return transaction(this.#database, () => this.#fifo.renew(queue, handles, now, timeout));
  }

  /** False if a later receive has replaced the handle. SQS answers with success, and keeps the message. */
  remove(queue: Queue, receipt: string): boolean {
    return this.#statements.remove.run(queue.arn, receipt).changes > 0;
  }

  /** Whether the message is in flight under this handle. */
  isInFlight(queue: Queue, receipt: string, now: number): boolean {
    return this.#statements.inFlight.get(queue.arn, receipt, now) !== undefined;
  }

  /** False unless the message is in flight under this handle. */
  changeVisibility(queue: Queue, receipt: string, now: number, seconds: number): boolean {
    return this.#statements.changeVisibility.run(now + seconds * 1000, queue.arn, receipt, now).changes > 0;
  }

  /** Moves visible messages, as new messages. `target` gets the ARN of the queue that a dead letter comes from. */
  move(
    source: Queue,
    target: (deadLetterOf: string | null) => Queue | undefined,
    max: number,
    now: number,
  ): Moved {
    return transaction(this.#database, () => {
      this.#expire(source, now);
      const visible =
        source.fifo === undefined ? this.#visible(source, max, now) : this.#fifo.ready(source, max, now);
      const to = new Set<Queue>();
      let count = 0;
      for (const { id, deadLetterOf } of visible) {
        const queue = target(deadLetterOf);
        if (queue === undefined) {
          return { count, to, withoutTarget: true };
        }
        const position = queue.fifo === undefined ? null : this.#fifo.nextPosition();
        this.#statements.move.run(queue.arn, randomUUID(), now, now + queue.delay * 1000, position, id);
        to.add(queue);
        count += 1;
      }
      return { count, to, withoutTarget: false };
    });
  }

  purge(queue: Queue): void {
    this.#statements.purge.run(queue.arn);
  }

  counts(queue: Queue, now: number): Counts {
    return this.#statements.counts.get(now, now, now, queue.arn) as unknown as Counts;
  }

  /** When the next hidden message becomes visible. */
  nextVisible(queue: Queue, now: number): number | undefined {
    return (this.#statements.next.get(queue.arn, now)?.["at"] as number | null) ?? undefined;
  }

  close(): void {
    if (this.#database.isOpen) {
      this.#database.close();
    }
  }

  #expire(queue: Queue, now: number): void {
    this.#statements.expire.run(queue.arn, now - queue.retention * 1000);
  }

  #visible(queue: Queue, max: number, now: number): readonly Movable[] {
    return this.#statements.visible.all(queue.arn, now, max) as unknown as Movable[];
  }
}

/** When the message was received under this handle, in milliseconds. NaN if it is not a handle of this service. */
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
        coalesce(sum(visibleAt > ? AND receipt IS NULL), 0) AS delayed, min(sent) AS oldest FROM messages WHERE queue = ?`,
    ),
    next: database.prepare("SELECT min(visibleAt) AS at FROM messages WHERE queue = ? AND visibleAt > ?"),
  };
}
