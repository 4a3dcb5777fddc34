import { useLayoutEffect, useRef } from "react";
import type { Row } from "./layout.ts";
import type { RowsInView } from "./use-rows-in-view.ts";

/** Keeps the picture at the top of the window where it is when others appear above it. */
export function useAnchor(rows: readonly Row[], { starts, rowAt }: RowsInView): void {
  const anchor = useRef<{ readonly id: string; readonly top: number }>(undefined);
  const known = useRef(rows);
  useLayoutEffect(() => {
    if (known.current !== rows && anchor.current && scrollY > 0) {
      const { id, top } = anchor.current;
      const index = rows.findIndex(
        (row) => row.kind === "pictures" && row.cells.some(({ asset }) => asset.id === id),
      );
      const start = index < 0 ? undefined : starts[index];
      if (start !== undefined && Math.abs(start - top) > 1) {
        scrollBy(0, start - top);
      }
    }
    known.current = rows;
    const first = rowAt(scrollY);
    const index = rows.findIndex((row, at) => at >= first && row.kind === "pictures");
    const row = rows[index];
    const start = starts[index];
    anchor.current =
      row?.kind === "pictures" && start !== undefined
        ? { id: row.cells[0]?.asset.id ?? "", top: start }
        : undefined;
  });
}
