import { type ReactElement, useCallback, useEffect, useMemo, useState } from "react";
import { useLabels, useSearch } from "darkroom-client/react";
import { Grid } from "../library/grid.tsx";
import { gridLabels } from "../library/library.tsx";
import { navigate } from "../router.ts";
import { texts } from "../texts.ts";
import { Empty, Failed, Loading } from "../ui/states.tsx";

const t = texts.search;

interface ResultsProps {
  readonly label: string;
  readonly minConfidence: number;
}

/** The pictures that show a label, highest confidence first. */
export default function Results({ label, minConfidence }: ResultsProps): ReactElement {
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useSearch(
    { label, minConfidence, limit: 60 },
    { include: gridLabels },
  );
  const assets = useMemo(() => data?.map(({ asset }) => asset) ?? [], [data]);
  const confidences = useMemo(
    () => new Map(data?.map(({ asset, confidence }) => [asset.id, confidence])),
    [data],
  );
  const loadMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const address = `/search?label=${encodeURIComponent(label)}&min=${minConfidence}`;
  return (
    <div className="page wide">
      <div className="page-head">
        <div>
          <h1>{label}</h1>
          <Count label={label} />
        </div>
        <Confidence label={label} value={minConfidence} />
      </div>
      {error && !data && <Failed error={error} retry={() => void refetch()} />}
      {isPending && label !== "" && <Loading />}
      {data?.length === 0 && <Empty icon="search" title={t.emptyTitle(label)} text={t.emptyText} />}
      {assets.length > 0 && (
        <Grid
          {...{ assets, confidences, behind: address, withDays: false }}
          hasMore={hasNextPage}
          isLoading={isFetchingNextPage}
          loadMore={loadMore}
        />
      )}
    </div>
  );
}

function Count({ label }: { readonly label: string }): ReactElement | null {
  const { data = [] } = useLabels({ prefix: label, limit: 8 }, { enabled: label !== "" });
  const found = data.find(({ name }) => name.toLowerCase() === label.toLowerCase());
  return found ? <p className="muted">{t.count(found.count)}</p> : null;
}

/** The address follows when the slider rests. */
function Confidence({ label, value }: { readonly label: string; readonly value: number }): ReactElement {
  const [chosen, setChosen] = useState(value);
  useEffect(() => {
    if (chosen === value) {
      return undefined;
    }
    const timer = setTimeout(
      () => navigate(`/search?label=${encodeURIComponent(label)}&min=${chosen}`, { replace: true }),
      200,
    );
    return () => clearTimeout(timer);
  }, [chosen, value, label]);
  return (
    <label className="confidence">
      <span>
        {t.confidence} <output>{t.atLeast(chosen)}</output>
      </span>
      <input
        type="range"
        min={0}
        max={100}
        step={5}
        value={chosen}
        onChange={({ target }) => setChosen(Number(target.value))}
      />
    </label>
  );
}
