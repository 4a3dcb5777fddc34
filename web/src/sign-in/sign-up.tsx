import type { ReactElement } from "react";
import { messageOf } from "../errors.ts";
import { texts } from "../texts.ts";
import { Field } from "../ui/field.tsx";
import { Code, Form, Password, Username, type Values } from "./form.tsx";
import type { Steps } from "./step.ts";

const t = texts.signIn;

export function SignUp({ signUp, session, given, setGiven, show }: Steps): ReactElement {
  const submit = async ({ username = "", email = "", password = "" }: Values) => {
    await session.signUp({ username, email, password });
    setGiven({ username, password });
    show("confirm");
  };
  return (
    <Form
      others={[[t.toSignIn, () => show("signIn")]]}
      title={t.signUpTitle}
      action={t.signUp}
      submit={submit}
    >
      <Username value={given.username} />
      <Field
        label={t.email}
        name="email"
        type="email"
        autoComplete="email"
        required
        hint={typeof signUp === "string" ? undefined : t.domains(signUp)}
      />
      <Password label={t.password} autoComplete="new-password" hint={t.passwordRule} />
    </Form>
  );
}

export function ConfirmCode({ session, given, enter, show, say }: Steps): ReactElement {
  const submit = async ({ code = "" }: Values) => {
    await session.confirmSignUp(given.username, code.trim());
    if (given.password === "") {
      show("signIn");
    } else {
      await enter(await session.signIn(given.username, given.password));
    }
  };
  const resend = async () => {
    await session.resendCode(given.username).then(
      () => say(t.resent),
      (error: unknown) => say(messageOf(error)),
    );
  };
  return (
    <Form
      others={[
        [t.resend, () => void resend()],
        [t.toSignIn, () => show("signIn")],
      ]}
      title={t.confirmTitle}
      lead={t.confirmLead(given.username)}
      action={t.confirm}
      submit={submit}
    >
      <Code />
    </Form>
  );
}
