import type { ReactElement } from "react";
import { isError } from "../errors.ts";
import { texts } from "../texts.ts";
import { Code, Form, Password, type Values } from "./form.tsx";
import type { Steps } from "./step.ts";

const t = texts.signIn;

/** What Cognito asks for after the password. */
export function Answer({
  session,
  enter,
  show,
  isPassword,
}: Steps & { readonly isPassword: boolean }): ReactElement {
  const submit = async ({ password, code }: Values) => {
    try {
      await enter(await session.confirmSignIn(password ?? code?.trim() ?? ""));
    } catch (error) {
      if (!hasEnded(error)) {
        throw error;
      }
      show("signIn", t.sessionEnded);
    }
  };
  return (
    <Form
      title={isPassword ? t.newPasswordTitle : t.answerTitle}
      lead={isPassword ? t.newPasswordLead : t.answerLead}
      action={t.answer}
      submit={submit}
    >
      {isPassword ? (
        <Password label={t.newPassword} autoComplete="new-password" hint={t.passwordRule} />
      ) : (
        <Code />
      )}
    </Form>
  );
}

/** Cognito waits for an answer for three minutes. Amplify forgets the sign-in when the page is loaded again. */
const hasEnded = (error: unknown): boolean =>
  isError(error, "NotAuthorizedException") || isError(error, "SignInException");
