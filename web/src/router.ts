import { type MouseEvent, useSyncExternalStore } from "react";

export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
  /** The view behind a picture: where closing it leads. */
  readonly behind: string | undefined;
}

const changed = new Set<() => void>();
let current: Place | undefined;

const watch = (listener: () => void): (() => void) => {
  changed.add(listener);
  return () => changed.delete(listener);
};

function announce(): void {
  current = undefined;
  for (const listener of [...changed]) {
    listener();
  }
}

globalThis.addEventListener("popstate", announce);

function read(): Place {
  const { behind } = (history.state ?? {}) as { behind?: string };
  return (current ??= { path: location.pathname, query: new URLSearchParams(location.search), behind });
}

export const usePlace = (): Place => useSyncExternalStore(watch, read);

interface Move {
  readonly replace?: boolean;
  /** Shows the place over this one. */
  readonly behind?: string | undefined;
}

export function navigate(to: string, { replace = false, behind }: Move = {}): void {
  const state = behind === undefined ? {} : { behind };
  history[replace ? "replaceState" : "pushState"](state, "", to);
  if (behind === undefined && !replace) {
    scrollTo(0, 0);
  }
  announce();
}

/** Lets the browser open new tabs and windows by itself. */
export function follow(event: MouseEvent, to: string, move: Move = {}): void {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
    return;
  }
  event.preventDefault();
  navigate(to, move);
}
