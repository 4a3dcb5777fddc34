import { memo, type ReactElement, useEffect, useRef, useState } from "react";
import { useVirtualizer } from "@tanstack/react-virtual";
import type { QueuedUpload } from "darkroom-client";
import { useUpload } from "darkroom-client/react";
import { messageOf } from "../errors.ts";
import { formatBytes } from "../format.ts";
import { texts } from "../texts.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { useWakeLock } from "./wake-lock.ts";

const t = texts.upload;

/** The queue of uploads: how far each is, and all together. */
export default function Uploads(): ReactElement {
  const { uploads, totals, retry, cancel, clear } = useUpload();
  const [open, setOpen] = useState(true);
  const isActive = totals.active > 0;
  useWakeLock(isActive);
  useWarning(isActive);
  // Done is what Darkroom has verified, not what was sent.
  const counted = totals.files - totals.cancelled;
  const part = totals.bytes === 0 ? 0 : totals.sent / totals.bytes;
  const title = isActive ? t.progress(totals.done, counted) : t.finished(totals.done);
  return (
    <section className="uploads" aria-label={t.panel}>
      <header>
        <div>
          <strong role="status">{title}</strong>
          {totals.failed > 0 && <span className="bad">{t.failed(totals.failed)}</span>}
          {isActive && (
            <span className="muted">{`${formatBytes(totals.sent)} / ${formatBytes(totals.bytes)}`}</span>
          )}
        </div>
        <IconButton
          icon={open ? "down" : "up"}
          label={open ? t.collapse : t.expand}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        />
        {!isActive && <IconButton icon="close" label={t.clear} onClick={() => clear()} />}
      </header>
      {isActive && <progress max={1} value={part} aria-label={title} />}
      {open && <UploadList uploads={failedFirst(uploads)} retry={retry} cancel={cancel} />}
      {open && (isActive || totals.failed > 0) && (
        <footer>
          {totals.failed > 0 && <Button onClick={() => retry()}>{t.retryAll}</Button>}
          {isActive && <Button onClick={() => cancel()}>{t.cancelAll}</Button>}
        </footer>
      )}
    </section>
  );
}

/** What needs attention comes first. */
function failedFirst(uploads: readonly QueuedUpload[]): readonly QueuedUpload[] {
  const failed = uploads.filter(({ status }) => status === "failed");
  return failed.length === 0 ? uploads : [...failed, ...uploads.filter(({ status }) => status !== "failed")];
}

interface ListProps {
  readonly uploads: readonly QueuedUpload[];
  readonly retry: (id: string) => void;
  readonly cancel: (id: string) => void;
}

const rowHeight = 52;

function UploadList({ uploads, retry, cancel }: ListProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: uploads.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 4,
  });
  return (
    <div className="upload-list" ref={box} tabIndex={0} role="group" aria-label={t.panel}>
      <ul style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const upload = uploads[index];
          return (
            upload && (
              <li key={upload.id} style={{ transform: `translateY(${start}px)` }}>
                <UploadRow upload={upload} retry={retry} cancel={cancel} />
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}

const UploadRow = memo(function UploadRow({
  upload,
  retry,
  cancel,
}: Omit<ListProps, "uploads"> & { readonly upload: QueuedUpload }): ReactElement {
  const { id, name, status, sent, file, existing, error } = upload;
  const said = status === "done" && existing ? t.status.existing : t.status[status];
  const isOver = status === "failed" || status === "cancelled";
  return (
    <>
      <div className="upload-row">
        <span className="upload-name">{name}</span>
        <span className={status === "failed" ? "bad" : "muted"}>
          {status === "failed" ? messageOf(error) : `${said} · ${formatBytes(file.size)}`}
        </span>
        {status === "sending" && <progress max={file.size} value={sent} aria-label={name} />}
      </div>
      {status === "done" && <Icon name="check" size={18} />}
      {isOver && <IconButton icon="restore" label={t.retry(name)} onClick={() => retry(id)} />}
      {!isOver && status !== "done" && (
        <IconButton icon="close" label={t.cancel(name)} onClick={() => cancel(id)} />
      )}
    </>
  );
});

/** The browser asks before the page is left. */
function useWarning(isActive: boolean): void {
  useEffect(() => {
    if (!isActive) {
      return undefined;
    }
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [isActive]);
}
