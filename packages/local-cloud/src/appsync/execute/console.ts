import type { Log } from "../../base/service.ts";
import type { ConsoleLevel } from "../declared/index.ts";

/** Takes a line of a handler's console, such as `INFO - code.js:1:2: "a"`, and its place. */
export type Console = (line: string, at: Readonly<Record<string, unknown>>) => void;

/** What a line begins with that AWS logs at a level. */
const kinds: Readonly<Record<ConsoleLevel, RegExp>> = {
  NONE: /^(?!)/,
  ERROR: /^ERROR/,
  INFO: /^(?!DEBUG)/,
  DEBUG: /^/,
};

/**
 * Logs the lines that AWS logs at the API's field log level (aws/aws-appsync-community#321, #333). The others are debug
 * messages, and the first of them causes a warning.
 */
export function createConsole(level: ConsoleLevel, log: Log, write: (line: string) => void): Console {
  let isWarned = false;
  return (line, at) => {
    if (kinds[level].test(line)) {
      log.info(line, at);
      write(line);
      return;
    }
    log.debug(line, at);
    if (isWarned) {
      return;
    }
    isWarned = true;
    log.warn("AWS does not log the output of this console call: it needs another fieldLogLevel", at);
  };
}
