import type { ReactElement } from "react";
import { texts } from "../texts.ts";
import { Code, Form, Password, Username, type Values } from "./form.tsx";
import type { Steps } from "./step.ts";

const t = texts.signIn;

export function Forgot({ session, given, setGiven, show }: Steps): ReactElement {
  const submit = async ({ username = "" }: Values) => {
    await session.forgotPassword(username);
    setGiven({ username, password: "" });
    show("reset");
  };
  return (
    <Form
      others={[[t.toSignIn, () => show("signIn")]]}
      title={t.forgotTitle}
      lead={t.forgotLead}
      action={t.forgot}
      submit={submit}
    >
      <Username value={given.username} />
    </Form>
  );
}

export function Reset({ session, given, enter }: Steps): ReactElement {
  const submit = async ({ code = "", password = "" }: Values) => {
    await session.resetPassword(given.username, code.trim(), password);
    await enter(await session.signIn(given.username, password));
  };
  return (
    <Form title={t.resetTitle} lead={t.confirmLead(given.username)} action={t.reset} submit={submit}>
      <Code />
      <Password label={t.newPassword} autoComplete="new-password" hint={t.passwordRule} />
    </Form>
  );
}
