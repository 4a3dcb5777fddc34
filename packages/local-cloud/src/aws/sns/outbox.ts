import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { transaction } from "../database.ts";
import { DeliveryStore } from "../delivery-store.ts";
import { deduplicationMs, sequenceNumber } from "../fifo.ts";
import type { Storage } from "../../base/service.ts";

/** The delivery of a notification to one subscription. */
export interface Delivery {
  readonly id: number;
  readonly subscriptionArn: string;
  /** JSON of `Notification`. */
  readonly notification: string;
  /** Of a FIFO topic: deliveries of one lane run one after another. */
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

const schema = `
  CREATE TABLE IF NOT EXISTS deliveries (id INTEGER PRIMARY KEY AUTOINCREMENT, subscriptionArn TEXT NOT NULL,
    notification TEXT NOT NULL, lane TEXT, attempts INTEGER NOT NULL, dueAt INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS published (id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL,
    deduplicationId TEXT NOT NULL, messageId TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS byDeduplication ON published (topic, deduplicationId);`;

/** The deliveries that are not finished, and the deduplication ids of FIFO topics. They survive a restart. */
export class Outbox extends DeliveryStore<Delivery, Statements> {
  constructor(storage: Storage) {
    super(storage, "sns", schema, prepare);
  }

  /** Stored when it returns. A repeated message makes no deliveries. */
  publish(publication: Publication, now: number): { accepted: Accepted; deliveries: readonly Delivery[] } {
    const { database, statements } = this.late.use();
    return transaction(database, () => {
      const { repeats, ...accepted } = accept(statements, publication, now);
      const { subscriptionArns, notificationOf, lane = null } = publication;
      const deliveries = (repeats ? [] : subscriptionArns).map((arn) =>
        statements.insert.get(arn, notificationOf(accepted), lane, now),
      );
      return { accepted, deliveries: deliveries as unknown as readonly Delivery[] };
    });
  }
}

type Statements = ReturnType<typeof prepare>;

function prepare(database: DatabaseSync) {
  return {
    expire: database.prepare("DELETE FROM published WHERE at <= ?"),
    known: database.prepare("SELECT id, messageId FROM published WHERE topic = ? AND deduplicationId = ?"),
    remember: database.prepare(
      "INSERT INTO published (topic, deduplicationId, messageId, at) VALUES (?, ?, ?, ?) RETURNING id",
    ),
    insert: database.prepare(
      "INSERT INTO deliveries (subscriptionArn, notification, lane, attempts, dueAt) VALUES (?, ?, ?, 0, ?) RETURNING *",
    ),
  };
}

function accept(
  { expire, known, remember }: Statements,
  { topicArn, deduplicationId }: Publication,
  now: number,
): Accepted & { readonly repeats: boolean } {
  const messageId = randomUUID();
  if (deduplicationId === undefined) {
    return { messageId, sequenceNumber: undefined, repeats: false };
  }
  expire.run(now - deduplicationMs);
  const earlier = known.get(topicArn, deduplicationId) as { id: number; messageId: string } | undefined;
  if (earlier !== undefined) {
    return { messageId: earlier.messageId, sequenceNumber: sequenceNumber(earlier.id), repeats: true };
  }
  const { id } = remember.get(topicArn, deduplicationId, messageId, now) as { id: number };
  return { messageId, sequenceNumber: sequenceNumber(id), repeats: false };
}
