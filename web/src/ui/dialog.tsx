import { type ReactElement, type ReactNode, useEffect, useId, useRef } from "react";
import { texts } from "../texts.ts";
import { Button } from "./button.tsx";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** The browser keeps the focus inside, and closes it by Escape. */
export function Dialog({ title, onClose, children }: DialogProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div className="dialog-body">
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

interface ConfirmProps {
  readonly title: string;
  readonly text?: string;
  readonly action: string;
  /** A word that must be typed. */
  readonly word?: string;
  readonly typed?: ReactNode;
  readonly disabled?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

export function Confirm({
  title,
  text,
  action,
  typed,
  disabled,
  onConfirm,
  onClose,
}: ConfirmProps): ReactElement {
  return (
    <Dialog title={title} onClose={onClose}>
      {text !== undefined && <p className="muted">{text}</p>}
      {typed}
      <div className="dialog-actions">
        <Button onClick={onClose}>{texts.cancel}</Button>
        <Button
          kind="danger"
          disabled={disabled}
          onClick={() => {
            onClose();
            onConfirm();
          }}
        >
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
