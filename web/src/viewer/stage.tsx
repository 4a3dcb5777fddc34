import { type PointerEvent, type ReactElement, useEffect, useRef, useState } from "react";
import type { Asset } from "darkroom-client";
import { useDownload, useThumbnail } from "darkroom-client/react";
import { nameOf } from "../format.ts";
import { texts } from "../texts.ts";
import { Icon } from "../ui/icon.tsx";
import type { Zoom } from "./use-zoom.ts";

interface StageProps {
  readonly asset: Asset;
  readonly zoom: Zoom;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Types that browsers show. */
const shown = /^image\/(jpeg|png|webp|gif|avif)$/;

/** The picture: the large thumbnail first, and the file itself once it is looked at closely. */
export function Stage({ asset, zoom }: StageProps): ReactElement {
  const small = useThumbnail(asset);
  const large = useThumbnail(asset, { size: "LARGE" });
  const file = useDownload(asset, { enabled: zoom.scale > 1.4 && shown.test(asset.contentType) });
  const [loaded, setLoaded] = useState<string>();
  const box = useRef<HTMLDivElement>(null);
  const gestures = useGestures(box, zoom);
  useWheel(box, zoom);
  const { scale, x, y } = zoom;
  const sharpest = file ?? large;
  // What is loaded already stays until the sharper one is.
  const sources = [small, loaded, sharpest].filter((url) => url !== undefined);
  if (asset.state !== "RECEIVED" && asset.state !== "UPLOADED") {
    return <NoPicture text={asset.labelError?.message ?? texts.state[asset.state]} />;
  }
  if (small === undefined && asset.width === null) {
    return <NoPicture text={t.noPreview} />;
  }
  return (
    <div ref={box} className={`stage ${scale > 1 ? "zoomed" : ""}`} {...gestures}>
      {[...new Set(sources)].map((url, index) => (
        <img
          key={url}
          src={url}
          alt={index === 0 ? describe(asset) : ""}
          draggable={false}
          style={{ transform: `translate(${x}px, ${y}px) scale(${scale})` }}
          width={asset.width ?? undefined}
          height={asset.height ?? undefined}
          onLoad={() => url === sharpest && setLoaded(url)}
        />
      ))}
    </div>
  );
}

const t = texts.viewer;

function describe(asset: Asset): string {
  const labels = (asset.labels ?? []).slice(0, 6).map(({ name }) => name);
  return labels.length > 0 ? `${nameOf(asset)}. ${texts.tile.labels(labels.join(", "))}` : nameOf(asset);
}

const NoPicture = ({ text }: { readonly text: string }): ReactElement => (
  <div className="no-picture">
    <Icon name="file" size={44} />
    <p>{text}</p>
  </div>
);

/** From the middle of the stage. */
function pointOf(box: HTMLElement, { clientX, clientY }: { clientX: number; clientY: number }): Point {
  const { left, top, width, height } = box.getBoundingClientRect();
  return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
}

/** React's own listener cannot prevent the page from zooming. */
function useWheel(box: { readonly current: HTMLDivElement | null }, zoom: Zoom): void {
  const { by } = zoom;
  useEffect(() => {
    const element = box.current;
    const listener = (event: WheelEvent) => {
      event.preventDefault();
      if (element) {
        by(Math.exp(-event.deltaY / 400), pointOf(element, event));
      }
    };
    element?.addEventListener("wheel", listener, { passive: false });
    return () => element?.removeEventListener("wheel", listener);
  }, [box, by]);
}

/** One pointer moves the picture, two zoom, a double click zooms in and out. */
function useGestures(box: { readonly current: HTMLDivElement | null }, zoom: Zoom) {
  const pointers = useRef(new Map<number, Point>());
  const onPointerMove = (event: PointerEvent) => {
    const before = pointers.current.get(event.pointerId);
    if (!before || !box.current) {
      return;
    }
    const now = pointOf(box.current, event);
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      zoom.by(distance(now, other) / Math.max(1, distance(before, other)), other);
    } else {
      zoom.move(now.x - before.x, now.y - before.y);
    }
    pointers.current.set(event.pointerId, now);
  };
  const forget = ({ pointerId }: PointerEvent) => void pointers.current.delete(pointerId);
  return {
    onPointerDown: (event: PointerEvent) => {
      if (box.current) {
        box.current.setPointerCapture(event.pointerId);
        pointers.current.set(event.pointerId, pointOf(box.current, event));
      }
    },
    onPointerMove,
    onPointerUp: forget,
    onPointerCancel: forget,
    onDoubleClick: (event: { clientX: number; clientY: number }) => {
      if (zoom.scale > 1) {
        zoom.fit();
      } else if (box.current) {
        zoom.by(2.5, pointOf(box.current, event));
      }
    },
  };
}

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
