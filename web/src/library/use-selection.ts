import { useCallback, useMemo, useRef, useState } from "react";
import type { Asset } from "darkroom-client";

export interface SelectionState {
  readonly ids: ReadonlySet<string>;
  /** `extend` selects all from the last one that was toggled. */
  readonly toggle: (index: number, extend: boolean) => void;
  readonly clear: () => void;
}

/** Pictures that disappear are no longer selected. */
export function useSelection(assets: readonly Asset[]): SelectionState {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const last = useRef<string>(undefined);
  const latest = useRef(assets);
  latest.current = assets;
  const ids = useMemo(() => {
    if (chosen.size === 0) {
      return chosen;
    }
    return new Set(assets.map(({ id }) => id).filter((id) => chosen.has(id)));
  }, [assets, chosen]);
  const toggle = useCallback((index: number, extend: boolean) => {
    const all = latest.current;
    const asset = all[index];
    if (!asset) {
      return;
    }
    const from = extend ? all.findIndex(({ id }) => id === last.current) : -1;
    last.current = asset.id;
    setChosen((before) => {
      const next = new Set(before);
      if (from >= 0) {
        for (const one of all.slice(Math.min(from, index), Math.max(from, index) + 1)) {
          next.add(one.id);
        }
      } else if (!next.delete(asset.id)) {
        next.add(asset.id);
      }
      return next;
    });
  }, []);
  const clear = useCallback(() => setChosen(new Set()), []);
  return useMemo(() => ({ ids, toggle, clear }), [ids, toggle, clear]);
}
