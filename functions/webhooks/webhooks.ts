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
import type { Callbacks } from "../shared/callbacks.ts";
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

/** How long a replaced secret also signs, in milliseconds: a day. */
const overlap = 86_400_000;

/** Maximum number of replaced secrets that also sign. More would make the header too long for receivers. */
const maxPrevious = 5;

/** A rotation fails only if another one succeeds, and at most `maxPrevious` + 2 succeed within a day. */
const maxRotations = maxPrevious + 3;

/** How long a name may take to resolve, in milliseconds. */
const resolveTimeout = 3_000;

/** Answers the requests of owners about their callbacks. Reading the log needs no function. */
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
 * Checks a URL in the same way as each attempt does. Creates the owner's secret if there is none. The secret is not shown
 * yet, because the rest of the request can still fail.
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
      // The same message for all reasons: the caller must not learn which names resolve, and to which addresses.
      message: "callbackUrl: must be an https URL on port 443, without credentials, of a public host name",
    };
  }
  const current = await callbacks.secret(ownerId);
  if (!current) {
    await callbacks.setSecret(ownerId, { secret: newSecret(), previous: [], unseen: true }, undefined);
  }
  return { url, unseen: current?.unseen ?? !current };
}

/**
 * Shows the secret with one asset, after everything else has succeeded. Only a repetition of the same reservation shows
 * it again, in case the first answer was lost.
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
    // An error of the name server is temporary. The user would not retry after InvalidCallbackUrl.
    throw error;
  }
}

const isUnknownName = (error: unknown): boolean =>
  ["ENOTFOUND", "ENODATA"].includes((error as NodeJS.ErrnoException).code ?? "");

/** If another rotation has changed the secret meanwhile, this one starts again from the new secret. */
async function rotateSecret(ownerId: string, { callbacks, now }: Webhooks): Promise<Rotation | Refusal> {
  for (let attempt = 0; attempt < maxRotations; attempt += 1) {
    const secret = newSecret();
    const before = await callbacks.secret(ownerId);
    const previousUntil = now() + overlap;
    const kept = (before?.previous ?? []).filter(({ until }) => until > now());
    const previous = before ? [...kept, { secret: before.secret, until: previousUntil }] : [];
    if (previous.length > maxPrevious) {
      return { refused: "Conflict", message: "The secret was rotated too often within a day; try tomorrow" };
    }
    if (await callbacks.setSecret(ownerId, { secret, previous }, before?.secret)) {
      return { secret, previousValidUntil: before ? new Date(previousUntil).toISOString() : null };
    }
  }
  return { refused: "Conflict", message: "The secret is being rotated by others; try again" };
}

/**
 * Sends a message again under the same id, whatever its status. A receiver that was gone is called again. While the asset
 * is deleted, its messages are hidden too.
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
  const replayed = await callbacks.replay(delivery, now());
  await queue({ ownerId, id: delivery.id });
  // If it was not replayed, an attempt has just started, which has the same effect.
  return replayed ?? delivery;
}

/** True while an attempt runs: its lease has not ended, and it has no result. */
const isRunning = ({ status, nextAttemptAt, attempts }: Delivery, now: number): boolean =>
  status === "PENDING" &&
  nextAttemptAt > now &&
  attempts.length > 0 &&
  attempts[attempts.length - 1]?.succeeded === undefined;

/** Standard Webhooks: 24 to 64 random bytes. */
const newSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;
