import { memo, type MouseEvent, type ReactElement, useEffect, useState } from "react";
import type { Asset, QueuedUpload } from "darkroom-client";
import { useThumbnail } from "darkroom-client/react";
import { nameOf } from "../format.ts";
import { follow } from "../router.ts";
import { texts } from "../texts.ts";
import { Icon } from "../ui/icon.tsx";

export interface TileProps {
  readonly asset: Asset;
  readonly index: number;
  readonly width: number;
  readonly height: number;
  /** The view behind the picture that the tile opens. */
  readonly behind: string;
  readonly isCurrent: boolean;
  readonly isSelected: boolean;
  /** Some tiles are selected: a click selects. */
  readonly isSelecting: boolean;
  readonly upload: QueuedUpload | undefined;
  /** Of the label that was searched for. */
  readonly confidence?: number | undefined;
  readonly onFocus: (index: number) => void;
  readonly onSelect: (index: number, extend: boolean) => void;
}

/** One picture of the grid, as small as it is there. */
export const Tile = memo(function Tile(props: TileProps): ReactElement {
  const { asset, index, width, height, behind, isCurrent, isSelected, isSelecting, upload, confidence } =
    props;
  const name = nameOf(asset);
  const open = (event: MouseEvent) => {
    if (isSelecting || event.shiftKey) {
      event.preventDefault();
      props.onSelect(index, event.shiftKey);
    } else {
      follow(event, `/photo/${asset.id}`, { behind });
    }
  };
  return (
    <li className={`tile ${isSelected ? "selected" : ""}`} style={{ width, height }}>
      <a
        href={`/photo/${asset.id}`}
        data-index={index}
        tabIndex={isCurrent ? 0 : -1}
        onClick={open}
        onFocus={() => props.onFocus(index)}
        aria-label={describe(asset, confidence)}
      >
        <Picture asset={asset} upload={upload} />
        <Badge asset={asset} upload={upload} />
        {confidence !== undefined && (
          <span className="tile-confidence" aria-hidden="true">
            {Math.round(confidence)} %
          </span>
        )}
        <span className="tile-name" aria-hidden="true">
          {name}
        </span>
      </a>
      <input
        type="checkbox"
        className="tile-check"
        tabIndex={isCurrent ? 0 : -1}
        checked={isSelected}
        aria-label={texts.library.select(name)}
        onChange={({ nativeEvent }) =>
          props.onSelect(index, (nativeEvent as unknown as globalThis.MouseEvent).shiftKey)
        }
      />
    </li>
  );
});

function describe(asset: Asset, confidence: number | undefined): string {
  const labels = (asset.labels ?? []).slice(0, 4).map((label) => label.name);
  const state = texts.tile[asset.state as keyof typeof texts.tile];
  return [
    nameOf(asset),
    ...(confidence === undefined ? [] : [`${Math.round(confidence)} %`]),
    ...(typeof state === "string" ? [state] : []),
    ...(asset.labelError ? [asset.labelError.message] : []),
    ...(labels.length > 0 ? [texts.tile.labels(labels.join(", "))] : []),
  ].join(". ");
}

interface PictureProps {
  readonly asset: Asset;
  readonly upload: QueuedUpload | undefined;
}

function Picture({ asset, upload }: PictureProps): ReactElement {
  const url = useThumbnail(asset);
  const preview = usePreview(url === undefined ? upload?.file : undefined);
  const [loaded, setLoaded] = useState(false);
  const [broken, setBroken] = useState<string>();
  const shown = url ?? preview;
  if (shown === undefined || shown === broken || asset.state === "REJECTED") {
    return <Placeholder asset={asset} />;
  }
  return (
    <img
      src={shown}
      alt=""
      draggable={false}
      decoding="async"
      className={loaded ? "loaded" : ""}
      onLoad={() => setLoaded(true)}
      onError={() => setBroken(shown)}
    />
  );
}

/** The file itself, until the thumbnail is there. */
function usePreview(file: Blob | undefined): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!file || !/^image\/(jpeg|png|webp|gif|avif)$/.test(file.type)) {
      return undefined;
    }
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => {
      URL.revokeObjectURL(made);
      setUrl(undefined);
    };
  }, [file]);
  return url;
}

function Placeholder({ asset }: { readonly asset: Asset }): ReactElement {
  const { state, labelError, contentType, createdAt } = asset;
  if (state === "REJECTED" || state === "EXPIRED") {
    return (
      <span className="placeholder failed" aria-hidden="true">
        <Icon name="alert" size={22} />
        <strong>{texts.tile[state]}</strong> <small>{labelError?.message ?? nameOf(asset)}</small>
      </span>
    );
  }
  const isFresh = Date.now() - Date.parse(createdAt) < 120_000;
  if (state === "CREATED" || (isFresh && contentType.startsWith("image/"))) {
    return (
      <span className="placeholder waiting" aria-hidden="true">
        <small>{state === "CREATED" ? texts.tile.CREATED : texts.tile.preparing}</small>
      </span>
    );
  }
  return (
    <span className="placeholder" aria-hidden="true">
      <Icon name="file" size={26} />
      <small>{contentType}</small>
    </span>
  );
}

function Badge({ asset, upload }: PictureProps): ReactElement | null {
  if (upload?.status === "sending") {
    const part = upload.file.size === 0 ? 1 : upload.sent / upload.file.size;
    return <span className="badge sending" aria-hidden="true">{`${Math.round(part * 100)} %`}</span>;
  }
  switch (asset.labelStatus) {
    case "PENDING":
    case "RUNNING":
      return (
        <span className="badge labelling" title={texts.tile.labelling}>
          <i />
        </span>
      );
    case "FAILED":
      return (
        <span className="badge warn" title={asset.labelError?.message ?? texts.tile.labelFailed}>
          <Icon name="alert" size={15} />
        </span>
      );
    default:
      return null;
  }
}
