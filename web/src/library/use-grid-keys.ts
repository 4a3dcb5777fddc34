import type { Dispatch, KeyboardEvent, RefObject, SetStateAction } from "react";
import type { Row } from "./layout.ts";
import type { RowsInView } from "./use-rows-in-view.ts";
import type { SelectionState } from "./use-selection.ts";

interface GridKeys {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly rows: readonly Row[];
  readonly view: RowsInView;
  readonly current: number;
  readonly setCurrent: Dispatch<SetStateAction<number>>;
  readonly selection: SelectionState;
}

/** Arrows move among the pictures, Space selects. */
export function useGridKeys({ box, rows, view, current, setCurrent, selection }: GridKeys) {
  const focus = (index: number) => {
    setCurrent(index);
    view.show(rowOf(rows, index));
    const picture = () => box.current?.querySelector<HTMLElement>(`a[data-index="${index}"]`);
    const rendered = picture();
    if (rendered) {
      // At once: a key or a click that follows must not find the focus moved later.
      rendered.focus();
    } else {
      // The row is rendered only after it was scrolled to.
      requestAnimationFrame(() => requestAnimationFrame(() => picture()?.focus()));
    }
  };
  return (event: KeyboardEvent): void => {
    const next = target(event.key, rows, current);
    if (next !== undefined) {
      event.preventDefault();
      focus(next);
    } else if (event.key === " " && event.target instanceof HTMLAnchorElement) {
      event.preventDefault();
      selection.toggle(current, event.shiftKey);
    } else if (event.key === "Escape" && selection.ids.size > 0) {
      selection.clear();
    }
  };
}

const rowOf = (rows: readonly Row[], index: number): number =>
  rows.findIndex((row) => row.kind === "pictures" && row.cells.some((cell) => cell.index === index));

function target(key: string, rows: readonly Row[], current: number): number | undefined {
  const count = rows.reduce((sum, row) => sum + (row.kind === "pictures" ? row.cells.length : 0), 0);
  switch (key) {
    case "ArrowRight":
      return Math.min(current + 1, count - 1);
    case "ArrowLeft":
      return Math.max(current - 1, 0);
    case "ArrowDown":
      return inNextRow(rows, current, 1);
    case "ArrowUp":
      return inNextRow(rows, current, -1);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}

/** The picture of the next row that is nearest to the middle of this one. */
function inNextRow(rows: readonly Row[], current: number, step: 1 | -1): number {
  const at = rowOf(rows, current);
  const own = rows[at];
  let next = at + step;
  while (rows[next]?.kind === "heading") {
    next += step;
  }
  const other = rows[next];
  if (own?.kind !== "pictures" || other?.kind !== "pictures") {
    return current;
  }
  const middle = middlesOf(own.cells)[own.cells.findIndex(({ index }) => index === current)] ?? 0;
  const distances = middlesOf(other.cells).map((one) => Math.abs(one - middle));
  return other.cells[distances.indexOf(Math.min(...distances))]?.index ?? current;
}

function middlesOf(cells: readonly { readonly width: number }[]): number[] {
  let left = 0;
  return cells.map(({ width }) => {
    left += width;
    return left - width / 2;
  });
}
