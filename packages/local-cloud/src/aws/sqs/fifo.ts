import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { addColumn } from "../database.ts";
import { deduplicationMs } from "../fifo.ts";
import type { Queue } from "./queues.ts";
import type { Handle, NewFifoMessage, Sent, StoredMessage } from "./model.ts";

/** Hides a message under a new receipt handle, and returns the changed message. */
type Hide = (id: number) => StoredMessage;

type Row = Pick<StoredMessage, "id" | "receives"> & { readonly visibleAt: number };

const schema = `
  CREATE INDEX IF NOT EXISTS byPosition ON messages (queue, position) WHERE position IS NOT NULL;
  CREATE INDEX IF NOT EXISTS byGroup ON messages (queue, groupId, position) WHERE position IS NOT NULL;
  CREATE TABLE IF NOT EXISTS deduplications (queue TEXT NOT NULL, scope TEXT NOT NULL, id TEXT NOT NULL,
    messageId TEXT NOT NULL, position INTEGER NOT NULL, sent INTEGER NOT NULL, PRIMARY KEY (queue, scope, id));
  CREATE TABLE IF NOT EXISTS positions (id INTEGER PRIMARY KEY AUTOINCREMENT);`;

/**
 * The messages of FIFO queues, in the table of all messages. `position` gives their order. A message gets a new
 * position each time that it enters a queue. All methods must be called inside a transaction.
 */
export class FifoStore {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: DatabaseSync) {
    addColumn(database, "messages", "position INTEGER");
    addColumn(database, "messages", "deduplicationId TEXT");
    database.exec(schema);
    this.#statements = prepare(database);
  }

  nextPosition(): number {
    const position = Number(this.#statements.next.run().lastInsertRowid);
    this.#statements.forget.run(position);
    return position;
  }

  /** A repeated deduplication id stores nothing for five minutes, and gets the answer of the first message. */
  send(queue: Queue, message: NewFifoMessage, now: number): Sent {
    const { body, attributes, trace, groupId, deduplicationId, sender } = message;
    const scope = queue.fifo?.deduplicationScope === "messageGroup" ? groupId : "";
    this.#statements.expire.run(now - deduplicationMs);
    const known = this.#statements.known.get(queue.arn, scope, deduplicationId) as Sent | undefined;
    if (known !== undefined) {
      return known;
    }
    const sent = { messageId: randomUUID(), position: this.nextPosition() };
    this.#statements.remember.run(queue.arn, scope, deduplicationId, sent.messageId, sent.position, now);
    const visibleAt = now + queue.delay * 1000;
    this.#statements.send.run(
      ...[queue.arn, sent.messageId, body, attributes, trace, groupId, sender, now, visibleAt],
      ...[sent.position, deduplicationId],
    );
    return sent;
  }

  /** Returns as many messages of one group as possible before the next group. Skips groups with a message in flight. */
  receive(queue: Queue, max: number, now: number, hide: Hide): StoredMessage[] {
    const received: StoredMessage[] = [];
    // With a visibility timeout of zero, the messages of a group that was read stay visible.
    const groups = new Set<string>();
    for (
      let group = this.#nextGroup(queue, 0, now);
      group && received.length < max;
      group = this.#nextGroup(queue, group.position, now)
    ) {
      if (groups.has(group.groupId)) {
        continue;
      }
      groups.add(group.groupId);
      const rows = this.#receivable(queue, group.groupId, max - received.length, now);
      received.push(...rows.map(({ id }) => hide(id)));
    }
    return received;
  }

  /** The messages that can leave the queue now, in their order. */
  ready(queue: Queue, max: number, now: number) {
    return this.#statements.readyAll.all(queue.arn, now, now, max) as unknown as readonly Pick<
      StoredMessage,
      "id" | "deadLetterOf"
    >[];
  }

  /** Hides the messages in flight under these handles again. Undefined if one of them has changed. */
  renew(queue: Queue, handles: readonly Handle[], now: number, timeout: number) {
    const rows = handles.map(({ receipt, visibleAt }) =>
      this.#statements.held.get(queue.arn, receipt, visibleAt, now),
    ) as unknown as (StoredMessage | undefined)[];
    const messages = rows.filter((row) => row !== undefined);
    if (messages.length < handles.length) {
      return undefined;
    }
    for (const { id } of messages) {
      this.#statements.hold.run(now + timeout * 1000, id);
    }
    return messages;
  }

  /**
   * The messages of a group that can be received now. Messages at its beginning that were received too often go to
   * the dead-letter queue. A later one ends the batch.
   */
  #receivable({ arn, redrive }: Queue, groupId: string, max: number, now: number): readonly Row[] {
    const maxReceives = redrive?.maxReceiveCount ?? Infinity;
    let rows = this.#visibleOf(arn, groupId, max, now);
    while (redrive && rows[0] !== undefined && rows[0].receives >= maxReceives) {
      this.#statements.giveUp.run(redrive.deadLetterArn, arn, this.nextPosition(), rows[0].id);
      rows = this.#visibleOf(arn, groupId, max, now);
    }
    const exhausted = rows.findIndex(({ receives }) => receives >= maxReceives);
    return exhausted < 0 ? rows : rows.slice(0, exhausted);
  }

  /** The messages at the beginning of a group, up to the first hidden one. */
  #visibleOf(queueArn: string, groupId: string, max: number, now: number): readonly Row[] {
    const rows = this.#statements.group.all(queueArn, groupId, max) as unknown as Row[];
    const hidden = rows.findIndex(({ visibleAt }) => visibleAt > now);
    return hidden < 0 ? rows : rows.slice(0, hidden);
  }

  #nextGroup(queue: Queue, after: number, now: number) {
    const group = this.#statements.ready.get(queue.arn, now, after, now);
    return group as { groupId: string; position: number } | undefined;
  }
}

/** A message waits for all messages of its group in flight, and for earlier messages of its group that are delayed. */
const unblocked = `NOT EXISTS (SELECT 1 FROM messages AS other WHERE other.queue = one.queue
  AND other.groupId = one.groupId AND other.position IS NOT NULL AND other.visibleAt > ?
  AND (other.receipt IS NOT NULL OR other.position < one.position))`;

function prepare(database: DatabaseSync) {
  return {
    next: database.prepare("INSERT INTO positions DEFAULT VALUES"),
    forget: database.prepare("DELETE FROM positions WHERE id < ?"),
    expire: database.prepare("DELETE FROM deduplications WHERE sent <= ?"),
    known: database.prepare(
      "SELECT messageId, position FROM deduplications WHERE queue = ? AND scope = ? AND id = ?",
    ),
    remember: database.prepare("INSERT INTO deduplications VALUES (?, ?, ?, ?, ?, ?)"),
    send: database.prepare(
      `INSERT INTO messages (queue, messageId, body, attributes, trace, groupId, sender, sent, visibleAt, position,
        deduplicationId) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    ready: database.prepare(
      `SELECT groupId, position FROM messages AS one WHERE queue = ? AND visibleAt <= ? AND position > ?
        AND ${unblocked} ORDER BY position LIMIT 1`,
    ),
    readyAll: database.prepare(
      `SELECT id, deadLetterOf FROM messages AS one WHERE queue = ? AND visibleAt <= ? AND position IS NOT NULL
        AND ${unblocked} ORDER BY position LIMIT ?`,
    ),
    group: database.prepare(
      `SELECT id, receives, visibleAt FROM messages WHERE queue = ? AND groupId = ? AND position IS NOT NULL
        ORDER BY position LIMIT ?`,
    ),
    giveUp: database.prepare(
      `UPDATE messages SET queue = ?, deadLetterOf = ?, position = ?, receives = 0, firstReceived = NULL,
        receipt = NULL WHERE id = ?`,
    ),
    held: database.prepare(
      "SELECT * FROM messages WHERE queue = ? AND receipt = ? AND visibleAt = ? AND visibleAt > ?",
    ),
    hold: database.prepare("UPDATE messages SET visibleAt = ? WHERE id = ?"),
  };
}
