import { signInByPassword } from "../../password-sign-in.ts";
import type { Settings, User } from "../settings.ts";
import { totpCode } from "./totp.ts";

export interface SignInOptions {
  /** Cognito's address. */
  readonly endpoint: string;
  readonly userPoolClientId: Settings["userPoolClientId"];
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** A token is not used in its last milliseconds of validity. */
const margin = 30_000;

/** Returns a user's access token. Signs in with the password if there is no valid one. */
export function createSignIn(options: SignInOptions): (user: User) => Promise<string> {
  const signedIn = new Map<string, Promise<Token>>();
  const renew = async (user: User): Promise<string> => {
    const token = signIn(options, user);
    signedIn.set(user.username, token);
    // What failed is tried again the next time.
    token.catch(() => signedIn.delete(user.username));
    return (await token).text;
  };
  return async (user) => {
    const token = await signedIn.get(user.username);
    return token && options.clock() < token.expiresAt - margin ? token.text : renew(user);
  };
}

interface Token {
  readonly text: string;
  readonly expiresAt: number;
}

async function signIn({ endpoint, userPoolClientId, clock }: SignInOptions, user: User): Promise<Token> {
  const answer = await signInByPassword({ endpoint, clientId: userPoolClientId }, user, clock(), totpCode);
  if (!answer.AuthenticationResult) {
    throw new Error(
      `Signing in as ${user.username} answered ${answer.__type ?? answer.ChallengeName ?? ""}: ${answer.message ?? ""} ` +
        "If the cloud was restarted, reload the page.",
    );
  }
  const { AccessToken, ExpiresIn } = answer.AuthenticationResult;
  return { text: AccessToken, expiresAt: clock() + ExpiresIn * 1000 };
}
