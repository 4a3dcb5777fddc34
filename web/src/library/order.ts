import { useSyncExternalStore } from "react";

let order: readonly string[] = [];
const watchers = new Set<() => void>();

/** The ids of the view behind a picture, in their order there. */
export function setOrder(ids: readonly string[]): void {
  order = ids;
  for (const watcher of [...watchers]) {
    watcher();
  }
}

export const useOrder = (): readonly string[] =>
  useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => order,
  );
