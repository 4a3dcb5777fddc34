import { type DynamoDBClient, ReturnValue, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { Delivery, DeliveryStatus } from "../../domain/callback.ts";
import { dueShard } from "../../domain/due.ts";
import type { DeliveryJob, RowKey } from "../../domain/messages.ts";
import type { Update } from "../../domain/update.ts";
import { type Condition, conditionalUpdate, held, heldOrDone } from "./conditional.ts";
import type { Rows } from "./rows.ts";

/** The deliveries in the callbacks table. Each change is one conditional write. Times are epoch milliseconds. */
export interface Deliveries {
  delivery(key: RowKey): Promise<Delivery | undefined>;
  /** Adds a delivery. False if it exists, because the stream can repeat an event. */
  add(delivery: Delivery): Promise<boolean>;
  /**
   * Starts an attempt, which excludes other attempts until the lease ends. A job with `replay` also starts a FAILED
   * delivery, with a new series of attempts. Undefined if the delivery is not due.
   */
  claim(job: DeliveryJob, now: number, leaseEnd: number): Promise<Delivery | undefined>;
  /**
   * Ends the claimed attempt and sets the time of the next one. `queued` says whether a message arrives at that time.
   * False if another attempt or a replay has started since.
   */
  putOff(claimed: Delivery, until: number, queued: boolean): Promise<boolean>;
  /** Ends the claimed attempt without a call. It does not count as a try. False as for `putOff`. */
  postpone(claimed: Delivery, until: number): Promise<boolean>;
  /** Ends the claimed attempt and the delivery. False if another attempt or a replay has started since. */
  conclude(claimed: Delivery, status: DeliveryStatus): Promise<boolean>;
  /** Starts a new series of attempts, whatever the status. Undefined if an attempt has started since the row was read. */
  replay(delivery: Delivery, now: number): Promise<Delivery | undefined>;
}

/** The number of attempts that a row keeps. Replays can add any number. */
const maxAttempts = 50;

/** Maximum difference between the clocks of two machines (milliseconds). */
const clockSkew = 1000;

export function deliveriesIn(client: DynamoDBClient, TableName: string, rows: Rows): Deliveries {
  const update = (
    { ownerId, id }: RowKey,
    changes: Update,
    condition: Condition,
    done: (row: Delivery) => boolean = () => false,
  ): Promise<Delivery | undefined> =>
    heldOrDone<Delivery>(
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: marshall({ ownerId, id }),
          ...conditionalUpdate(changes, condition),
          ReturnValues: ReturnValue.ALL_NEW,
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      ),
      done,
    );
  return {
    delivery: async ({ ownerId, id }) => (await rows.read(ownerId, id)) as Delivery | undefined,
    add: async (delivery) =>
      (await held(rows.put(delivery, { when: "attribute_not_exists(id)" }))) !== undefined,
    claim: (job, now, leaseEnd) =>
      update(
        job,
        {
          set: {
            status: pending,
            ...due(job.id, leaseEnd),
            ...(job.replay && { replayed: true, tries: 1 }),
          },
          append: { attempts: [{ at: new Date(now).toISOString() }] },
          increment: job.replay ? [] : ["tries"],
        },
        {
          when: `#status IN (:pending${job.replay ? ", :failed" : ""}) AND #nextAttemptAt <= :now`,
          values: { pending, ...(job.replay && { failed: "FAILED" }), now: now + clockSkew },
        },
        ({ nextAttemptAt }) => nextAttemptAt === leaseEnd,
      ),
    putOff: async (claimed, until, queued) =>
      (await update(
        claimed,
        { set: { attempts: kept(claimed), ...due(claimed.id, until, queued) } },
        stillClaimed(claimed),
        ({ nextAttemptAt }) => nextAttemptAt === until,
      )) !== undefined,
    postpone: async (claimed, until) =>
      (await update(
        claimed,
        { set: { attempts: kept(claimed), tries: claimed.tries - 1, ...due(claimed.id, until, false) } },
        stillClaimed(claimed),
        ({ nextAttemptAt }) => nextAttemptAt === until,
      )) !== undefined,
    conclude: async (claimed, status) =>
      (await update(
        claimed,
        { set: { status, attempts: kept(claimed) }, remove: ["dueShard", "dueAt"] },
        stillClaimed(claimed),
        (row) => row.status === status && row.nextAttemptAt === claimed.nextAttemptAt,
      )) !== undefined,
    replay: (delivery, now) =>
      update(
        delivery,
        {
          set: {
            ...{ status: pending, replayed: true, tries: 0, attempts: kept(delivery) },
            ...due(delivery.id, now),
          },
        },
        { when: "#nextAttemptAt = :seen", values: { seen: delivery.nextAttemptAt } },
      ),
  };
}

const pending: DeliveryStatus = "PENDING";

/** Holds if no other attempt or replay has started since the attempt was claimed. */
const stillClaimed = ({ nextAttemptAt }: Delivery): Condition => ({
  when: "#status = :pending AND #nextAttemptAt = :lease",
  values: { pending, lease: nextAttemptAt },
});

const kept = ({ attempts }: Delivery) => attempts.slice(-maxAttempts);

/** How long the sweep waits for the message of a due delivery (milliseconds). */
const grace = 120_000;

/**
 * The times of the next attempt and of the sweep's check. With a queued message the sweep checks later, in case the
 * message is lost. Without one, the sweep starts the attempt.
 */
export const due = (
  id: string,
  at: number,
  queued = true,
): Pick<Delivery, "nextAttemptAt" | "dueShard" | "dueAt"> => ({
  nextAttemptAt: at,
  dueShard: dueShard(id),
  dueAt: queued ? at + grace : at,
});
