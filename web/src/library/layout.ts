import type { Asset } from "darkroom-client";
import { formatDay } from "../format.ts";

export interface Cell {
  readonly asset: Asset;
  /** Among all pictures. */
  readonly index: number;
  readonly width: number;
}

export interface PictureRow {
  readonly kind: "pictures";
  readonly key: string;
  readonly cells: readonly Cell[];
  readonly height: number;
}

export type Row =
  | PictureRow
  | { readonly kind: "heading"; readonly key: string; readonly text: string; readonly height: number };

export interface Space {
  readonly width: number;
  /** The height that rows should have. */
  readonly target: number;
  readonly gap: number;
}

const headingHeight = 52;

/** Of pictures whose size is not known yet, and of files that are no pictures. */
const unknownRatio = 4 / 3;

/** Very wide and very tall pictures are cut in the grid. */
const [minRatio, maxRatio] = [0.6, 2.4];

export const ratioOf = ({ width, height }: Asset): number =>
  width && height ? Math.min(maxRatio, Math.max(minRatio, width / height)) : unknownRatio;

/** Rows of pictures that fill the width, with a heading for each day. All heights are known without measuring. */
export function layOut(assets: readonly Asset[], space: Space, withDays: boolean): Row[] {
  if (space.width <= 0) {
    return [];
  }
  const rows: Row[] = [];
  let day = "";
  let open: Cell[] = [];
  const finish = (isLast: boolean) => {
    if (open.length > 0) {
      rows.push(rowOf(open, space, isLast));
      open = [];
    }
  };
  const now = new Date();
  assets.forEach((asset, index) => {
    const dayOfAsset = withDays ? formatDay(new Date(asset.createdAt), now) : "";
    if (dayOfAsset !== day) {
      finish(true);
      day = dayOfAsset;
      rows.push({ kind: "heading", key: `day ${day}`, text: day, height: headingHeight });
    }
    open.push({ asset, index, width: 0 });
    if (heightOf(open, space) <= space.target) {
      finish(false);
    }
  });
  finish(true);
  return rows;
}

/** The height at which the pictures fill the width. */
function heightOf(cells: readonly Cell[], { width, gap }: Space): number {
  const ratios = cells.reduce((sum, { asset }) => sum + ratioOf(asset), 0);
  return (width - gap * (cells.length - 1)) / ratios;
}

/** The last row of a day need not fill the width. */
function rowOf(cells: readonly Cell[], space: Space, isLast: boolean): PictureRow {
  const full = heightOf(cells, space);
  const isFull = !isLast || full <= space.target;
  const height = Math.round(isFull ? full : space.target);
  let left = space.width - space.gap * (cells.length - 1);
  const widths = cells.map(({ asset }, index) => {
    const width = isFull && index === cells.length - 1 ? left : Math.floor(ratioOf(asset) * height);
    left -= width;
    return width;
  });
  return {
    kind: "pictures",
    key: cells[0]?.asset.id ?? "",
    cells: cells.map((cell, index) => ({ ...cell, width: widths[index] ?? 0 })),
    height,
  };
}
