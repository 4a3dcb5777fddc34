import { texts } from "./texts.ts";

const units = ["B", "kB", "MB", "GB", "TB"];

export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return `${value.toLocaleString("en", { maximumFractionDigits: value < 10 && power > 0 ? 1 : 0 })} ${units[power]}`;
}

export const formatNumber = (value: number): string => value.toLocaleString("en");

const full = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
export const formatTime = (iso: string): string => full.format(new Date(iso));

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const steps = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 30],
  ["month", 12],
  ["year", Infinity],
] as const;

/** Such as `3 minutes ago`, or `in 2 days`. */
export function formatAgo(iso: string, now = Date.now()): string {
  let value = (Date.parse(iso) - now) / 1000;
  for (const [unit, size] of steps) {
    if (Math.abs(value) < size) {
      return relative.format(Math.round(value), unit);
    }
    value /= size;
  }
  return formatTime(iso);
}

const day = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });
const dayOfYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });

/** The day in the reader's own time zone. */
export function formatDay(date: Date, now = new Date()): string {
  const days = Math.round((startOf(now) - startOf(date)) / 86_400_000);
  if (days === 0) {
    return texts.library.today;
  }
  if (days === 1) {
    return texts.library.yesterday;
  }
  return (date.getFullYear() === now.getFullYear() ? day : dayOfYear).format(date);
}

const startOf = (date: Date): number =>
  new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

interface Named {
  readonly id: string;
  readonly title?: string | null;
  readonly filename?: string | null;
}

export const nameOf = ({ title, filename }: Named): string => title ?? filename ?? texts.viewer.noTitle;
