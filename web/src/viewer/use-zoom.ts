import { useCallback, useEffect, useMemo, useState } from "react";

export interface View {
  /** 1 is the whole picture. */
  readonly scale: number;
  /** Pixels from the middle. */
  readonly x: number;
  readonly y: number;
}

export interface Zoom extends View {
  readonly closer: () => void;
  readonly further: () => void;
  readonly fit: () => void;
  /** Zooms by a factor around a point, given in pixels from the middle. */
  readonly by: (factor: number, at: { readonly x: number; readonly y: number }) => void;
  readonly move: (x: number, y: number) => void;
}

const whole: View = { scale: 1, x: 0, y: 0 };
const maxScale = 8;
const step = 1.5;

/** How a picture is seen. Another picture is seen as a whole. */
export function useZoom(id: string): Zoom {
  const [view, setView] = useState(whole);
  useEffect(() => setView(whole), [id]);
  const by = useCallback<Zoom["by"]>((factor, at) => {
    setView(({ scale, x, y }) => {
      const next = Math.min(maxScale, Math.max(1, scale * factor));
      if (next === 1) {
        return whole;
      }
      const ratio = next / scale;
      return { scale: next, x: at.x - (at.x - x) * ratio, y: at.y - (at.y - y) * ratio };
    });
  }, []);
  return useMemo(
    () => ({
      ...view,
      by,
      closer: () => by(step, { x: 0, y: 0 }),
      further: () => by(1 / step, { x: 0, y: 0 }),
      fit: () => setView(whole),
      move: (x, y) =>
        setView((before) => (before.scale === 1 ? before : { ...before, x: before.x + x, y: before.y + y })),
    }),
    [view, by],
  );
}
