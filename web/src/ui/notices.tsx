import { type ReactElement, useEffect, useSyncExternalStore } from "react";
import { messageOf } from "../errors.ts";
import { texts } from "../texts.ts";
import { IconButton } from "./button.tsx";

export interface Notice {
  readonly text: string;
  readonly isError?: boolean;
  readonly action?: { readonly label: string; readonly run: () => void };
}

let shown: { readonly id: number; readonly notice: Notice } | undefined;
let lastId = 0;
const watchers = new Set<() => void>();

function set(next: typeof shown): void {
  shown = next;
  for (const watcher of [...watchers]) {
    watcher();
  }
}

/** Shows one notice. A new one replaces it. */
export function notify(notice: Notice): void {
  lastId += 1;
  set({ id: lastId, notice });
}

export const notifyError = (error: unknown): void => notify({ text: messageOf(error), isError: true });

const watch = (watcher: () => void): (() => void) => {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
};

/** Milliseconds. Long enough to reach the action by keyboard. */
const visible = 10_000;

export function Notices(): ReactElement {
  const current = useSyncExternalStore(watch, () => shown);
  useEffect(() => {
    if (current) {
      const timer = setTimeout(() => set(undefined), visible);
      return () => clearTimeout(timer);
    }
    return undefined;
  }, [current]);
  return (
    <div className="notices" role="status" aria-live="polite">
      {current && (
        <div className={`notice ${current.notice.isError ? "error" : ""}`} key={current.id}>
          <span>{current.notice.text}</span>
          {current.notice.action && (
            <button
              type="button"
              className="notice-action"
              onClick={() => {
                set(undefined);
                current.notice.action?.run();
              }}
            >
              {current.notice.action.label}
            </button>
          )}
          <IconButton icon="close" label={texts.close} onClick={() => set(undefined)} />
        </div>
      )}
    </div>
  );
}
