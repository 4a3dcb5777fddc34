import { type ReactElement, useMemo, useState } from "react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type AssetEvent, newestSeq } from "darkroom-client";
import { useAssetEvents, useDarkroom } from "darkroom-client/react";
import { formatAgo, formatTime, nameOf } from "../format.ts";
import { follow } from "../router.ts";
import { texts } from "../texts.ts";
import { Button } from "../ui/button.tsx";
import { Icon, type IconName } from "../ui/icon.tsx";
import { PageHead } from "../ui/page-head.tsx";
import { Empty, Failed, Loading } from "../ui/states.tsx";
import { readBefore } from "./log.ts";

const t = texts.activity;

/** The events of the user's pictures, as they happen and from the log. */
export default function Activity(): ReactElement {
  const { events, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useEvents();
  return (
    <div className="page">
      <PageHead title={t.title} lead={t.lead} />
      {error && events.length === 0 && <Failed error={error} retry={() => void refetch()} />}
      {isPending && <Loading />}
      {!isPending && !error && events.length === 0 && (
        <Empty icon="activity" title={t.emptyTitle} text={t.emptyText} />
      )}
      <ul className="rows events">
        {events.map((event) => (
          <Row key={event.seq} event={event} />
        ))}
      </ul>
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t.earlier}
        </Button>
      )}
    </div>
  );
}

function useEvents() {
  const { endpoint, ownerId } = useDarkroom();
  const [live, setLive] = useState<readonly AssetEvent[]>([]);
  useAssetEvents((event) => setLive((before) => [event, ...before]));
  const { data, ...rest } = useInfiniteQuery({
    queryKey: ["activity", ownerId],
    queryFn: async ({ pageParam, signal }) =>
      readBefore(endpoint, pageParam ?? (await newestSeq(endpoint, { ownerId, signal })) + 1, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => {
      const first = last.at(-1)?.seq ?? 0;
      return first > 1 ? first : undefined;
    },
    staleTime: 0,
    gcTime: 0,
  });
  const events = useMemo(() => {
    const bySeq = new Map([...(data?.pages.flat() ?? []), ...live].map((event) => [event.seq, event]));
    return [...bySeq.values()].sort((a, b) => b.seq - a.seq);
  }, [data, live]);
  return { events, ...rest };
}

const icons: Readonly<Record<AssetEvent["type"], IconName>> = {
  CREATED: "clock",
  RECEIVED: "check",
  UPLOADED: "check",
  REJECTED: "alert",
  EXPIRED: "alert",
  LABELLING: "search",
  LABELLED: "search",
  LABEL_FAILED: "alert",
  DELETED: "trash",
  RESTORED: "restore",
  PURGED: "trash",
};

function Row({
  event: { seq, type, edited, at, asset, assetId },
}: {
  readonly event: AssetEvent;
}): ReactElement {
  const labels =
    type === "LABELLED" && !edited ? (asset.labels ?? []).slice(0, 3).map(({ name }) => name) : [];
  const detail = asset.labelError?.message ?? labels.join(", ");
  const address = `/photo/${assetId}`;
  const name = nameOf(asset);
  return (
    <li>
      <span className="row-icon">
        <Icon name={edited ? "edit" : icons[type]} />
      </span>
      <div className="row-text">
        <strong>{edited ? t.edited : t[type]}</strong>
        <span className="muted">
          {type === "PURGED" ? (
            name
          ) : (
            <a href={address} onClick={(click) => follow(click, address, { behind: "/activity" })}>
              {name}
            </a>
          )}
          {detail && ` · ${detail}`}
        </span>
      </div>
      <time className="muted" dateTime={at} title={`${formatTime(at)} · ${t.seq(seq)}`}>
        {formatAgo(at)}
      </time>
    </li>
  );
}
