import type { Session, Step } from "darkroom-client/sign-in";
import type { Config } from "../config.ts";

export type View = "signIn" | "signUp" | "confirm" | "forgot" | "reset" | "newPassword" | "setUp" | "code";

/** What the forms have collected. The password stays in memory until the account is confirmed. */
export interface Given {
  readonly username: string;
  readonly password: string;
}

/** What each form gets. */
export interface Steps {
  readonly signUp: Config["signUp"];
  readonly session: Session;
  readonly given: Given;
  readonly setGiven: (given: Given) => void;
  /** Shows another form, and a text below it. */
  readonly show: (view: View, said?: string) => void;
  /** Goes on to what Cognito asks for next, or into the gallery. */
  readonly enter: (step: Step) => Promise<void>;
  readonly say: (text: string) => void;
}

export function viewOf(step: Step): View {
  switch (step) {
    case "CONFIRM_SIGN_UP":
      return "confirm";
    case "RESET_PASSWORD":
      return "reset";
    case "CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED":
      return "newPassword";
    case "CONTINUE_SIGN_IN_WITH_TOTP_SETUP":
      return "setUp";
    default:
      return "code";
  }
}
