import { lazy, type ReactElement, Suspense } from "react";
import { DarkroomError } from "darkroom-client";
import { part } from "../stale.ts";
import { texts } from "../texts.ts";
import { Button } from "../ui/button.tsx";
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

/** Apart, since only stacks with a second factor need it. */
const QrCode = lazy(() => part(() => import("./qr-code.tsx")));

export function SetUp(steps: Steps): ReactElement {
  const { secret, uri } = steps.session.totpSetup(texts.name) ?? { secret: "", uri: "" };
  const copy = async () => {
    await navigator.clipboard.writeText(secret);
    steps.say(t.copied);
  };
  return (
    <Form title={t.setUpTitle} lead={t.setUpLead} action={t.answer} submit={answering(steps)}>
      <Suspense fallback={<div className="qr-code" />}>
        <QrCode text={uri} label={t.setUpPicture} />
      </Suspense>
      <a href={uri}>{t.setUpOpen}</a>
      <div className="totp">
        <p className="hint">{t.setUpSecret}</p>
        <code>{secret.replace(/.{4}(?=.)/g, "$& ")}</code>
        <Button onClick={() => void copy()}>{t.copy}</Button>
      </div>
      <Code />
    </Form>
  );
}
