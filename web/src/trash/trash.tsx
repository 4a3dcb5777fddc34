import { type ReactElement, useState } from "react";
import type { Asset } from "darkroom-client";
import { useAssets, usePurgeAsset, useRestoreAsset } from "darkroom-client/react";
import { formatAgo, formatBytes, nameOf } from "../format.ts";
import { texts } from "../texts.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Confirm } from "../ui/dialog.tsx";
import { Icon } from "../ui/icon.tsx";
import { notify, notifyError } from "../ui/notices.tsx";
import { PageHead } from "../ui/page-head.tsx";
import { Empty, Failed, Loading } from "../ui/states.tsx";

const t = texts.trash;

/** What was deleted and can be restored. */
export default function Trash(): ReactElement {
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useAssets({
    state: "DELETED",
    limit: 50,
  });
  const [purging, setPurging] = useState<readonly Asset[]>();
  const { mutateAsync: purge } = usePurgeAsset();
  const remove = async (assets: readonly Asset[]) => {
    for (const { id } of assets) {
      await purge({ id }).catch(notifyError);
    }
    notify({ text: texts.viewer.purged });
  };
  return (
    <div className="page">
      <PageHead title={t.title} lead={t.lead}>
        {data && data.length > 0 && (
          <Button icon="trash" onClick={() => setPurging(data)}>
            {t.empty}
          </Button>
        )}
      </PageHead>
      {error && !data && <Failed error={error} retry={() => void refetch()} />}
      {isPending && <Loading />}
      {data?.length === 0 && <Empty icon="trash" title={t.emptyTitle} text={t.emptyText} />}
      <ul className="rows">
        {data?.map((asset) => (
          <Row key={asset.id} asset={asset} purge={() => setPurging([asset])} />
        ))}
      </ul>
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {texts.more}
        </Button>
      )}
      {purging && (
        <Confirm
          title={t.emptyConfirm(purging.length)}
          text={t.emptyConfirmText}
          action={t.purge}
          onClose={() => setPurging(undefined)}
          onConfirm={() => void remove(purging)}
        />
      )}
    </div>
  );
}

/** Deleted pictures have no thumbnails: nobody gets a URL of them. */
function Row({ asset, purge }: { readonly asset: Asset; readonly purge: () => void }): ReactElement {
  const { mutate: restore } = useRestoreAsset();
  const { id, contentType, contentLength, updatedAt } = asset;
  const name = nameOf(asset);
  return (
    <li>
      <span className="row-icon">
        <Icon name={contentType.startsWith("image/") ? "images" : "file"} />
      </span>
      <div className="row-text">
        <strong>{name}</strong>
        <span className="muted">
          {[formatBytes(contentLength), t.deletedAt(formatAgo(updatedAt))].join(" · ")}
        </span>
      </div>
      <Button
        aria-label={t.restoreOf(name)}
        onClick={() =>
          restore({ id }, { onError: notifyError, onSuccess: () => notify({ text: texts.viewer.restored }) })
        }
      >
        {t.restore}
      </Button>
      <IconButton icon="trash" label={t.purgeOf(name)} onClick={purge} />
    </li>
  );
}
