import { type ReactElement, useState } from "react";
import type { Session, Step } from "darkroom-client/sign-in";
import { isError, messageOf } from "../errors.ts";
import { useSession } from "../session.tsx";
import { texts } from "../texts.ts";
import { Field } from "../ui/field.tsx";
import { Logo } from "../ui/icon.tsx";
import { Code, Form, Password, Username, type Values } from "./form.tsx";

const t = texts.signIn;

type View = "signIn" | "signUp" | "confirm" | "forgot" | "reset" | "newPassword" | "answer";

/** What the forms have collected. The password stays in memory until the account is confirmed. */
interface Given {
  readonly username: string;
  readonly password: string;
}

/** The forms before the gallery: sign in, sign up with a code, reset a password. */
export default function SignIn(): ReactElement {
  const { session, refresh } = useSession();
  const [view, setView] = useState<View>("signIn");
  const [given, setGiven] = useState<Given>({ username: "", password: "" });
  const [said, setSaid] = useState<string>();
  const show = (next: View) => {
    setSaid(undefined);
    setView(next);
  };
  const enter = async (step: Step) => {
    if (step === "DONE") {
      await refresh();
    } else {
      show(viewOf(step));
    }
  };
  const shared = { session, given, setGiven, show, enter, say: setSaid };
  return (
    <main className="gate">
      <div className="gate-card">
        <div className="gate-brand">
          <Logo />
          <span>{texts.name}</span>
        </div>
        <Forms view={view} {...shared} />
        <p className="said" role="status">
          {said}
        </p>
      </div>
    </main>
  );
}

function viewOf(step: Step): View {
  switch (step) {
    case "CONFIRM_SIGN_UP":
      return "confirm";
    case "RESET_PASSWORD":
      return "reset";
    case "CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED":
      return "newPassword";
    default:
      return "answer";
  }
}

interface Shared {
  readonly session: Session;
  readonly given: Given;
  readonly setGiven: (given: Given) => void;
  readonly show: (view: View) => void;
  readonly enter: (step: Step) => Promise<void>;
  readonly say: (text: string) => void;
}

function Forms({ view, ...shared }: Shared & { readonly view: View }): ReactElement {
  switch (view) {
    case "signIn":
      return <Enter {...shared} />;
    case "signUp":
      return <SignUp {...shared} />;
    case "confirm":
      return <ConfirmCode {...shared} />;
    case "forgot":
      return <Forgot {...shared} />;
    case "reset":
      return <Reset {...shared} />;
    default:
      return <Answer {...shared} isPassword={view === "newPassword"} />;
  }
}

function Enter({ session, given, setGiven, show, enter }: Shared): ReactElement {
  const submit = async ({ username = "", password = "" }: Values) => {
    setGiven({ username, password });
    try {
      await enter(await session.signIn(username, password));
    } catch (error) {
      if (!isError(error, "UserNotConfirmedException")) {
        throw error;
      }
      show("confirm");
    }
  };
  return (
    <Form
      others={[
        [t.toForgot, () => show("forgot")],
        [t.toSignUp, () => show("signUp")],
      ]}
      title={t.title}
      action={t.submit}
      submit={submit}
    >
      <Username value={given.username} />
      <Password label={t.password} autoComplete="current-password" />
    </Form>
  );
}

function SignUp({ session, given, setGiven, show }: Shared): ReactElement {
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
      <Field label={t.email} name="email" type="email" autoComplete="email" required />
      <Password label={t.password} autoComplete="new-password" hint={t.passwordRule} />
    </Form>
  );
}

function ConfirmCode({ session, given, enter, show, say }: Shared): ReactElement {
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

function Forgot({ session, given, setGiven, show }: Shared): ReactElement {
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

function Reset({ session, given, enter }: Shared): ReactElement {
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

function Answer({ session, enter, isPassword }: Shared & { readonly isPassword: boolean }): ReactElement {
  const submit = async ({ password, code }: Values) =>
    enter(await session.confirmSignIn(password ?? code ?? ""));
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
