import type { ReactElement } from "react";
import { useMutation } from "@tanstack/react-query";
import { type Asset, type Delivery, listDeliveries, replayDelivery } from "darkroom-client";
import { useDarkroom, useList } from "darkroom-client/react";
import { messageOf } from "../errors.ts";
import { formatAgo } from "../format.ts";
import { texts } from "../texts.ts";
import { Button } from "../ui/button.tsx";
import { notify, notifyError } from "../ui/notices.tsx";

const t = texts.viewer;

/** The callbacks of a picture that has a receiver. */
export function Deliveries({ asset }: { readonly asset: Asset }): ReactElement | null {
  const { id, callbackUrl } = asset;
  const hasReceiver = callbackUrl !== null;
  const { data, error, refetch, hasNextPage, fetchNextPage } = useList(
    listDeliveries,
    { assetId: id },
    { enabled: hasReceiver, refetchInterval: 10_000 },
  );
  if (!hasReceiver) {
    return null;
  }
  return (
    <section>
      <h3>{t.callbacks}</h3>
      <p className="mono muted">{callbackUrl}</p>
      {error && !data && <p className="bad">{messageOf(error)}</p>}
      {data?.length === 0 && <p className="muted">{t.noCallbacks}</p>}
      <ul className="deliveries">
        {data?.map((delivery) => (
          <DeliveryRow key={delivery.id} delivery={delivery} onReplayed={() => void refetch()} />
        ))}
      </ul>
      {hasNextPage && <Button onClick={() => void fetchNextPage()}>{texts.more}</Button>}
    </section>
  );
}

const kindOf = {
  DELIVERED: "good",
  PENDING: "muted",
  FAILED: "bad",
  DISABLED: "bad",
  WITHHELD: "muted",
} as const;

interface RowProps {
  readonly delivery: Delivery;
  readonly onReplayed: () => void;
}

function DeliveryRow({ delivery, onReplayed }: RowProps): ReactElement {
  const { replay, isPending } = useReplay(onReplayed);
  const { id, type, status, attempts, createdAt, nextAttemptAt } = delivery;
  const said = [
    texts.delivery.attempts(attempts.length),
    nextAttemptAt === null ? formatAgo(createdAt) : texts.delivery.next(formatAgo(nextAttemptAt)),
  ];
  return (
    <li>
      <div>
        <span>{type}</span>
        <span className={kindOf[status]}>{texts.delivery[status]}</span>
        <small className="muted">{said.join(" · ")}</small>
      </div>
      {status !== "PENDING" && (
        <Button busy={isPending} onClick={() => replay(id)}>
          {texts.delivery.replay}
        </Button>
      )}
    </li>
  );
}

export function useReplay(onReplayed: () => void) {
  const { endpoint } = useDarkroom();
  const { mutate: replay, isPending } = useMutation({
    mutationFn: (id: string) => replayDelivery(endpoint, { id }),
    onSuccess: () => {
      notify({ text: texts.delivery.replayed });
      onReplayed();
    },
    onError: notifyError,
  });
  return { replay, isPending };
}
