import { randomUUID } from "node:crypto";
import { openDatabase, transaction } from "../database.ts";
import type { Storage } from "../../base/service.ts";

/** A notification on its way to one subscription. */
export interface Delivery {
  readonly id: number;
  readonly subscriptionArn: string;
  /** JSON of `Notification`. */
  readonly notification: string;
  /** Of a FIFO topic: notifications of one group wait for one another. */
  readonly lane: string | null;
  readonly attempts: number;
  readonly dueAt: number;
}

export interface Accepted {
  readonly messageId: string;
  readonly sequenceNumber: string | undefined;
}

interface Publication {
  readonly topicArn: string;
  /** Undefined for a standard topic. */
  readonly deduplicationId: string | undefined;
  readonly lane: string | undefined;
  readonly subscriptionArns: readonly string[];
  readonly notificationOf: (accepted: Accepted) => string;
}

/** How long a FIFO topic remembers a deduplication id, in milliseconds. */
const remembered = 300_000;

const schema = `
  CREATE TABLE IF NOT EXISTS deliveries (id INTEGER PRIMARY KEY AUTOINCREMENT, subscriptionArn TEXT NOT NULL,
    notification TEXT NOT NULL, lane TEXT, attempts INTEGER NOT NULL, dueAt INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS published (id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL,
    deduplicationId TEXT NOT NULL, messageId TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS byDeduplication ON published (topic, deduplicationId);`;

/** What was published and is not delivered yet, and what FIFO topics took in the last minutes. */
export function openOutbox(storage: Storage) {
  const database = openDatabase(storage, "sns", schema);
  const expire = database.prepare("DELETE FROM published WHERE at <= ?");
  const known = database.prepare(
    "SELECT id, messageId FROM published WHERE topic = ? AND deduplicationId = ?",
  );
  const note = database.prepare(
    "INSERT INTO published (topic, deduplicationId, messageId, at) VALUES (?, ?, ?, ?) RETURNING id",
  );
  const insert = database.prepare(
    "INSERT INTO deliveries (subscriptionArn, notification, lane, attempts, dueAt) VALUES (?, ?, ?, 0, ?) RETURNING *",
  );
  const remove = database.prepare("DELETE FROM deliveries WHERE id = ?");
  const postpone = database.prepare("UPDATE deliveries SET attempts = ?, dueAt = ? WHERE id = ?");
  const all = database.prepare("SELECT * FROM deliveries ORDER BY id");

  const accept = (
    { topicArn, deduplicationId }: Publication,
    now: number,
  ): Accepted & { repeats: boolean } => {
    const messageId = randomUUID();
    if (deduplicationId === undefined) {
      return { messageId, sequenceNumber: undefined, repeats: false };
    }
    expire.run(now - remembered);
    const earlier = known.get(topicArn, deduplicationId) as { id: number; messageId: string } | undefined;
    if (earlier !== undefined) {
      return { messageId: earlier.messageId, sequenceNumber: sequence(earlier.id), repeats: true };
    }
    const { id } = note.get(topicArn, deduplicationId, messageId, now) as { id: number };
    return { messageId, sequenceNumber: sequence(id), repeats: false };
  };

  return {
    /** On disk when it returns. A repeated message makes no deliveries. */
    publish(publication: Publication, now: number): { accepted: Accepted; deliveries: readonly Delivery[] } {
      return transaction(database, () => {
        const accepted = accept(publication, now);
        const { subscriptionArns, notificationOf, lane = null } = publication;
        const deliveries = (accepted.repeats ? [] : subscriptionArns).map((arn) =>
          insert.get(arn, notificationOf(accepted), lane, now),
        );
        return { accepted, deliveries: deliveries as unknown as readonly Delivery[] };
      });
    },
    all: () => all.all() as unknown as readonly Delivery[],
    remove: (id: number) => void remove.run(id),
    postpone: (id: number, attempts: number, dueAt: number) => void postpone.run(attempts, dueAt, id),
    close() {
      if (database.isOpen) {
        database.close();
      }
    },
  };
}

export type Outbox = ReturnType<typeof openOutbox>;

const sequence = (id: number): string => (10n ** 19n + BigInt(id)).toString();
