import { AwsError } from "../../base/service.ts";
import { refused } from "./input.ts";
import type { User } from "./store.ts";

/** Throws for a user whose sign-up is already confirmed, and for a disabled user. */
export function requireUnconfirmed(user: User): void {
  requireEnabled(user);
  const { status } = user;
  if (status !== "UNCONFIRMED") {
    throw refused(`User cannot be confirmed. Current status is ${status}`);
  }
}

export function requireEnabled({ enabled }: User): void {
  if (!enabled) {
    throw refused("User is disabled.");
  }
}

/** Throws unless the user may get and use tokens. */
export function requireActive(user: User): void {
  requireEnabled(user);
  if (user.status === "UNCONFIRMED") {
    throw new AwsError("UserNotConfirmedException", "User is not confirmed.");
  }
  if (user.status === "RESET_REQUIRED") {
    throw new AwsError("PasswordResetRequiredException", "Password reset required for the user");
  }
}

export function userNotFound(): AwsError {
  return new AwsError("UserNotFoundException", "User does not exist.");
}
