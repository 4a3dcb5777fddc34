import { type ReactElement, type ReactNode, type SubmitEvent, useId, useState } from "react";
import type { Asset } from "darkroom-client";
import { useLabelAsset, useRenameAsset } from "darkroom-client/react";
import { formatBytes, formatNumber, formatTime, nameOf } from "../format.ts";
import { follow, usePlace } from "../router.ts";
import { texts } from "../texts.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { valuesOf } from "../ui/form.ts";
import { notifyError } from "../ui/notices.tsx";
import { Deliveries } from "./deliveries.tsx";
import { Labels } from "./labels.tsx";

const t = texts.viewer;

/** What is known of a picture, and what can be corrected. */
export const Info = ({ asset }: { readonly asset: Asset }): ReactElement => (
  <aside className="info" aria-label={t.info}>
    <Title key={`${asset.id} ${asset.title ?? ""}`} asset={asset} />
    <Labels asset={asset} />
    <Relabel asset={asset} />
    <Details asset={asset} />
    <Deliveries asset={asset} />
  </aside>
);

function Title({ asset }: { readonly asset: Asset }): ReactElement {
  const [editing, setEditing] = useState(false);
  const { mutate: rename } = useRenameAsset();
  const id = useId();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { title = "" } = valuesOf(event.currentTarget);
    setEditing(false);
    rename({ id: asset.id, title: title.trim() }, { onError: notifyError });
  };
  if (!editing) {
    return (
      <div className="info-title">
        <h2>{nameOf(asset)}</h2>
        <IconButton icon="edit" label={t.rename} onClick={() => setEditing(true)} />
      </div>
    );
  }
  return (
    <form className="info-rename" onSubmit={submit}>
      <label htmlFor={id}>{t.titleField}</label>
      <div>
        <input
          id={id}
          name="title"
          // The form was just asked for.
          autoFocus
          maxLength={255}
          defaultValue={asset.title ?? ""}
          placeholder={asset.filename ?? ""}
          onKeyDown={(event) => {
            if (event.key === "Escape") {
              event.preventDefault();
              event.stopPropagation();
              setEditing(false);
            }
          }}
        />
        <Button kind="primary" type="submit">
          {texts.save}
        </Button>
      </div>
    </form>
  );
}

function Relabel({ asset }: { readonly asset: Asset }): ReactElement | null {
  const { mutate: relabel, isPending } = useLabelAsset();
  const { id, labelStatus, labelError } = asset;
  const canRun = labelStatus === "DONE" || labelStatus === "FAILED";
  if (!canRun && !labelError) {
    return null;
  }
  return (
    <div className="relabel">
      {labelError && <p className={labelStatus === "FAILED" ? "bad" : "muted"}>{labelError.message}</p>}
      {canRun && (
        <Button icon="restore" busy={isPending} onClick={() => relabel({ id }, { onError: notifyError })}>
          {t.labelAgain}
        </Button>
      )}
    </div>
  );
}

function Details({ asset }: { readonly asset: Asset }): ReactElement {
  const {
    filename,
    contentType,
    contentLength,
    width,
    height,
    createdAt,
    updatedAt,
    state,
    labelStatus,
    sha256,
    duplicateOf,
  } = asset;
  const rows: readonly (readonly [string, ReactNode])[] = [
    [t.file, filename],
    [t.type, contentType],
    [t.size, formatBytes(contentLength)],
    [t.dimensions, width && height ? `${formatNumber(width)} × ${formatNumber(height)}` : null],
    [t.created, formatTime(createdAt)],
    [t.changed, formatTime(updatedAt)],
    [t.state, texts.state[state]],
    [t.labelling, texts.labelStatus[labelStatus]],
    [t.duplicate, duplicateOf && <OtherPicture id={duplicateOf} />],
    [t.checksum, sha256],
  ];
  return (
    <section>
      <h3>{t.details}</h3>
      <dl className="details">
        {rows.map(
          ([term, value]) =>
            value !== null && (
              <div key={term}>
                <dt>{term}</dt>
                <dd className={term === t.checksum ? "mono" : ""}>{value}</dd>
              </div>
            ),
        )}
      </dl>
    </section>
  );
}

function OtherPicture({ id }: { readonly id: string }): ReactElement {
  const { behind } = usePlace();
  const address = `/photo/${id}`;
  return (
    <a href={address} onClick={(click) => follow(click, address, { behind })}>
      {t.duplicateOf}
    </a>
  );
}
