import { AwsError } from "../../base/service.ts";
import type { Context, Pool } from "./context.ts";
import { type Input, invalid } from "./input.ts";
import type { User } from "./store.ts";
import { newTotpSecret, stepOf } from "./totp.ts";

const name = "SOFTWARE_TOKEN_MFA";

const none = { secret: null, pending: null, step: 0, enabled: false, preferred: false, device: null };

/** What the user must do after the password, or undefined. A pool that requires a code ignores the user's preference. */
export function factorOf({ settings, store }: Pool, { sub }: User): typeof name | "MFA_SETUP" | undefined {
  const token = store.softwareToken(sub);
  const isRequired = settings.mfa === "ON";
  if (settings.mfa !== "OFF" && token?.secret && (isRequired || token.enabled)) {
    return name;
  }
  return isRequired ? "MFA_SETUP" : undefined;
}

/** Makes a secret for the user's app. The former one works until the new one is verified. */
export function associate(pool: Pool, { sub }: User): string {
  requireTokens(pool);
  const pending = newTotpSecret();
  pool.store.saveSoftwareToken(sub, { ...none, ...pool.store.softwareToken(sub), pending });
  return pending;
}

/** Checks the first code of the app. Throws `EnableSoftwareTokenMFAException` for a wrong one. */
export function verify(context: Context, pool: Pool, user: User, code: string, device?: string): void {
  requireTokens(pool);
  const token = pool.store.softwareToken(user.sub);
  if (!token?.pending) {
    throw invalid("User has not set up software token mfa");
  }
  const step = limited(context, pool, user, () => stepOf(token.pending ?? "", code, context.clock()));
  if (step === undefined) {
    throw new AwsError("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA");
  }
  pool.store.saveSoftwareToken(user.sub, {
    ...token,
    secret: token.pending,
    pending: null,
    step,
    device: device ?? null,
  });
}

/** Checks a code of the app, which works once. Throws `CodeMismatchException` or `ExpiredCodeException`. */
export function useCodeOfApp(context: Context, pool: Pool, user: User, code: string): void {
  const token = pool.store.softwareToken(user.sub);
  if (!token?.secret) {
    throw new AwsError(
      "SoftwareTokenMFANotFoundException",
      "Software Token MFA does not exist for the user.",
    );
  }
  const step = limited(context, pool, user, () => stepOf(token.secret ?? "", code, context.clock()));
  if (step === undefined) {
    throw new AwsError("CodeMismatchException", "Invalid code received for user");
  }
  if (step <= token.step) {
    throw new AwsError("ExpiredCodeException", "Your software token has already been used once.");
  }
  pool.store.saveSoftwareToken(user.sub, { ...token, step });
}

/** A sign-in that required a set-up makes it the user's preference. */
export function enable({ store }: Pool, { sub }: User): void {
  store.saveSoftwareToken(sub, { ...none, ...store.softwareToken(sub), enabled: true, preferred: true });
}

/** Sets what `SetUserMFAPreference` and `AdminSetUserMFAPreference` ask for. */
export function prefer({ store }: Pool, { sub }: User, input: Input): void {
  for (const other of ["SMSMfaSettings", "EmailMfaSettings", "WebAuthnMfaSettings"]) {
    if (flagsOf(input[other]).enabled) {
      throw invalid(`${other} is not supported locally`);
    }
  }
  const given = input["SoftwareTokenMfaSettings"];
  if ((given ?? undefined) === undefined) {
    return;
  }
  const { enabled, preferred } = flagsOf(given);
  const token = store.softwareToken(sub);
  if (enabled && !token?.secret) {
    throw invalid(`User has not ${token ? "verified" : "set up"} software token mfa`);
  }
  if (token) {
    store.saveSoftwareToken(sub, { ...token, enabled, preferred: enabled && preferred });
  }
}

/** For a user who is made at the start, in a pool that requires a code: an app that is set up. */
export function requiredSecret({ settings, store }: Pool, { sub }: User): string | undefined {
  const token = store.softwareToken(sub);
  if (settings.mfa !== "ON" || token?.secret) {
    return token?.secret ?? undefined;
  }
  const secret = newTotpSecret();
  store.saveSoftwareToken(sub, { ...none, secret, enabled: true, preferred: true });
  return secret;
}

/** The members of `GetUser` and `AdminGetUser`. */
export function describeFactors({ settings, store }: Pool, { sub }: User): object {
  const token = store.softwareToken(sub);
  const isOn = token?.secret && (token.enabled || settings.mfa === "ON");
  return isOn ? { UserMFASettingList: [name], ...(token.preferred && { PreferredMfaSetting: name }) } : {};
}

function flagsOf(settings: unknown): { readonly enabled: boolean; readonly preferred: boolean } {
  const { Enabled, PreferredMfa } = (settings ?? {}) as Input;
  return { enabled: Enabled === true, preferred: PreferredMfa === true };
}

function requireTokens({ settings }: Pool): void {
  if (!settings.softwareTokens) {
    const message = "Software Token MFA has not been enabled by the userPool";
    throw new AwsError("SoftwareTokenMFANotFoundException", message);
  }
}

/** Wrong codes lock as wrong passwords do. They are counted apart, because a right password ends the count of passwords. */
function limited<Result>(
  { challenges }: Context,
  { settings }: Pool,
  user: User,
  check: () => Result | undefined,
): Result | undefined {
  const who = `${settings.id}/${user.username}/code`;
  challenges.admit(who);
  const result = check();
  if (result === undefined) {
    challenges.failed(who);
  } else {
    challenges.succeeded(who);
  }
  return result;
}
