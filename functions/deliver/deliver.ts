import { isShown } from "../../domain/asset.ts";
import { type Delivery, type DeliveryStatus, messageId } from "../../domain/callback.ts";
import type { DeliveryJob } from "../../domain/messages.ts";
import type { Assets } from "../shared/assets.ts";
import { type Callbacks, due, mostAttempts } from "../shared/callbacks.ts";
import { mostTries, waitAfter } from "./schedule.ts";
import { signedHeaders } from "./sign.ts";

export interface Message {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A receiver's answer: the HTTP status, or 0 if it could not be reached. */
export interface Answer {
  readonly status: number;
  /** Seconds, from Retry-After. */
  readonly retryAfter?: number | undefined;
}

export interface Delivering {
  readonly callbacks: Callbacks;
  readonly assets: Pick<Assets, "get">;
  /** Never throws: an unreachable receiver is status 0. */
  readonly send: (message: Message) => Promise<Answer>;
  /** Puts a job on the queue, to be received after so many seconds, 900 at most. */
  readonly queue: (job: DeliveryJob, seconds: number) => Promise<void>;
  /** Sends a job to the dead-letter queue. */
  readonly sendToDeadLetters: (job: DeliveryJob) => Promise<void>;
  readonly now: () => number;
  /** 0 to 1, for the jitter. */
  readonly random: () => number;
}

export type Outcome = "delivered" | "put off" | "failed" | "receiver gone" | "not due" | "withheld";

/** Milliseconds that an attempt excludes others: longer than `send` may take. */
const lease = 30_000;

/** How far the clocks of two machines may be apart (milliseconds): what is due by one must be by the other. */
const skew = 1000;

/** SQS delays a message no longer than this (seconds); what waits longer is queued by the sweep. */
const longestDelay = 900;

/**
 * Makes one attempt at one delivery, if it is due. The row decides: a job that came twice, or while another attempt
 * runs, does nothing. The row is written before the queue, so that a crash between loses nothing: the sweep finds it.
 */
export async function deliver(job: DeliveryJob, delivering: Delivering): Promise<Outcome> {
  const { assets, callbacks, now, send } = delivering;
  const claimed = await claim(job, callbacks, now());
  if (!claimed) {
    return "not due";
  }
  if (claimed.tries > mostTries) {
    // Earlier attempts died without a result. They count as failures.
    return settle(claimed, { status: 0 }, delivering);
  }
  const { ownerId, url, body } = claimed;
  const [receiver, secret, hidden] = await Promise.all([
    callbacks.receiver(ownerId, url),
    callbacks.secret(ownerId),
    isHidden(claimed, assets),
  ]);
  if (receiver?.gone) {
    await conclude(withoutAttempt(claimed), "DISABLED", callbacks);
    return "receiver gone";
  }
  if (hidden) {
    await conclude(withoutAttempt(claimed), "WITHHELD", callbacks);
    return "withheld";
  }
  if (!secret) {
    throw new Error("The delivery's owner has no webhook secret");
  }
  const id = messageId(claimed.assetId, claimed.seq);
  const answer = await send({ url, body, headers: signedHeaders({ id, body, at: now(), secret }) });
  const outcome = await settle(claimed, answer, delivering);
  if (outcome === "delivered" && receiver?.failure) {
    await callbacks.setReceiver(ownerId, { url, gone: false });
  }
  return outcome;
}

function claim(job: DeliveryJob, callbacks: Callbacks, now: number): Promise<Delivery | undefined> {
  const until = now + lease;
  return callbacks.update(job, {
    update: [
      "SET #status = :pending, #attempts = list_append(#attempts, :attempt)",
      job.replay ? "#tries = :one" : "#tries = #tries + :one",
      "#nextAttemptAt = :nextAttemptAt, #dueShard = :dueShard, #dueAt = :dueAt",
      ...(job.replay ? ["#replayed = :replayed"] : []),
    ].join(", "),
    when: `#status IN (:pending${job.replay ? ", :failed" : ""}) AND #nextAttemptAt <= :now`,
    values: {
      pending: "PENDING",
      ...(job.replay && { failed: "FAILED", replayed: true }),
      now: now + skew,
      one: 1,
      attempt: [{ at: new Date(now).toISOString() }],
      ...due(job.id, until),
    },
    done: ({ nextAttemptAt }) => nextAttemptAt === until,
  });
}

async function settle(claimed: Delivery, answer: Answer, delivering: Delivering): Promise<Outcome> {
  const { callbacks, now, sendToDeadLetters } = delivering;
  const { ownerId, url, assetId, seq } = claimed;
  const failure = { at: new Date(now()).toISOString(), assetId, messageId: messageId(assetId, seq) };
  const succeeded = answer.status >= 200 && answer.status < 300;
  const settled = withResult(claimed, succeeded);
  if (succeeded) {
    await conclude(settled, "DELIVERED", callbacks);
    return "delivered";
  }
  if (answer.status === 410) {
    // Not if it was replayed meanwhile: its owner wants the receiver called again.
    if (await conclude(settled, "DISABLED", callbacks)) {
      await callbacks.setReceiver(ownerId, { url, gone: true, failure });
    }
    return "receiver gone";
  }
  const wait = waitAfter(claimed.tries, answer.retryAfter, delivering.random());
  if (wait === undefined) {
    await sendToDeadLetters({ ...jobOf(claimed), replay: true });
    // Before the row is settled: after a crash between the two the attempt is settled again.
    await callbacks.setReceiver(ownerId, { url, gone: false, failure });
    await conclude(settled, "FAILED", callbacks);
    return "failed";
  }
  await putOff(settled, wait, delivering);
  return "put off";
}

/** A due delivery is sent even if its asset was deleted since. A replay is not sent while its asset is hidden. */
async function isHidden(
  { ownerId, assetId, replayed }: Delivery,
  assets: Delivering["assets"],
): Promise<boolean> {
  return replayed === true && !isShown(await assets.get({ ownerId, id: assetId }));
}

async function putOff(
  settled: Delivery,
  seconds: number,
  { callbacks, queue, now }: Delivering,
): Promise<void> {
  const delayed = seconds <= longestDelay;
  const until = now() + Math.ceil(seconds * 1000);
  const written = await callbacks.update(settled, {
    update:
      "SET #attempts = :attempts, #nextAttemptAt = :nextAttemptAt, #dueShard = :dueShard, #dueAt = :dueAt",
    when: mine,
    values: { ...same(settled), ...due(settled.id, until, delayed) },
    done: ({ nextAttemptAt }) => nextAttemptAt === until,
  });
  if (written && delayed) {
    await queue(jobOf(settled), Math.ceil(seconds));
  }
}

/** False if the delivery was replayed meanwhile. */
async function conclude(settled: Delivery, status: DeliveryStatus, callbacks: Callbacks): Promise<boolean> {
  const written = await callbacks.update(settled, {
    update: "SET #status = :status, #attempts = :attempts REMOVE #dueShard, #dueAt",
    when: mine,
    values: { ...same(settled), status },
    done: (row) => row.status === status && row.nextAttemptAt === settled.nextAttemptAt,
  });
  return written !== undefined;
}

/** Holds if no other attempt or replay has begun since this attempt was claimed. */
const mine = "#status = :pending AND #nextAttemptAt = :lease";

const same = ({ attempts, nextAttemptAt }: Delivery) => ({
  attempts,
  lease: nextAttemptAt,
  pending: "PENDING" satisfies DeliveryStatus,
});

/** The delivery without the claimed attempt, which was not made. */
const withoutAttempt = (claimed: Delivery): Delivery => ({
  ...claimed,
  attempts: claimed.attempts.slice(0, -1),
});

const withResult = (delivery: Delivery, succeeded: boolean): Delivery => ({
  ...delivery,
  attempts: delivery.attempts
    .slice(-mostAttempts)
    .map((attempt, index, all) =>
      index < all.length - 1
        ? attempt
        : { ...attempt, succeeded, ...(!succeeded && { errorCode: "DeliveryFailed" as const }) },
    ),
});

const jobOf = ({ ownerId, id }: Delivery): DeliveryJob => ({ ownerId, id });
