import { randomBytes } from "node:crypto";
import { isShown } from "../../domain/asset.ts";
import { type Delivery, deliveryOf } from "../../domain/callback.ts";
import type {
  DeliveryJob,
  Refusal,
  Registration,
  Rotation,
  Shown,
  WebhookAnswers,
  WebhookRequest,
} from "../../domain/messages.ts";
import type { Assets } from "../shared/assets.ts";
import { type Callbacks, due, mostAttempts } from "../shared/callbacks.ts";
import {
  addressesOf,
  destinationOf,
  type DestinationRules,
  RefusedDestination,
} from "../shared/destination.ts";

export interface Webhooks {
  readonly callbacks: Callbacks;
  readonly assets: Pick<Assets, "get">;
  readonly rules: DestinationRules;
  readonly queue: (job: DeliveryJob) => Promise<void>;
  readonly now: () => number;
}

/** How long the secret before a rotation signs too, in milliseconds: a day. */
const overlap = 86_400_000;

/** Secrets that sign beside the present one: no more fit into a header that receivers take. */
const mostPrevious = 5;

/** A rotation is lost only to another that succeeds, and at most `mostPrevious` + 2 succeed within a day. */
const mostRotations = mostPrevious + 3;

/** Milliseconds that a name may take to resolve. */
const resolveTimeout = 3_000;

/** Requests of users about their callbacks, except reading the log. */
export function answer(
  request: WebhookRequest,
  webhooks: Webhooks,
): Promise<WebhookAnswers[WebhookRequest["do"]] | Refusal> {
  switch (request.do) {
    case "register":
      return register(request.ownerId, request.url, webhooks);
    case "showSecret":
      return showSecret(request.ownerId, request.assetId, webhooks);
    case "rotateSecret":
      return rotateSecret(request.ownerId, webhooks);
    case "replay":
      return replay(request.ownerId, request.id, webhooks);
  }
}

/**
 * Checks a URL as each attempt will, and sees to it that its owner has a secret before any row asks for callbacks. It is
 * not shown here: what the owner asked for may still fail.
 */
async function register(
  ownerId: string,
  text: string,
  { callbacks, rules }: Webhooks,
): Promise<Registration | Refusal> {
  const url = await checked(text, rules);
  if (!url) {
    return {
      refused: "InvalidCallbackUrl",
      // One message for all: which names resolve, and to what, is not the caller's business.
      message: "callbackUrl: must be an https URL on port 443, without credentials, of a public host name",
    };
  }
  const present = await callbacks.secret(ownerId);
  if (!present) {
    await callbacks.setSecret(ownerId, { secret: newSecret(), previous: [], unseen: true }, undefined);
  }
  return { url, unseen: present?.unseen ?? !present };
}

/**
 * Shows the secret with one asset, once all else has been done. The same reservation shows it again, so that an answer
 * that was lost on its way can be asked for once more; no other does.
 */
async function showSecret(ownerId: string, assetId: string, { callbacks }: Webhooks): Promise<Shown> {
  const shown = await callbacks.showSecret(ownerId, assetId);
  return { secret: shown?.secret ?? null };
}

async function checked(text: string, rules: DestinationRules): Promise<string | undefined> {
  const late = AbortSignal.timeout(resolveTimeout);
  try {
    const destination = destinationOf(text, rules);
    await Promise.race([
      addressesOf(destination, rules),
      new Promise((_, reject) => late.addEventListener("abort", () => reject(new Error("Too slow")))),
    ]);
    return destination.url.href;
  } catch (error) {
    if (error instanceof RefusedDestination || isUnknownName(error)) {
      return undefined;
    }
    // A fault of the name server is temporary: an InvalidCallbackUrl answer would make the user give up.
    throw error;
  }
}

const isUnknownName = (error: unknown): boolean =>
  ["ENOTFOUND", "ENODATA"].includes((error as NodeJS.ErrnoException).code ?? "");

/** Concurrent rotations run one after another: if the secret has changed, the rotation starts again from the new one. */
async function rotateSecret(ownerId: string, { callbacks, now }: Webhooks): Promise<Rotation | Refusal> {
  for (let attempt = 0; attempt < mostRotations; attempt += 1) {
    const secret = newSecret();
    const before = await callbacks.secret(ownerId);
    const previousUntil = now() + overlap;
    const kept = (before?.previous ?? []).filter(({ until }) => until > now());
    const previous = before ? [...kept, { secret: before.secret, until: previousUntil }] : [];
    if (previous.length > mostPrevious) {
      return { refused: "Conflict", message: "The secret was rotated too often within a day; try tomorrow" };
    }
    if (await callbacks.setSecret(ownerId, { secret, previous }, before?.secret)) {
      return { secret, previousValidUntil: before ? new Date(previousUntil).toISOString() : null };
    }
  }
  return { refused: "Conflict", message: "The secret is being rotated by others; try again" };
}

/**
 * Sends a message once more, whatever became of it, under its old id. A receiver that was gone is called again. What a
 * message says of an asset is as hidden as the asset: it is not found while that is deleted.
 */
async function replay(ownerId: string, message: string, webhooks: Webhooks): Promise<Delivery | Refusal> {
  const { assets, callbacks, queue, now } = webhooks;
  const id = deliveryOf(message);
  const delivery = id ? await callbacks.delivery({ ownerId, id }) : undefined;
  const asset = delivery && (await assets.get({ ownerId, id: delivery.assetId }));
  if (!delivery || !isShown(asset)) {
    return { refused: "NotFound", message: "Delivery not found" };
  }
  if (isRunning(delivery, now())) {
    return delivery;
  }
  const receiver = await callbacks.receiver(ownerId, delivery.url);
  if (receiver?.gone) {
    await callbacks.setReceiver(ownerId, { ...receiver, gone: false });
  }
  const asked = await callbacks.update(delivery, {
    update: [
      "SET #status = :pending, #replayed = :replayed, #tries = :none, #attempts = :attempts",
      "#nextAttemptAt = :nextAttemptAt, #dueShard = :dueShard, #dueAt = :dueAt",
    ].join(", "),
    when: "#nextAttemptAt = :seen",
    values: {
      ...{ pending: "PENDING", replayed: true, none: 0, seen: delivery.nextAttemptAt },
      attempts: delivery.attempts.slice(-mostAttempts),
      ...due(delivery.id, now()),
    },
  });
  await queue({ ownerId, id: delivery.id });
  // Otherwise an attempt has begun this moment, which is what was asked for.
  return asked ?? delivery;
}

/** An attempt is under way: its lease has not run out, and it has no result. */
const isRunning = ({ status, nextAttemptAt, attempts }: Delivery, now: number): boolean =>
  status === "PENDING" &&
  nextAttemptAt > now &&
  attempts.length > 0 &&
  attempts[attempts.length - 1]?.succeeded === undefined;

/** Standard Webhooks: 24 to 64 random bytes. */
const newSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;
