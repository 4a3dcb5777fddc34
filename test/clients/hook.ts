import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createElement, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { type DarkroomProps, DarkroomProvider } from "../../packages/client/src/react/index.ts";

/** The values of hooks in a component on the page. */
export interface Rendered<Value> {
  readonly now: () => Value;
  /** The first value for which the condition holds, once it is rendered. */
  until(holds: (value: Value) => unknown): Promise<Value>;
  unmount(): void;
}

interface Body {
  readonly createElement: (name: string) => Element;
  readonly body: { append(element: Element): void };
}

/** How long a condition is waited for on a slow machine, in milliseconds. */
const patience = 60_000;

/** Renders a component that calls hooks, strictly: effects run twice. */
export function renderHook<Value>(
  props: DarkroomProps,
  hook: () => Value,
  queryClient = new QueryClient(),
): Rendered<Value> {
  const { document } = globalThis as unknown as { document: Body };
  const container = document.createElement("div");
  document.body.append(container);
  const root = createRoot(container);
  const looks = new Set<() => void>();
  let value: Value | undefined;
  function Component() {
    value = hook();
    queueMicrotask(() => looks.forEach((look) => look()));
    return null;
  }
  root.render(
    createElement(
      StrictMode,
      null,
      createElement(
        QueryClientProvider,
        { client: queryClient },
        createElement(DarkroomProvider, props, createElement(Component)),
      ),
    ),
  );
  return {
    now: () => value as Value,
    until: (holds) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(
          () => reject(new Error(`It does not come to ${String(holds)}: ${textOf(value)}`)),
          patience,
        );
        const look = () => {
          if (value !== undefined && holds(value)) {
            clearTimeout(late);
            looks.delete(look);
            resolve(value);
          }
        };
        looks.add(look);
        look();
      }),
    unmount: () => root.unmount(),
  };
}

/** What the hooks have returned, for a message. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part)).slice(
    0,
    10_000,
  );
