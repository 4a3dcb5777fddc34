import { type RefObject, useLayoutEffect, useState } from "react";
import type { Space } from "./layout.ts";

const wide: Omit<Space, "width"> = { target: 236, gap: 6 };
const narrow: Omit<Space, "width"> = { target: 132, gap: 3 };

/** The width of the grid, and where it begins in the page. */
export function useSpace(box: RefObject<HTMLDivElement | null>): {
  readonly space: Space;
  readonly offset: number;
} {
  const [place, setPlace] = useState<{ space: Space; offset: number }>({
    space: { ...wide, width: 0 },
    offset: 0,
  });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) {
      return undefined;
    }
    const measure = () => {
      // The page behind a picture has no scroll bar, and is wider for that time.
      if (document.querySelector("dialog.viewer")) {
        return;
      }
      const width = element.clientWidth;
      const offset = element.getBoundingClientRect().top + scrollY;
      setPlace((before) =>
        before.space.width === width && before.offset === offset
          ? before
          : { space: { ...(width < 640 ? narrow : wide), width }, offset },
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [box]);
  return place;
}
