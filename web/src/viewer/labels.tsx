import { type ReactElement, type SubmitEvent, useRef } from "react";
import type { Asset, Label } from "darkroom-client";
import { useSetLabels } from "darkroom-client/react";
import { navigate } from "../router.ts";
import { texts } from "../texts.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { valuesOf } from "../ui/form.ts";
import { Icon } from "../ui/icon.tsx";
import { notifyError } from "../ui/notices.tsx";

const t = texts.viewer;

/** The labels with their confidence, and a form that corrects them. */
export function Labels({ asset }: { readonly asset: Asset }): ReactElement {
  const { mutate: correct } = useSetLabels();
  const { id, labels, labelStatus, state } = asset;
  const canCorrect = state === "RECEIVED" || state === "UPLOADED";
  const isRunning = labelStatus === "PENDING" || labelStatus === "RUNNING";
  return (
    <section>
      <h3>{t.labels}</h3>
      {isRunning && (
        <p className="muted labelling-now" role="status">
          <i />
          {texts.tile.labelling}
        </p>
      )}
      {!isRunning && (labels ?? []).length === 0 && <p className="muted">{t.noLabels}</p>}
      <ul className="labels">
        {(labels ?? []).map((label) => (
          <LabelRow
            key={label.name}
            label={label}
            remove={
              canCorrect ? () => correct({ id, remove: [label.name] }, { onError: notifyError }) : undefined
            }
          />
        ))}
      </ul>
      {canCorrect && <AddLabel add={(name) => correct({ id, add: [name] }, { onError: notifyError })} />}
    </section>
  );
}

interface RowProps {
  readonly label: Label;
  readonly remove: (() => void) | undefined;
}

function LabelRow({ label: { name, confidence, source }, remove }: RowProps): ReactElement {
  const percent = Math.round(confidence);
  return (
    <li>
      <button
        type="button"
        className="label-name"
        onClick={() => navigate(`/search?label=${encodeURIComponent(name)}`)}
      >
        {name}
      </button>
      {source === "PERSON" ? (
        <span className="by-person" title={t.byPerson}>
          <Icon name="user" size={15} />
          <span className="visually-hidden">{t.byPerson}</span>
        </span>
      ) : (
        <span className="percent">{percent} %</span>
      )}
      {remove ? <IconButton icon="close" label={t.removeLabel(name)} onClick={remove} /> : <span />}
      <meter className="bar" min={0} max={100} value={percent} aria-label={name} />
    </li>
  );
}

function AddLabel({ add }: { readonly add: (name: string) => void }): ReactElement {
  const form = useRef<HTMLFormElement>(null);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = (valuesOf(event.currentTarget)["label"] ?? "").trim();
    if (name !== "") {
      add(name);
      form.current?.reset();
    }
  };
  return (
    <form ref={form} className="add-label" onSubmit={submit}>
      <input
        name="label"
        aria-label={t.addLabel}
        placeholder={t.addLabel}
        maxLength={100}
        autoComplete="off"
      />
      <Button type="submit">{t.add}</Button>
    </form>
  );
}
