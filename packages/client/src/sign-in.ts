import { createAmplifyContext } from "aws-amplify";
import { createUserPoolsTokenProvider } from "aws-amplify/adapter-core";
import * as cognito from "aws-amplify/auth";
import { DarkroomError } from "./api.ts";

/** The stack's outputs `userPoolId` and `userPoolClientId`. */
export interface UserPool {
  readonly userPoolId: string;
  readonly userPoolClientId: string;
  /** The address of Cognito unless it is that of AWS: `endpointUrl` of the local cloud. */
  readonly endpointUrl?: string | undefined;
  /** Where tokens are kept. By default `localStorage` in a browser; elsewhere they end with the process. */
  readonly storage?: Storage | undefined;
}

/** A part of the browsers' own interface, which `localStorage` and `sessionStorage` have. */
export interface Storage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface SignedInUser {
  /** The `sub` of the tokens, which is the owner's id. */
  readonly id: string;
  readonly username: string;
  readonly groups: readonly string[];
}

/**
 * What Cognito asks for next: `DONE`, `CONFIRM_SIGN_UP`, `CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED`, or with a second
 * factor `CONTINUE_SIGN_IN_WITH_TOTP_SETUP` (see `totpSetup`) and `CONFIRM_SIGN_IN_WITH_TOTP_CODE`.
 */
export type Step = cognito.SignInOutput["nextStep"]["signInStep"];

/** For an authenticator app. */
export interface TotpSetup {
  /** Base32, for an app that takes it as text. */
  readonly secret: string;
  /** `otpauth:`, for a link that opens the app, or a QR code. */
  readonly uri: string;
}

/** One user of one pool. Each method rejects with `DarkroomError`, whose `errorType` is Cognito's. */
export interface Session {
  /** Signs in by SRP: the password is not sent. A user who was signed in is signed out. */
  readonly signIn: (username: string, password: string) => Promise<Step>;
  /** Answers the step that `signIn` returned: with a new password, or a code. */
  readonly confirmSignIn: (answer: string) => Promise<Step>;
  /**
   * What the step `CONTINUE_SIGN_IN_WITH_TOTP_SETUP` needs; undefined in any other. `confirmSignIn` answers the step with
   * the app's first code. `issuer` is what the app shows beside the username.
   */
  readonly totpSetup: (issuer: string) => TotpSetup | undefined;
  /** Whether signing in needs a code of the user's app. */
  readonly hasSecondFactor: () => Promise<boolean>;
  /** Begins to set up an app of a signed-in user. The former one is asked for until `confirmSecondFactor`. */
  readonly addSecondFactor: (issuer: string) => Promise<TotpSetup>;
  /**
   * Takes the first code of the app. From then on signing in needs one. If it failed after the code was accepted, the
   * next call needs no other code.
   */
  readonly confirmSecondFactor: (code: string) => Promise<void>;
  /** Signing in needs no code any more. Cognito refuses this where a second factor is required. */
  readonly removeSecondFactor: () => Promise<void>;
  /** Forgets the tokens, and makes them worthless. */
  readonly signOut: () => Promise<void>;
  /** Cognito sends a code to the address. */
  readonly signUp: (user: { username: string; password: string; email: string }) => Promise<void>;
  readonly confirmSignUp: (username: string, code: string) => Promise<void>;
  readonly resendCode: (username: string) => Promise<void>;
  /** Cognito sends a code to the user's address. */
  readonly forgotPassword: (username: string) => Promise<void>;
  readonly resetPassword: (username: string, code: string, newPassword: string) => Promise<void>;
  /** A valid access token, for `Endpoint`. It is refreshed when it has expired. Rejects with `SignedOut`. */
  readonly token: () => Promise<string>;
  /** Undefined if nobody is signed in. */
  readonly user: () => Promise<SignedInUser | undefined>;
}

/** Sessions know nothing of each other, and nothing of Amplify's own global configuration. */
export function createSession(pool: UserPool): Session {
  const context = contextOf(pool);
  const tokens = async () => (await context.fetchAuthSession()).tokens;
  const signOut = () => cognito.signOut(context);
  let next: cognito.SignInOutput["nextStep"] | undefined;
  let isVerified = false;
  const stepOf = ({ nextStep }: cognito.SignInOutput): Step => {
    next = nextStep;
    return nextStep.signInStep;
  };
  return {
    signIn: (username, password) =>
      named(async () => {
        if (await tokens()) {
          await signOut();
        }
        next = undefined;
        return stepOf(await cognito.signIn(context, { username, password }));
      }),
    confirmSignIn: (challengeResponse) =>
      named(async () => stepOf(await cognito.confirmSignIn(context, { challengeResponse }))),
    totpSetup: (issuer) => setupOf(next, issuer),
    hasSecondFactor: () =>
      named(async () => ((await cognito.fetchMFAPreference(context)).enabled ?? []).includes("TOTP")),
    addSecondFactor: (issuer) =>
      named(async () => {
        const { username } = (await tokens())?.accessToken.payload ?? {};
        isVerified = false;
        // Without the name, Amplify puts it in quotes.
        return totpSetupOf(await cognito.setUpTOTP(context), issuer, username as string | undefined);
      }),
    confirmSecondFactor: (code) =>
      done(async () => {
        if (!isVerified) {
          await cognito.verifyTOTPSetup(context, { code });
          isVerified = true;
        }
        await cognito.updateMFAPreference(context, { totp: "PREFERRED" });
      }),
    removeSecondFactor: () => done(() => cognito.updateMFAPreference(context, { totp: "DISABLED" })),
    signOut: () => named(signOut),
    signUp: ({ username, password, email }) =>
      done(() => cognito.signUp(context, { username, password, options: { userAttributes: { email } } })),
    confirmSignUp: (username, confirmationCode) =>
      done(() => cognito.confirmSignUp(context, { username, confirmationCode })),
    resendCode: (username) => done(() => cognito.resendSignUpCode(context, { username })),
    forgotPassword: (username) => done(() => cognito.resetPassword(context, { username })),
    resetPassword: (username, confirmationCode, newPassword) =>
      done(() => cognito.confirmResetPassword(context, { username, confirmationCode, newPassword })),
    token: () =>
      named(async () => {
        const { accessToken } = (await tokens()) ?? {};
        if (!accessToken) {
          throw new DarkroomError("SignedOut", "Nobody is signed in");
        }
        return accessToken.toString();
      }),
    user: () =>
      named(async () => {
        const { sub, username, "cognito:groups": groups = [] } = (await tokens())?.accessToken.payload ?? {};
        return sub === undefined
          ? undefined
          : { id: sub, username: username as string, groups: groups as string[] };
      }),
  };
}

const setupOf = (
  next: cognito.SignInOutput["nextStep"] | undefined,
  issuer: string,
): TotpSetup | undefined =>
  next?.signInStep === "CONTINUE_SIGN_IN_WITH_TOTP_SETUP"
    ? totpSetupOf(next.totpSetupDetails, issuer)
    : undefined;

const totpSetupOf = (details: cognito.SetUpTOTPOutput, issuer: string, username?: string): TotpSetup => ({
  secret: details.sharedSecret,
  uri: details.getSetupUri(issuer, username).href,
});

function contextOf({ userPoolId, userPoolClientId, endpointUrl, storage = standardStorage() }: UserPool) {
  const Cognito = {
    userPoolId,
    userPoolClientId,
    ...(endpointUrl !== undefined && { userPoolEndpoint: endpointUrl }),
  };
  const keyValues = {
    getItem: (key: string) => Promise.resolve(storage.getItem(key)),
    setItem: (key: string, value: string) => asPromise(() => storage.setItem(key, value)),
    removeItem: (key: string) => asPromise(() => storage.removeItem(key)),
    // Nothing calls it, and other programs keep their values in the same storage.
    clear: () => Promise.resolve(),
  };
  const tokenProvider = createUserPoolsTokenProvider({ Cognito }, keyValues);
  return createAmplifyContext({ Auth: { Cognito } }, { Auth: { tokenProvider } });
}

const asPromise = (run: () => void): Promise<void> => Promise.resolve().then(run);

/** Node.js has a `localStorage` too, which warns and needs a file: only that of a page is used. */
function standardStorage(): Storage {
  const { document, localStorage } = globalThis as { document?: unknown; localStorage?: Storage };
  return document !== undefined && localStorage ? localStorage : memoryStorage();
}

function memoryStorage(): Storage {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

const done = (run: () => Promise<unknown>): Promise<void> =>
  named(async () => {
    await run();
  });

async function named<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof DarkroomError || !(cause instanceof Error)) {
      throw cause;
    }
    throw new DarkroomError(cause.name, cause.message, { cause });
  }
}
