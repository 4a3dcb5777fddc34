import { type ReactElement, useState } from "react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { eraseUser, listUsers, type User } from "darkroom-client";
import { useDarkroom, useList } from "darkroom-client/react";
import { formatBytes, formatNumber, formatTime } from "../format.ts";
import { texts } from "../texts.ts";
import { Button } from "../ui/button.tsx";
import { Confirm } from "../ui/dialog.tsx";
import { notify, notifyError } from "../ui/notices.tsx";
import { Failed, Loading } from "../ui/states.tsx";

const t = texts.admin;

interface UsersProps {
  readonly onErased: (userId: string) => void;
}

/** All profiles, with what they use. */
export function Users({ onErased }: UsersProps): ReactElement {
  const { data, error, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useList(
    listUsers,
    { limit: 50 },
    { include: { usage: true } },
  );
  const [erasing, setErasing] = useState<User>();
  return (
    <section className="card">
      <h2>{t.users}</h2>
      {error && !data && <Failed error={error} retry={() => void refetch()} />}
      {isPending && <Loading />}
      {data?.length === 0 && <p className="muted">{t.noUsers}</p>}
      <ul className="users">
        {data?.map((user) => (
          <Row key={user.id} user={user} erase={() => setErasing(user)} />
        ))}
      </ul>
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {texts.more}
        </Button>
      )}
      {erasing && <EraseDialog user={erasing} onErased={onErased} onClose={() => setErasing(undefined)} />}
    </section>
  );
}

function Row({ user, erase }: { readonly user: User; readonly erase: () => void }): ReactElement {
  const { id, name, email, createdAt, usage } = user;
  return (
    <li>
      <div className="row-text">
        <strong>{name}</strong>
        <span className="muted">{[email, formatTime(createdAt)].filter(Boolean).join(" · ")}</span>
        <span className="mono muted">{id}</span>
      </div>
      {usage && (
        <span className="users-usage">
          {texts.search.count(usage.assets)}
          <small className="muted">{`${formatBytes(usage.bytes)} · ${formatNumber(usage.labelledToday)} ${texts.account.labelledToday.toLowerCase()}`}</small>
        </span>
      )}
      <Button aria-label={t.eraseOf(name)} onClick={erase}>
        {t.erase}
      </Button>
    </li>
  );
}

interface EraseProps extends UsersProps {
  readonly user: User;
  readonly onClose: () => void;
}

function EraseDialog({ user: { id, name }, onErased, onClose }: EraseProps): ReactElement {
  const { endpoint } = useDarkroom();
  const queryClient = useQueryClient();
  const { mutate: erase } = useMutation({
    mutationFn: () => eraseUser(endpoint, { id }),
    onSuccess: ({ dueAt }) => {
      notify({ text: t.erasing(name, formatTime(dueAt)) });
      onErased(id);
      void queryClient.invalidateQueries();
    },
    onError: notifyError,
  });
  return (
    <Confirm
      title={t.eraseTitle(name)}
      text={t.eraseText}
      action={t.erase}
      onClose={onClose}
      onConfirm={() => erase()}
    />
  );
}
