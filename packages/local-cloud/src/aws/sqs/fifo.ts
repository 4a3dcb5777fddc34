import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { addColumn } from "../database.ts";
import type { Queue } from "./queues.ts";
import type { Handle, NewFifoMessage, Sent, StoredMessage } from "./model.ts";

/** Makes a message invisible under a new receipt handle, and returns it as it is then. */
type Hide = (id: number) => StoredMessage;

type Row = Pick<StoredMessage, "id" | "receives"> & { readonly visibleAt: number };

/** How long SQS remembers a deduplication id, in milliseconds. */
const remembered = 300_000;

const schema = `
  CREATE INDEX IF NOT EXISTS byPosition ON messages (queue, position) WHERE position IS NOT NULL;
  CREATE INDEX IF NOT EXISTS byGroup ON messages (queue, groupId, position) WHERE position IS NOT NULL;
  CREATE TABLE IF NOT EXISTS deduplications (queue TEXT NOT NULL, scope TEXT NOT NULL, id TEXT NOT NULL,
    messageId TEXT NOT NULL, position INTEGER NOT NULL, sent INTEGER NOT NULL, PRIMARY KEY (queue, scope, id));
  CREATE TABLE IF NOT EXISTS positions (id INTEGER PRIMARY KEY AUTOINCREMENT);`;

/** 20 digits, as AWS writes them: text and number have the same order. */
export const sequenceNumber = (position: number): string => (10n ** 19n + BigInt(position)).toString();

/**
 * The messages of FIFO queues, in the table of all messages. Their order is that of `position`, which is new each
 * time that a message enters a queue. Call inside of a transaction.
 */
export function openFifo(database: DatabaseSync) {
  addColumn(database, "messages", "position INTEGER");
  addColumn(database, "messages", "deduplicationId TEXT");
  database.exec(schema);
  const statements = prepare(database);

  const nextPosition = (): number => {
    const position = Number(statements.next.run().lastInsertRowid);
    statements.forget.run(position);
    return position;
  };

  /** The messages of one group from its first, as far as they are visible. */
  const readyOf = (queue: Queue, groupId: string, most: number, now: number): readonly Row[] => {
    const rows = statements.group.all(queue.arn, groupId, most) as unknown as Row[];
    const hidden = rows.findIndex(({ visibleAt }) => visibleAt > now);
    return hidden < 0 ? rows : rows.slice(0, hidden);
  };

  const nextGroup = (queue: Queue, after: number, now: number) =>
    statements.ready.get(queue.arn, now, after, now) as { groupId: string; position: number } | undefined;

  const toDeadLetters = (queueArn: string, deadLetterOf: string, id: number): void => {
    statements.giveUp.run(queueArn, deadLetterOf, nextPosition(), id);
  };

  return {
    nextPosition,

    /** A message that repeats one of the last five minutes is not stored: the answer is that of the first. */
    send(queue: Queue, message: NewFifoMessage, now: number): Sent {
      const { body, attributes, trace, groupId, deduplicationId, sender } = message;
      const scope = queue.fifo?.deduplicationScope === "messageGroup" ? groupId : "";
      statements.expire.run(now - remembered);
      const known = statements.known.get(queue.arn, scope, deduplicationId) as Sent | undefined;
      if (known !== undefined) {
        return known;
      }
      const sent = { messageId: randomUUID(), position: nextPosition() };
      statements.remember.run(queue.arn, scope, deduplicationId, sent.messageId, sent.position, now);
      const visibleAt = now + queue.delay * 1000;
      statements.send.run(
        ...[queue.arn, sent.messageId, body, attributes, trace, groupId, sender, now, visibleAt],
        ...[sent.position, deduplicationId],
      );
      return sent;
    },

    /**
     * Hands out as many messages of one group as there are before it goes on to the next. A group with a message in
     * flight has none. What was received too often goes to the dead-letter queue, and the group goes on.
     */
    receive(queue: Queue, most: number, now: number, hide: Hide): StoredMessage[] {
      const received: StoredMessage[] = [];
      // A visibility timeout of zero leaves what was handed out visible.
      const groups = new Set<string>();
      for (
        let group = nextGroup(queue, 0, now);
        group && received.length < most;
        group = nextGroup(queue, group.position, now)
      ) {
        if (groups.has(group.groupId)) {
          continue;
        }
        groups.add(group.groupId);
        const { redrive } = queue;
        let rows = readyOf(queue, group.groupId, most - received.length, now);
        while (redrive && (rows[0]?.receives ?? 0) >= redrive.maxReceiveCount) {
          toDeadLetters(redrive.deadLetterArn, queue.arn, rows[0]?.id ?? 0);
          rows = readyOf(queue, group.groupId, most - received.length, now);
        }
        const spent = rows.findIndex(({ receives }) => receives >= (redrive?.maxReceiveCount ?? Infinity));
        received.push(...(spent < 0 ? rows : rows.slice(0, spent)).map(({ id }) => hide(id)));
      }
      return received;
    },

    /** The ids of messages that can leave the queue now, in their order. */
    ready(queue: Queue, most: number, now: number) {
      return statements.readyAll.all(queue.arn, now, now, most) as unknown as readonly Pick<
        StoredMessage,
        "id" | "deadLetterOf"
      >[];
    },

    /** The messages in flight under these handles, hidden anew; undefined if one of them is not as it was. */
    renew(queue: Queue, handles: readonly Handle[], now: number, timeout: number) {
      const rows = handles.map(({ receipt, visibleAt }) =>
        statements.held.get(queue.arn, receipt, visibleAt, now),
      ) as unknown as (StoredMessage | undefined)[];
      const messages = rows.filter((row) => row !== undefined);
      if (messages.length < handles.length) {
        return undefined;
      }
      for (const { id } of messages) {
        statements.hold.run(now + timeout * 1000, id);
      }
      return messages;
    },
  };
}

/** A message waits for those of its group that are in flight, or that are delayed and before it. */
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
