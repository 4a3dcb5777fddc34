import { type ReactElement, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Asset, QueuedUpload } from "darkroom-client";
import { useUpload } from "darkroom-client/react";
import { texts } from "../texts.ts";
import { Button } from "../ui/button.tsx";
import { layOut, type Row } from "./layout.ts";
import { setOrder } from "./order.ts";
import { Selection } from "./selection-bar.tsx";
import { Tile } from "./tile.tsx";
import { useAnchor } from "./use-anchor.ts";
import { useGridKeys } from "./use-grid-keys.ts";
import { useRowsInView } from "./use-rows-in-view.ts";
import { useSelection } from "./use-selection.ts";
import { useSpace } from "./use-space.ts";

interface GridProps {
  readonly assets: readonly Asset[];
  readonly behind: string;
  readonly withDays: boolean;
  /** By the asset's id. */
  readonly confidences?: ReadonlyMap<string, number>;
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly loadMore: () => void;
}

/** All pictures that were read, of which only the rows in view are in the page. */
export function Grid(props: GridProps): ReactElement {
  const { assets, behind, withDays, confidences, hasMore, isLoading, loadMore } = props;
  const box = useRef<HTMLDivElement>(null);
  const { space, offset } = useSpace(box);
  const rows = useMemo(() => layOut(assets, space, withDays), [assets, space, withDays]);
  const view = useRowsInView(rows, space.gap, offset);
  const uploads = useUploadsByAsset();
  const selection = useSelection(assets);
  const [choosing, setChoosing] = useState(false);
  const [current, setCurrent] = useState(0);
  const shown = rows.slice(view.first, view.end);
  useAnchor(rows, view);
  useEffect(() => setOrder(assets.map(({ id }) => id)), [assets]);
  useEffect(() => {
    if (hasMore && !isLoading && view.end >= rows.length - 5) {
      loadMore();
    }
  }, [hasMore, isLoading, view.end, rows.length, loadMore]);
  const onKeyDown = useGridKeys({ box, rows, view, current, setCurrent, selection });
  const { toggle } = selection;
  const onSelect = useCallback((index: number, extend: boolean) => toggle(index, extend), [toggle]);
  // The tile that Tab reaches must be in the page.
  const indices = shown.flatMap((row) => cellsOf(row).map((cell) => cell.index));
  const reachable = indices.includes(current) ? current : indices[0];
  const choose = (
    <Button kind="quiet" className="choose" aria-pressed={choosing} onClick={() => setChoosing(!choosing)}>
      {choosing ? texts.library.chosen : texts.library.choose}
    </Button>
  );
  return (
    <>
      {!withDays && choose}
      <div
        ref={box}
        className={`grid ${choosing ? "choosing" : ""}`}
        role="group"
        aria-label={texts.library.grid}
        aria-busy={isLoading}
        style={{ height: view.height }}
        onKeyDown={onKeyDown}
      >
        {withDays && choose}
        {shown.map((row, place) => {
          const start = view.starts[view.first + place] ?? 0;
          const style = { transform: `translateY(${start}px)`, height: row.height };
          if (row.kind !== "pictures") {
            return (
              <h2 key={row.key} className="day" style={style}>
                {row.text}
              </h2>
            );
          }
          return (
            <ul key={row.key} className="row" style={{ ...style, gap: space.gap }}>
              {row.cells.map(({ asset, index: at, width }) => (
                <Tile
                  key={asset.id}
                  {...{ asset, width, behind, onSelect, index: at, height: row.height }}
                  isCurrent={at === reachable}
                  isSelected={selection.ids.has(asset.id)}
                  isSelecting={choosing || selection.ids.size > 0}
                  upload={uploads.get(asset.id)}
                  confidence={confidences?.get(asset.id)}
                  onFocus={setCurrent}
                />
              ))}
            </ul>
          );
        })}
      </div>
      <Selection selection={selection} />
    </>
  );
}

const cellsOf = (row: Row) => (row.kind === "pictures" ? row.cells : []);

/** Uploads whose pictures have no thumbnail yet. */
function useUploadsByAsset(): ReadonlyMap<string, QueuedUpload> {
  const { uploads } = useUpload();
  return useMemo(
    () => new Map(uploads.flatMap((upload) => (upload.asset ? [[upload.asset.id, upload] as const] : []))),
    [uploads],
  );
}
