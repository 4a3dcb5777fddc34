import { randomBytes } from "node:crypto";
import { type Delivery, deliveryOf } from "../../domain/callback.ts";
import { type Callbacks, type DeliveryJob, due } from "../shared/callbacks.ts";
import { addressesOf, destinationOf, type DestinationRules } from "../shared/destination.ts";

/** What AppSync asks. The caller's id comes from the token that it verified. */
export type WebhookRequest =
  | { readonly do: "register"; readonly ownerId: string; readonly url: string }
  | { readonly do: "rotateSecret"; readonly ownerId: string }
  | { readonly do: "replay"; readonly ownerId: string; readonly id: string };

/** A refusal that is the caller's, with the contract's code. */
export interface Refusal {
  readonly refused: "InvalidCallbackUrl" | "NotFound";
  readonly message: string;
}

export interface Registration {
  /** The URL as it will be called. */
  readonly url: string;
  /** Only when it was made now: it is never shown again. */
  readonly secret: string | null;
}

export interface Rotation {
  readonly secret: string;
  /** ISO 8601, or null if there was none before. */
  readonly previousValidUntil: string | null;
}

export interface Webhooks {
  readonly callbacks: Callbacks;
  readonly rules: DestinationRules;
  readonly queue: (job: DeliveryJob) => Promise<void>;
  readonly now: () => number;
}

/** How long the secret before a rotation signs too, in milliseconds: a day. */
const overlap = 86_400_000;

/** Milliseconds that a name may take to resolve. */
const resolveTimeout = 3_000;

/** What users do with their callbacks, apart from reading the log of them. */
export function answer(
  request: WebhookRequest,
  webhooks: Webhooks,
): Promise<Registration | Rotation | Delivery | Refusal> {
  switch (request.do) {
    case "register":
      return register(request.ownerId, request.url, webhooks);
    case "rotateSecret":
      return rotateSecret(request.ownerId, webhooks);
    case "replay":
      return replay(request.ownerId, request.id, webhooks);
  }
}

/** Checks a URL as each attempt will, and sees to it that its owner has a secret. */
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
  const secret = newSecret();
  const made = await callbacks.setSecret(ownerId, { secret }, undefined);
  return { url, secret: made ? secret : null };
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
  } catch {
    return undefined;
  }
}

async function rotateSecret(ownerId: string, { callbacks, now }: Webhooks): Promise<Rotation> {
  const secret = newSecret();
  const before = await callbacks.secret(ownerId);
  const previousUntil = now() + overlap;
  const next = before ? { secret, previous: before.secret, previousUntil } : { secret };
  if (!(await callbacks.setSecret(ownerId, next, before?.secret))) {
    throw new Error("Another rotation was faster");
  }
  return { secret, previousValidUntil: before ? new Date(previousUntil).toISOString() : null };
}

/** Sends a message once more, whatever became of it, under its old id. A receiver that was gone is called again. */
async function replay(ownerId: string, message: string, webhooks: Webhooks): Promise<Delivery | Refusal> {
  const { callbacks, queue, now } = webhooks;
  const id = deliveryOf(message);
  const delivery = id && (await callbacks.delivery({ ownerId, id }));
  if (!delivery) {
    return { refused: "NotFound", message: "Delivery not found" };
  }
  await callbacks.setGone(ownerId, delivery.url, false, new Date(now()).toISOString());
  const asked = await callbacks.update(delivery, {
    update:
      "SET #status = :pending, #tries = :none, #nextAttemptAt = :nextAttemptAt, #dueShard = :dueShard, #dueAt = :dueAt",
    when: "attribute_exists(#id)",
    values: { pending: "PENDING", none: 0, ...due(delivery.id, now()) },
  });
  if (!asked) {
    return { refused: "NotFound", message: "Delivery not found" };
  }
  await queue({ ownerId, id: delivery.id });
  return asked;
}

/** Standard Webhooks: 24 to 64 random bytes. */
const newSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;
