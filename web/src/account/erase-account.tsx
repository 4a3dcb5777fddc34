import { type ReactElement, useState } from "react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { cancelErasure, eraseUser, getErasure } from "darkroom-client";
import { useDarkroom, useOperation } from "darkroom-client/react";
import { formatAgo } from "../format.ts";
import { useUser } from "../session.tsx";
import { texts } from "../texts.ts";
import { Button } from "../ui/button.tsx";
import { Confirm } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { notifyError } from "../ui/notices.tsx";

const t = texts.account;

/** Erases the account after a grace period, in which it can be cancelled. */
export function EraseAccount(): ReactElement {
  const { endpoint, ownerId } = useDarkroom();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const { data: erasure } = useOperation(getErasure, { userId: ownerId });
  const options = { onSuccess: () => queryClient.invalidateQueries(), onError: notifyError };
  const { mutate: erase } = useMutation({
    mutationFn: () => eraseUser(endpoint, { id: ownerId }),
    ...options,
  });
  const { mutate: cancel, isPending } = useMutation({
    mutationFn: () => cancelErasure(endpoint, { userId: ownerId }),
    ...options,
  });
  if (erasure && erasure.status !== "CANCELLED") {
    const isRequested = erasure.status === "REQUESTED";
    return (
      <section className="card danger-zone" role="status">
        <h2>{t.erase}</h2>
        <p>
          {isRequested ? t.erasing(formatAgo(erasure.dueAt)) : erasure.status === "DONE" ? t.done : t.running}
        </p>
        {isRequested && (
          <div>
            <Button busy={isPending} onClick={() => cancel()}>
              {t.cancelErasure}
            </Button>
          </div>
        )}
      </section>
    );
  }
  return (
    <section className="card danger-zone">
      <h2>{t.erase}</h2>
      <p className="muted">{t.eraseText}</p>
      <div>
        <Button onClick={() => setAsking(true)}>{t.erase}</Button>
      </div>
      {asking && <Ask onClose={() => setAsking(false)} onConfirm={() => erase()} />}
    </section>
  );
}

function Ask({
  onClose,
  onConfirm,
}: {
  readonly onClose: () => void;
  readonly onConfirm: () => void;
}): ReactElement {
  const { username } = useUser();
  const [typed, setTyped] = useState("");
  return (
    <Confirm
      title={t.eraseTitle}
      text={t.eraseText}
      action={t.eraseDo}
      disabled={typed !== username}
      typed={
        <Field
          label={t.eraseType(username)}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
      }
      onClose={onClose}
      onConfirm={onConfirm}
    />
  );
}
