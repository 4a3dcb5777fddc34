import { type ReactElement, type SubmitEvent, useState } from "react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { messageOf } from "../errors.ts";
import { useSession } from "../session.tsx";
import { AppSetup } from "../sign-in/app-setup.tsx";
import { Code } from "../sign-in/form.tsx";
import { texts } from "../texts.ts";
import { Button } from "../ui/button.tsx";
import { Confirm, Dialog } from "../ui/dialog.tsx";
import { valuesOf } from "../ui/form.ts";
import { notify, notifyError } from "../ui/notices.tsx";
import { Failed, Loading } from "../ui/states.tsx";

const t = texts.secondFactor;

/** Turns the code of an app on and off, where the stack leaves it to users. */
export function SecondFactor(): ReactElement {
  const { session, mfa } = useSession();
  const [open, setOpen] = useState<"setUp" | "turnOff">();
  const {
    data: isOn,
    error,
    refetch,
  } = useQuery({
    queryKey: ["second factor"],
    queryFn: () => session.hasSecondFactor(),
  });
  const { mutate: turnOff, isPending } = useMutation({
    mutationFn: () => session.removeSecondFactor(),
    onSuccess: () => {
      notify({ text: t.turnedOff });
      void refetch();
    },
    onError: notifyError,
  });
  const close = () => setOpen(undefined);
  return (
    <section className="card">
      <h2>{t.title}</h2>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!error && isOn === undefined && <Loading />}
      {isOn !== undefined && (
        <>
          <p className="muted">{isOn ? t.isOn : t.isOff}</p>
          <div className="choices">
            <Button onClick={() => setOpen("setUp")}>{isOn ? t.replace : t.turnOn}</Button>
            {isOn && mfa === "optional" && (
              <Button busy={isPending} onClick={() => setOpen("turnOff")}>
                {t.turnOff}
              </Button>
            )}
          </div>
        </>
      )}
      {open === "setUp" && (
        <SetUp
          action={isOn ? t.replace : t.turnOn}
          onClose={close}
          onDone={() => {
            close();
            notify({ text: t.turnedOn });
            void refetch();
          }}
        />
      )}
      {open === "turnOff" && (
        <Confirm
          title={t.turnOffTitle}
          text={t.turnOffText}
          action={t.turnOff}
          onClose={close}
          onConfirm={() => turnOff()}
        />
      )}
    </section>
  );
}

interface SetUpProps {
  readonly action: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function SetUp({ action, onClose, onDone }: SetUpProps): ReactElement {
  const { session } = useSession();
  // Notices are behind the dialog, and screen readers do not read them there.
  const [said, say] = useState("");
  // Each call makes a new key, which the app must be shown.
  const setup = useQuery({
    queryKey: ["second factor", "set-up"],
    queryFn: () => session.addSecondFactor(texts.name),
    ...{ staleTime: Infinity, gcTime: 0, retry: false },
  });
  const confirm = useMutation({
    mutationFn: (code: string) => session.confirmSecondFactor(code),
    onSuccess: onDone,
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    confirm.mutate(valuesOf(event.currentTarget)["code"]?.trim() ?? "");
  };
  const error = setup.error ?? confirm.error;
  return (
    <Dialog title={texts.signIn.setUpTitle} onClose={onClose}>
      <form className="second-factor" onSubmit={submit}>
        <p className="muted">{t.lead}</p>
        {setup.isPending && <Loading />}
        {setup.data && <AppSetup {...setup.data} say={say} />}
        <p className="hint" role="status">
          {said}
        </p>
        {error && (
          <p className="form-error" role="alert">
            {messageOf(error)}
          </p>
        )}
        {setup.data && <Code />}
        <div className="dialog-actions">
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button kind="primary" type="submit" busy={confirm.isPending} disabled={!setup.data}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
