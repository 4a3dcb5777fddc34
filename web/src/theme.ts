import { readStored, store } from "./stored.ts";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export const currentTheme = (): Theme => themes.find((theme) => theme === readStored("theme")) ?? "system";

export function setTheme(theme: Theme): void {
  store("theme", theme);
  applyTheme();
}

export function applyTheme(): void {
  document.documentElement.dataset["theme"] = currentTheme();
}
