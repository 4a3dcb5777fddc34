import { Webhook } from "standardwebhooks";
import type { WebhookSecret } from "../shared/callbacks.ts";

interface Signing {
  readonly id: string;
  readonly body: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly secret: WebhookSecret;
}

/** The headers of Standard Webhooks. The current secret signs, and the previous ones for a day after a rotation. */
export function signedHeaders({ id, body, at, secret }: Signing): Record<string, string> {
  const valid = secret.previous.filter(({ until }) => at < until).map((one) => one.secret);
  const secrets = [secret.secret, ...valid];
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at / 1000)),
    "webhook-signature": secrets.map((one) => new Webhook(one).sign(id, new Date(at), body)).join(" "),
  };
}
