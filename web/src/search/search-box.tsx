import {
  type KeyboardEvent,
  type ReactElement,
  useDeferredValue,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import { useLabels } from "darkroom-client/react";
import { formatNumber } from "../format.ts";
import { navigate, usePlace } from "../router.ts";
import { texts } from "../texts.ts";
import { IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";

const t = texts.search;
const maxSuggestions = 8;

/** https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ */
export function SearchBox(): ReactElement {
  const { path, query } = usePlace();
  const searched = path === "/search" ? (query.get("label") ?? "") : "";
  const [text, setText] = useState(searched);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => setText(searched), [searched]);
  useSlash(input);
  const suggestions = useSuggestions(text, open);
  const search = (label: string) => {
    setOpen(false);
    setActive(-1);
    if (label.trim() !== "") {
      setText(label);
      navigate(`/search?label=${encodeURIComponent(label.trim())}`);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && suggestions.length > 0) {
      event.preventDefault();
      setOpen(true);
      setActive((active + step + suggestions.length) % suggestions.length);
    } else if (event.key === "Escape") {
      setOpen(false);
      setActive(-1);
    } else if (event.key === "Enter") {
      search(suggestions[active]?.name ?? text);
    }
  };
  const isOpen = open && suggestions.length > 0;
  return (
    <div className="search" role="search">
      <Icon name="search" size={18} />
      <input
        ref={input}
        role="combobox"
        aria-label={t.label}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && active >= 0 ? `${id}-${active}` : undefined}
        placeholder={t.placeholder}
        value={text}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => {
          setText(target.value);
          setOpen(true);
          setActive(-1);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {text !== "" && (
        <IconButton
          icon="close"
          label={t.clear}
          onClick={() => {
            setText("");
            if (searched !== "") {
              navigate("/");
            }
            input.current?.focus();
          }}
        />
      )}
      {isOpen && (
        <ul id={id} role="listbox" aria-label={t.suggestions} className="suggestions">
          {suggestions.map(({ name, count }, index) => (
            <li
              key={name}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active}
              // The box keeps the focus.
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => search(name)}
            >
              <span>{name}</span>
              <span className="muted">{formatNumber(count)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function useSuggestions(text: string, enabled: boolean) {
  const prefix = useDeferredValue(text.trim());
  const { data = [] } = useLabels(
    { ...(prefix !== "" && { prefix }), limit: maxSuggestions },
    { enabled, staleTime: 30_000 },
  );
  return data.slice(0, maxSuggestions);
}

/** The key `/` goes to the search. */
function useSlash(input: { readonly current: HTMLInputElement | null }): void {
  useEffect(() => {
    const listener = (event: globalThis.KeyboardEvent) => {
      const isTyping = event.target instanceof Element && event.target.closest("input, textarea, dialog");
      if (event.key === "/" && !isTyping) {
        event.preventDefault();
        input.current?.focus();
        input.current?.select();
      }
    };
    addEventListener("keydown", listener);
    return () => removeEventListener("keydown", listener);
  }, [input]);
}
