import type { ReactElement, SubmitEvent } from "react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { cancelErasure, type Erasure, getErasure } from "darkroom-client";
import { useDarkroom, useOperation } from "darkroom-client/react";
import { messageOf } from "../errors.ts";
import { formatNumber, formatTime } from "../format.ts";
import { texts } from "../texts.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { valuesOf } from "../ui/form.ts";
import { notifyError } from "../ui/notices.tsx";

const t = texts.admin;

interface ErasuresProps {
  /** Empty if no erasure is shown. */
  readonly userId: string;
  readonly find: (userId: string) => void;
}

/** Finds a user's erasure, and shows its receipt. */
export function Erasures({ userId, find }: ErasuresProps): ReactElement {
  const { data, error } = useOperation(
    getErasure,
    { userId },
    { enabled: userId !== "", refetchInterval: 10_000 },
  );
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    find((valuesOf(event.currentTarget)["userId"] ?? "").trim());
  };
  return (
    <section className="card">
      <h2>{t.erasures}</h2>
      <p className="muted">{t.erasuresText}</p>
      <form className="find" onSubmit={submit}>
        <Field
          key={userId}
          label={t.userId}
          name="userId"
          defaultValue={userId}
          required
          autoComplete="off"
          spellCheck={false}
        />
        <Button type="submit">{t.find}</Button>
      </form>
      <div role="status">
        {error && <p className="bad">{messageOf(error)}</p>}
        {data === null && <p className="muted">{t.noErasure}</p>}
        {data && <Receipt erasure={data} />}
      </div>
    </section>
  );
}

function Receipt({ erasure }: { readonly erasure: Erasure }): ReactElement {
  const { endpoint } = useDarkroom();
  const queryClient = useQueryClient();
  const { userId, status, requestedAt, dueAt, finishedAt, removed } = erasure;
  const { mutate: cancel, isPending } = useMutation({
    mutationFn: () => cancelErasure(endpoint, { userId }),
    onSuccess: () => queryClient.invalidateQueries(),
    onError: notifyError,
  });
  const rows: readonly (readonly [string, string])[] = [
    [t.requested, formatTime(requestedAt)],
    [t.due, formatTime(dueAt)],
    ...(finishedAt === null ? [] : [[t.finished, formatTime(finishedAt)] as const]),
    ...(removed ?? []).map(({ what, count }) => [t.removed[what] ?? what, formatNumber(count)] as const),
  ];
  return (
    <div className="receipt">
      <h3>{`${t.receipt}: ${t.status[status]}`}</h3>
      <dl className="details">
        {rows.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {status === "REQUESTED" && (
        <Button busy={isPending} onClick={() => cancel()}>
          {t.cancel}
        </Button>
      )}
    </div>
  );
}
