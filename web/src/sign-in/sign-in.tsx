import { type ReactElement, useState } from "react";
import type { Step } from "darkroom-client/sign-in";
import type { Config } from "../config.ts";
import { isError } from "../errors.ts";
import { useSession } from "../session.tsx";
import { texts } from "../texts.ts";
import { Logo } from "../ui/icon.tsx";
import { AppCode, NewPassword, SetUp } from "./answer.tsx";
import { Form, Password, Username, type Values } from "./form.tsx";
import { Forgot, Reset } from "./reset.tsx";
import { ConfirmCode, SignUp } from "./sign-up.tsx";
import { type Given, type Steps, type View, viewOf } from "./step.ts";

const t = texts.signIn;

/** The forms before the gallery: sign in, sign up with a code, reset a password. */
export default function SignIn({ signUp }: Pick<Config, "signUp">): ReactElement {
  const { session, refresh } = useSession();
  const [view, setView] = useState<View>("signIn");
  const [given, setGiven] = useState<Given>({ username: "", password: "" });
  const [said, setSaid] = useState<string>();
  const show = (next: View, text?: string) => {
    setSaid(text);
    setView(next);
  };
  const enter = async (step: Step) => {
    if (step === "DONE") {
      await refresh();
    } else {
      show(viewOf(step));
    }
  };
  const steps = { signUp, session, given, setGiven, show, enter, say: setSaid };
  return (
    <main className="gate">
      <div className="gate-card">
        <div className="gate-brand">
          <Logo />
          <span>{texts.name}</span>
        </div>
        <Forms view={view} {...steps} />
        <p className="said" role="status">
          {said}
        </p>
      </div>
    </main>
  );
}

function Forms({ view, ...steps }: Steps & { readonly view: View }): ReactElement {
  switch (view) {
    case "signIn":
      return <Enter {...steps} />;
    case "signUp":
      return <SignUp {...steps} />;
    case "confirm":
      return <ConfirmCode {...steps} />;
    case "forgot":
      return <Forgot {...steps} />;
    case "reset":
      return <Reset {...steps} />;
    case "newPassword":
      return <NewPassword {...steps} />;
    case "setUp":
      return <SetUp {...steps} />;
    case "code":
      return <AppCode {...steps} />;
  }
}

function Enter({ signUp, session, given, setGiven, show, enter }: Steps): ReactElement {
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
  const isOpen = signUp !== "invited";
  return (
    <Form
      others={[
        [t.toForgot, () => show("forgot")],
        ...(isOpen ? [[t.toSignUp, () => show("signUp")] as const] : []),
      ]}
      title={t.title}
      action={t.submit}
      submit={submit}
    >
      <Username value={given.username} />
      <Password label={t.password} autoComplete="current-password" />
      {!isOpen && <p className="hint">{t.invited}</p>}
    </Form>
  );
}
