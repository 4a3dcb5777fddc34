import {
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import { Icon, type IconName } from "./icon.tsx";

interface Item {
  readonly text: string;
  readonly icon: IconName;
  readonly run: () => void;
}

interface MenuProps {
  readonly button: (props: {
    readonly id: string;
    readonly "aria-haspopup": "menu";
    readonly "aria-expanded": boolean;
    readonly onClick: () => void;
  }) => ReactNode;
  readonly items: readonly Item[];
}

/** https://www.w3.org/WAI/ARIA/apg/patterns/menu-button/ */
export function Menu({ button, items }: MenuProps): ReactElement {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const id = useId();
  const entries = () => Array.from(place.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? []);
  const close = () => {
    setOpen(false);
    document.getElementById(id)?.focus();
  };
  useEffect(() => {
    if (!open) {
      return undefined;
    }
    entries()[0]?.focus();
    const outside = ({ target }: PointerEvent) => {
      if (!place.current?.contains(target as Node)) {
        setOpen(false);
      }
    };
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, [open]);
  const onKeyDown = (event: KeyboardEvent) => {
    const all = entries();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && open) {
      event.preventDefault();
      all[(at + step + all.length) % all.length]?.focus();
    } else if (event.key === "Escape" && open) {
      event.stopPropagation();
      close();
    } else if (event.key === "Tab") {
      setOpen(false);
    }
  };
  return (
    <div className="menu" ref={place} onKeyDown={onKeyDown}>
      {button({ id, "aria-haspopup": "menu", "aria-expanded": open, onClick: () => setOpen(!open) })}
      {open && (
        <div role="menu" aria-labelledby={id} className="menu-list">
          {items.map(({ text, icon, run }) => (
            <button
              key={text}
              type="button"
              role="menuitem"
              tabIndex={-1}
              onClick={() => {
                close();
                run();
              }}
            >
              <Icon name={icon} size={18} />
              {text}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
