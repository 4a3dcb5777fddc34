import type { ReactElement } from "react";
import { DarkroomError } from "darkroom-client";
import { texts } from "../texts.ts";
import { AppSetup } from "./app-setup.tsx";
import { Code, Form, Password, type Values } from "./form.tsx";
import type { Steps } from "./step.ts";

const t = texts.signIn;

/** Answers what Cognito asks for after the password. A sign-in that has ended begins again. */
const answering =
  ({ session, enter, show }: Steps) =>
  async ({ password, code = "" }: Values): Promise<void> => {
    try {
      await enter(await session.confirmSignIn(password ?? code.trim()));
    } catch (error) {
      if (!hasEnded(error)) {
        throw error;
      }
      show("signIn", t.sessionEnded);
    }
  };

/** Cognito waits for an answer for three minutes. Amplify forgets the sign-in when the page is loaded again. */
const hasEnded = (error: unknown): boolean =>
  error instanceof DarkroomError &&
  (error.errorType === "SignInException" || error.message.startsWith("Invalid session"));

export const NewPassword = (steps: Steps): ReactElement => (
  <Form title={t.newPasswordTitle} lead={t.newPasswordLead} action={t.answer} submit={answering(steps)}>
    <Password label={t.newPassword} autoComplete="new-password" hint={t.passwordRule} />
  </Form>
);

export const AppCode = (steps: Steps): ReactElement => (
  <Form
    others={[[t.toOther, () => steps.show("signIn")]]}
    title={t.codeTitle}
    lead={t.codeLead}
    action={t.answer}
    submit={answering(steps)}
  >
    <Code />
  </Form>
);

export function SetUp(steps: Steps): ReactElement {
  const setup = steps.session.totpSetup(texts.name) ?? { secret: "", uri: "" };
  return (
    <Form title={t.setUpTitle} lead={t.setUpLead} action={t.answer} submit={answering(steps)}>
      <AppSetup {...setup} say={steps.say} />
      <Code />
    </Form>
  );
}
