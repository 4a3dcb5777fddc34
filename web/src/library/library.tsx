import { type ReactElement, useCallback } from "react";
import { useAssets } from "darkroom-client/react";
import { texts } from "../texts.ts";
import { Empty, Failed, Loading } from "../ui/states.tsx";
import { Grid } from "./grid.tsx";

/** The labels that a grid reads: enough to describe a picture. */
export const gridLabels = { labels: { minConfidence: 80 } };

const pageSize = 60;

/** All pictures, newest first, as they come. */
export function Library(): ReactElement {
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useAssets(
    { limit: pageSize },
    { include: gridLabels },
  );
  const loadMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  return (
    <div className="page wide">
      <h1 className="visually-hidden">{texts.library.title}</h1>
      {error && !data && <Failed error={error} retry={() => void refetch()} />}
      {isPending && <Loading />}
      {data?.length === 0 && (
        <Empty icon="images" title={texts.library.emptyTitle} text={texts.library.emptyText} />
      )}
      {data && data.length > 0 && (
        <Grid
          assets={data}
          behind="/"
          withDays
          hasMore={hasNextPage}
          isLoading={isFetchingNextPage}
          loadMore={loadMore}
        />
      )}
      {isFetchingNextPage && <Loading />}
    </div>
  );
}
