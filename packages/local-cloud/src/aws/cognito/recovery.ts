import type { AwsError } from "../../base/service.ts";
import type { Pool } from "./context.ts";
import { invalid, refused } from "./input.ts";
import type { User } from "./store.ts";

/** Throws for a user without a password of its own, and in a pool in which only administrators reset passwords. */
export function requireResettable({ settings }: Pool, { status }: User): void {
  if (status === "FORCE_CHANGE_PASSWORD") {
    throw refused("User password cannot be reset in the current state.");
  }
  if (settings.recovery.length === 0) {
    throw refused("Contact administrator to reset password.");
  }
}

/** The verified address for the code for a new password. */
export function addressForReset({ settings }: Pool, { attributes }: User): string | undefined {
  const name = settings.recovery.find((each) => attributes[`${each}_verified`] === "true");
  return (name && attributes[name]) || undefined;
}

export function noAddressForReset(): AwsError {
  return invalid(
    "Cannot reset password for the user as there is no registered/verified email or phone_number",
  );
}
