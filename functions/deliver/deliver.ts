import { isShown } from "../../domain/asset.ts";
import { type Delivery, type DeliveryAttempt, messageId } from "../../domain/callback.ts";
import { type ErasureRow, isErasing } from "../../domain/erasure.ts";
import type { DeliveryJob } from "../../domain/messages.ts";
import type { Assets } from "../shared/assets.ts";
import type { Callbacks } from "../shared/callbacks.ts";
import type { CallBudget } from "./budget.ts";
import { maxTries, waitAfter } from "./schedule.ts";
import { signedHeaders } from "./sign.ts";

export interface Message {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A receiver's answer. */
export interface Answer {
  /** HTTP status, or 0 if the receiver could not be reached. */
  readonly status: number;
  /** Seconds, from Retry-After. */
  readonly retryAfter?: number | undefined;
}

export interface Delivering {
  readonly callbacks: Callbacks;
  readonly assets: Pick<Assets, "get">;
  readonly budget: CallBudget;
  readonly erasure: (ownerId: string) => Promise<Pick<ErasureRow, "status"> | undefined>;
  /** Never throws. An unreachable receiver gives status 0. */
  readonly send: (message: Message) => Promise<Answer>;
  /** Queues a job with a delay of up to 900 seconds. */
  readonly queue: (job: DeliveryJob, seconds: number) => Promise<void>;
  readonly now: () => number;
  /** 0 to 1, for the jitter. */
  readonly random: () => number;
}

export type Outcome =
  "delivered" | "put off" | "failed" | "receiver gone" | "not due" | "withheld" | "over the limit";

/** How long an attempt excludes others (milliseconds). Longer than `send` can take. */
const lease = 30_000;

/** The maximum delay of an SQS message (seconds). The sweep queues what waits longer. */
const maxDelay = 900;

/**
 * Makes one attempt at one delivery, if it is due. A repeated job, or one that arrives during another attempt, does
 * nothing. The row is written before the message is queued. After a crash in between, the sweep finds the row.
 */
export async function deliver(job: DeliveryJob, delivering: Delivering): Promise<Outcome> {
  const { assets, callbacks, now, send } = delivering;
  if (isErasing(await delivering.erasure(job.ownerId))) {
    // The sweep asks again, in case the erasure is cancelled.
    return "not due";
  }
  const at = now();
  const claimed = await callbacks.claim(job, at, at + lease);
  if (!claimed) {
    return "not due";
  }
  if (claimed.tries > maxTries) {
    // Earlier attempts crashed without a result. They count as failures.
    return settle(claimed, { status: 0 }, delivering);
  }
  const { ownerId, url, body } = claimed;
  const [receiver, secret, hidden] = await Promise.all([
    callbacks.receiver(ownerId, url),
    callbacks.secret(ownerId),
    isHidden(claimed, assets),
  ]);
  if (receiver?.gone) {
    await callbacks.conclude(withoutAttempt(claimed), "DISABLED");
    return "receiver gone";
  }
  if (hidden) {
    await callbacks.conclude(withoutAttempt(claimed), "WITHHELD");
    return "withheld";
  }
  if (!secret) {
    throw new Error("The delivery's owner has no webhook secret");
  }
  const until = await delivering.budget.take(claimed);
  if (until !== undefined) {
    await callbacks.postpone(withResult(claimed, "CallbackLimitExceeded"), until);
    return "over the limit";
  }
  const id = messageId(claimed.assetId, claimed.seq);
  const answer = await send({ url, body, headers: signedHeaders({ id, body, at: now(), secret }) });
  const outcome = await settle(claimed, answer, delivering);
  if (outcome === "delivered" && receiver?.failure) {
    await callbacks.setReceiver(ownerId, { url, gone: false });
  }
  return outcome;
}

async function settle(claimed: Delivery, answer: Answer, delivering: Delivering): Promise<Outcome> {
  const { callbacks, now } = delivering;
  const { ownerId, url, assetId, seq } = claimed;
  const failure = { at: new Date(now()).toISOString(), assetId, messageId: messageId(assetId, seq) };
  const succeeded = answer.status >= 200 && answer.status < 300;
  const settled = withResult(claimed, succeeded ? undefined : "DeliveryFailed");
  if (succeeded) {
    await callbacks.conclude(settled, "DELIVERED");
    return "delivered";
  }
  if (answer.status === 410) {
    // After a replay in the meantime, the receiver stays enabled: its owner wants it called again.
    if (await callbacks.conclude(settled, "DISABLED")) {
      await callbacks.setReceiver(ownerId, { url, gone: true, failure });
    }
    return "receiver gone";
  }
  const wait = waitAfter(claimed.tries, answer.retryAfter, delivering.random());
  if (wait === undefined) {
    // Its owner sees it and can replay it. It is no dead letter: an operator cannot repair a receiver.
    // Before the delivery ends: after a crash in between, this attempt is settled again.
    await callbacks.setReceiver(ownerId, { url, gone: false, failure });
    await callbacks.conclude(settled, "FAILED");
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
  const queued = seconds <= maxDelay;
  const until = now() + Math.ceil(seconds * 1000);
  if ((await callbacks.putOff(settled, until, queued)) && queued) {
    await queue(jobOf(settled), Math.ceil(seconds));
  }
}

/** The delivery without the claimed attempt, which was not made. */
const withoutAttempt = (claimed: Delivery): Delivery => ({
  ...claimed,
  attempts: claimed.attempts.slice(0, -1),
});

const withResult = (claimed: Delivery, errorCode: DeliveryAttempt["errorCode"]): Delivery => ({
  ...claimed,
  attempts: claimed.attempts.map((attempt, index, { length }) =>
    index < length - 1 ? attempt : { ...attempt, succeeded: !errorCode, ...(errorCode && { errorCode }) },
  ),
});

const jobOf = ({ ownerId, id }: Delivery): DeliveryJob => ({ ownerId, id });
