import { createHash, randomInt } from "node:crypto";
import { AwsError } from "../../base/service.ts";
import type { Context, Pool } from "./context.ts";
import type { User } from "./store.ts";

type Purpose = "sign-up" | "forgot-password";

/** AWS's own: a day to confirm an account, an hour to reset a password. */
const lifetime: Readonly<Record<Purpose, number>> = { "sign-up": 86_400_000, "forgot-password": 3_600_000 };

/** Writes a new code to the mailbox, because no mail is sent from here. Earlier codes become invalid. */
export function sendCode(context: Context, pool: Pool, user: User, subject: Purpose, to: string): void {
  const { clock, mailbox } = context;
  const code = String(randomInt(1_000_000)).padStart(6, "0");
  const expires = clock() + lifetime[subject];
  pool.store.saveCode(user.sub, subject, { digest: digestOf(code), expires, attempts: 0 });
  const at = new Date(clock()).toISOString();
  mailbox.send({ at, userPoolId: pool.settings.id, username: user.username, to, subject, secret: code });
}

/** Checks and removes the code. Throws `CodeMismatchException`, `ExpiredCodeException` or `LimitExceededException`. */
export function useCode(
  { clock }: Context,
  { store }: Pool,
  user: User,
  purpose: Purpose,
  code: string,
): void {
  const kept = store.code(user.sub, purpose);
  if (!kept || kept.expires <= clock()) {
    throw expiredCode();
  }
  if (kept.attempts >= 5) {
    throw new AwsError("LimitExceededException", "Attempt limit exceeded, please try after some time.");
  }
  if (kept.digest !== digestOf(code)) {
    store.saveCode(user.sub, purpose, { ...kept, attempts: kept.attempts + 1 });
    throw codeMismatch();
  }
  store.deleteCode(user.sub, purpose);
}

/** Also the answer to an unknown user who sets a new password. */
export function codeMismatch(): AwsError {
  return new AwsError("CodeMismatchException", "Invalid verification code provided, please try again.");
}

/** Also the answer to an unknown user who confirms a sign-up. */
export function expiredCode(): AwsError {
  return new AwsError("ExpiredCodeException", "Invalid code provided, please request a code again.");
}

/** `a***@e***`: the destination as AWS masks it. */
export function describeDelivery(to: string) {
  const [name = "", host] = to.split("@");
  if (host === undefined) {
    return { AttributeName: "phone_number", DeliveryMedium: "SMS", Destination: `+*******${to.slice(-4)}` };
  }
  return {
    AttributeName: "email",
    DeliveryMedium: "EMAIL",
    Destination: `${name.charAt(0)}***@${host.charAt(0)}***`,
  };
}

function digestOf(code: string): string {
  return createHash("sha256").update(code).digest("hex");
}
