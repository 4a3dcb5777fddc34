import { useCallback, useLayoutEffect, useMemo, useState } from "react";
import type { Row } from "./layout.ts";

/** Rows that are in the page beyond each end of the window, so that their pictures are there when they come into view. */
const beyond = 4;

/** Pixels at each end of the window that bars may cover. */
const covered = 80;

export interface RowsInView {
  /** Pixels from the top of the grid to each row. */
  readonly starts: readonly number[];
  /** Of the whole grid. */
  readonly height: number;
  /** The rows that are in the page: the first, and the one after the last. */
  readonly first: number;
  readonly end: number;
  /** The row at so many pixels from the top of the grid. */
  readonly rowAt: (y: number) => number;
  /** Scrolls as little as shows the row. */
  readonly show: (index: number) => void;
}

/**
 * The rows that the window shows. All heights are known, so nothing is measured, and the grid is rendered only when
 * another row comes into view.
 */
export function useRowsInView(rows: readonly Row[], gap: number, offset: number): RowsInView {
  const { starts, height } = useMemo(() => placesOf(rows, gap), [rows, gap]);
  const [{ first, end }, setRange] = useState({ first: 0, end: 0 });
  const rowAt = useCallback((y: number) => indexAt(starts, y), [starts]);
  useLayoutEffect(() => {
    const update = () => {
      const top = scrollY - offset;
      const next = {
        first: Math.max(0, rowAt(top) - beyond),
        end: Math.min(starts.length, rowAt(top + innerHeight) + 1 + beyond),
      };
      setRange((before) => (before.first === next.first && before.end === next.end ? before : next));
    };
    update();
    addEventListener("scroll", update, { passive: true });
    addEventListener("resize", update);
    return () => {
      removeEventListener("scroll", update);
      removeEventListener("resize", update);
    };
  }, [starts, offset, rowAt]);
  const show = useCallback(
    (index: number) => {
      const top = (starts[index] ?? 0) + offset - covered;
      const bottom = (starts[index] ?? 0) + offset + (rows[index]?.height ?? 0) + covered;
      if (top < scrollY) {
        scrollTo(0, top);
      } else if (bottom > scrollY + innerHeight) {
        scrollTo(0, bottom - innerHeight);
      }
    },
    [starts, rows, offset],
  );
  return { starts, height, first, end, rowAt, show };
}

function placesOf(rows: readonly Row[], gap: number) {
  const starts: number[] = [];
  let height = 0;
  for (const row of rows) {
    starts.push(height);
    height += row.height + gap;
  }
  return { starts, height };
}

/** The last row that does not begin below `y`. */
function indexAt(starts: readonly number[], y: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= y) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}
