import { type ReactElement, type ReactNode, type SubmitEvent, useEffect, useRef, useState } from "react";
import { messageOf } from "../errors.ts";
import { texts } from "../texts.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { valuesOf } from "../ui/form.ts";

const t = texts.signIn;

export type Values = Readonly<Record<string, string>>;

interface FormProps {
  readonly title: string;
  readonly lead?: string;
  readonly action: string;
  readonly submit: (values: Values) => Promise<void>;
  /** Ways to other forms, as text and what it does. */
  readonly others?: readonly (readonly [text: string, run: () => void])[];
  readonly children: ReactNode;
}

/** One form of the sign-in: it waits for its answer, and shows why it failed. */
export function Form({ title, lead, action, submit, others = [], children }: FormProps): ReactElement {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const form = useRef<HTMLFormElement>(null);
  // The button that led here is gone, and the focus with it.
  useEffect(() => form.current?.querySelector("input")?.focus(), [title]);
  const onSubmit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = valuesOf(event.currentTarget);
    setBusy(true);
    setError(undefined);
    await submit(values).catch(setError);
    setBusy(false);
  };
  return (
    <form ref={form} className="gate-form" onSubmit={(event) => void onSubmit(event)}>
      <h1>{title}</h1>
      {lead !== undefined && <p className="muted">{lead}</p>}
      {error !== undefined && (
        <p className="form-error" role="alert">
          {messageOf(error)}
        </p>
      )}
      {children}
      <Button kind="primary" type="submit" busy={busy}>
        {action}
      </Button>
      <div className="gate-others">
        {others.map(([text, run]) => (
          <button key={text} type="button" className="text-button" onClick={run}>
            {text}
          </button>
        ))}
      </div>
    </form>
  );
}

export const Username = ({ value }: { readonly value: string }): ReactElement => (
  <Field
    label={t.username}
    name="username"
    autoComplete="username"
    autoCapitalize="none"
    spellCheck={false}
    defaultValue={value}
    required
  />
);

interface PasswordProps {
  readonly label: string;
  readonly autoComplete: string;
  readonly hint?: string;
}

export const Password = (props: PasswordProps): ReactElement => (
  <Field name="password" type="password" required {...props} />
);

export const Code = (): ReactElement => (
  <Field label={t.code} name="code" inputMode="numeric" autoComplete="one-time-code" required />
);
