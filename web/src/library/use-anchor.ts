import { useLayoutEffect, useRef } from "react";
import type { Virtualizer } from "@tanstack/react-virtual";
import type { Row } from "./layout.ts";

/** Keeps the picture at the top of the window where it is when others appear above it. */
export function useAnchor(
  rows: readonly Row[],
  virtualizer: Virtualizer<Window, Element>,
  offset: number,
): void {
  const anchor = useRef<{ readonly id: string; readonly top: number }>(undefined);
  const known = useRef(rows);
  useLayoutEffect(() => {
    if (known.current !== rows && anchor.current && scrollY > 0) {
      const { id, top } = anchor.current;
      const index = rows.findIndex(
        (row) => row.kind === "pictures" && row.cells.some(({ asset }) => asset.id === id),
      );
      const start = index < 0 ? undefined : virtualizer.measurementsCache[index]?.start;
      if (start !== undefined && Math.abs(start - top) > 1) {
        scrollBy(0, start - top);
      }
    }
    known.current = rows;
    const first = virtualizer.getVirtualItemForOffset(scrollY + offset);
    const row = rows.slice(first?.index ?? 0).find((one) => one.kind === "pictures");
    const start = row && virtualizer.measurementsCache[rows.indexOf(row)]?.start;
    anchor.current =
      row?.kind === "pictures" && start !== undefined
        ? { id: row.cells[0]?.asset.id ?? "", top: start }
        : undefined;
  });
}
