import type { Line } from "./protocol.ts";

/** The level in a line of JSON, as Powertools and Lambda's JSON format write it. */
export function levelOf(line: string, otherwise: Line["level"]): Line["level"] {
  const [, level = ""] = /^\{.*?"level":"(\w+)"/.exec(line) ?? [];
  return shownLevels[level.toUpperCase()] ?? otherwise;
}

/** How the terminal shows a level. */
const shownLevels: Readonly<Record<string, Line["level"]>> = {
  TRACE: "debug",
  DEBUG: "debug",
  INFO: "info",
  WARN: "warn",
  ERROR: "error",
  CRITICAL: "error",
  FATAL: "error",
};
