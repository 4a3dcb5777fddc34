import { type KeyboardEvent, type ReactElement, useEffect, useRef, useState } from "react";
import type { Asset } from "darkroom-client";
import { useAsset, useDownload, usePurgeAsset, useRestoreAsset, useThumbnail } from "darkroom-client/react";
import { nameOf } from "../format.ts";
import { useOrder } from "../library/order.ts";
import { useTrashing } from "../library/use-trashing.ts";
import { navigate } from "../router.ts";
import { readStored, store } from "../stored.ts";
import { texts } from "../texts.ts";
import { IconButton } from "../ui/button.tsx";
import { Confirm } from "../ui/dialog.tsx";
import { Icon } from "../ui/icon.tsx";
import { Notices, notify, notifyError } from "../ui/notices.tsx";
import { Failed, Loading } from "../ui/states.tsx";
import { Info } from "./info.tsx";
import { Stage } from "./stage.tsx";
import { type Zoom, useZoom } from "./use-zoom.ts";

const t = texts.viewer;

interface ViewerProps {
  readonly id: string;
  /** The view that closing leads to. */
  readonly behind: string;
}

/** One picture over the view that it was opened from. */
export default function Viewer({ id, behind }: ViewerProps): ReactElement {
  const { data: asset, error, isPending, refetch } = useAsset(id);
  const dialog = useRef<HTMLDialogElement>(null);
  const zoom = useZoom(id);
  const [showsInfo, setShowsInfo] = useState(() => readStored("info") === "shown");
  const { at, count, go } = useNeighbours(id, behind);
  const close = () => {
    navigate(behind, { replace: true });
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`a[href="/photo/${id}"]`)?.focus());
  };
  useEffect(() => {
    dialog.current?.showModal();
    return () => dialog.current?.close();
  }, []);
  const toggleInfo = () => {
    store("info", showsInfo ? "hidden" : "shown");
    setShowsInfo(!showsInfo);
  };
  const onKeyDown = useViewerKeys({ go, zoom, toggleInfo });
  const name = asset ? nameOf(asset) : texts.loading;
  return (
    <dialog
      ref={dialog}
      className={`viewer ${showsInfo ? "with-info" : ""}`}
      aria-label={t.label(name)}
      onKeyDown={onKeyDown}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <header>
        <IconButton icon="close" label={texts.close} onClick={close} />
        <div className="viewer-name">
          <strong>{name}</strong>
          <span aria-live="polite">{at >= 0 ? t.position(at + 1, count) : ""}</span>
        </div>
        {asset && <Actions {...{ asset, zoom, close, go }} />}
        <IconButton icon="info" label={t.info} aria-expanded={showsInfo} onClick={toggleInfo} />
      </header>
      <div className="viewer-stage">
        {isPending && <Loading />}
        {error && !asset && <Failed error={error} retry={() => void refetch()} />}
        {asset === null && <p className="viewer-gone">{t.gone}</p>}
        {asset && <Stage key={id} asset={asset} zoom={zoom} />}
        <Arrow icon="left" label={t.previous} disabled={at <= 0} onClick={() => go(-1)} />
        <Arrow icon="right" label={t.next} disabled={at < 0 || at >= count - 1} onClick={() => go(1)} />
      </div>
      {asset && showsInfo && <Info asset={asset} />}
      {asset && <Nearby at={at} />}
      {/* Those of the page are behind the dialog. */}
      <Notices />
    </dialog>
  );
}

interface ArrowProps {
  readonly icon: "left" | "right";
  readonly label: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
}

const Arrow = ({ icon, ...rest }: ArrowProps): ReactElement => (
  <IconButton icon={icon} className={`arrow ${icon}`} {...rest} />
);

/** The pictures before and after this one, in the view behind. */
function useNeighbours(id: string, behind: string) {
  const order = useOrder();
  const at = order.indexOf(id);
  const go = (step: 1 | -1) => {
    const next = order[at + step];
    if (at >= 0 && next !== undefined) {
      navigate(`/photo/${next}`, { replace: true, behind });
    }
  };
  return { at, count: order.length, go };
}

interface ViewerKeys {
  readonly go: (step: 1 | -1) => void;
  readonly zoom: Zoom;
  readonly toggleInfo: () => void;
}

function useViewerKeys({ go, zoom, toggleInfo }: ViewerKeys) {
  return (event: KeyboardEvent): void => {
    const isTyping = event.target instanceof HTMLInputElement;
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const run = {
      ArrowLeft: () => go(-1),
      ArrowRight: () => go(1),
      "+": zoom.closer,
      "=": zoom.closer,
      "-": zoom.further,
      "0": zoom.fit,
      i: toggleInfo,
      f: () => void toggleFullScreen(),
    }[event.key];
    if (run) {
      event.preventDefault();
      run();
    }
  };
}

const toggleFullScreen = (): Promise<void> =>
  document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();

/** The states of assets that have an object. */
const stored: ReadonlySet<string> = new Set(["RECEIVED", "UPLOADED"]);

interface ActionsProps {
  readonly asset: Asset;
  readonly zoom: Zoom;
  readonly close: () => void;
  readonly go: (step: 1 | -1) => void;
}

function Actions({ asset, zoom, close }: ActionsProps): ReactElement {
  const download = useDownload(asset);
  const trash = useTrashing();
  const [asking, setAsking] = useState(false);
  const { mutate: restore } = useRestoreAsset();
  const { mutate: purge } = usePurgeAsset();
  const { id, state } = asset;
  const remove = () => {
    close();
    trash([id]);
  };
  return (
    <>
      <span className="viewer-zoom">
        <IconButton icon="minus" label={t.zoomOut} disabled={zoom.scale <= 1} onClick={zoom.further} />
        <IconButton icon="fit" label={t.fit} disabled={zoom.scale === 1} onClick={zoom.fit} />
        <IconButton icon="plus" label={t.zoomIn} onClick={zoom.closer} />
      </span>
      {download === undefined ? (
        // The place of the link, so that the other buttons do not move when it comes.
        stored.has(state) && <IconButton icon="download" label={t.download} disabled />
      ) : (
        <a
          className="icon-button"
          href={download}
          download={nameOf(asset)}
          aria-label={t.download}
          title={t.download}
        >
          <Icon name="download" />
        </a>
      )}
      {state === "DELETED" ? (
        <>
          <IconButton
            icon="restore"
            label={t.restore}
            onClick={() => restore({ id }, { onError: notifyError })}
          />
          <IconButton icon="trash" label={t.purge} onClick={() => setAsking(true)} />
        </>
      ) : (
        <IconButton icon="trash" label={t.delete} onClick={remove} />
      )}
      {asking && (
        <Confirm
          title={t.purgeTitle}
          text={t.purgeText}
          action={t.purge}
          onClose={() => setAsking(false)}
          onConfirm={() => {
            close();
            purge({ id }, { onError: notifyError, onSuccess: () => notify({ text: t.purged }) });
          }}
        />
      )}
    </>
  );
}

/** Loads the thumbnails of the neighbours, so that they are there when they are shown. */
function Nearby({ at }: { readonly at: number }): ReactElement {
  const order = useOrder();
  const ids = at < 0 ? [] : [order[at - 1], order[at + 1]].filter((id) => id !== undefined);
  return (
    <>
      {ids.map((id) => (
        <Preload key={id} id={id} />
      ))}
    </>
  );
}

function Preload({ id }: { readonly id: string }): null {
  const { data: asset } = useAsset(id);
  const url = useThumbnail(asset, { size: "LARGE" });
  useEffect(() => {
    if (url !== undefined) {
      new Image().src = url;
    }
  }, [url]);
  return null;
}
