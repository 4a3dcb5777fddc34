import { Webhook } from "standardwebhooks";
import type { WebhookSecret } from "../shared/callbacks.ts";

interface Signing {
  readonly id: string;
  readonly body: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly secret: WebhookSecret;
}

/** Standard Webhooks' headers: by the present secret, and for a day after a rotation by the one before too. */
export function signedHeaders({ id, body, at, secret }: Signing): Record<string, string> {
  const { previous, previousUntil = 0 } = secret;
  const secrets = [secret.secret, ...(previous !== undefined && at < previousUntil ? [previous] : [])];
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at / 1000)),
    "webhook-signature": secrets.map((one) => new Webhook(one).sign(id, new Date(at), body)).join(" "),
  };
}
