import type { Log } from "../../base/service.ts";
import type { ConsoleLevel } from "../declared/index.ts";

/** Takes a line of a handler's console, such as `INFO - code.js:1:2: "a"`, and where it was written. */
export type Console = (line: string, at: Readonly<Record<string, unknown>>) => void;

/**
 * Writes what AWS would write with the API's field log level (aws/aws-appsync-community#321). The rest is there for
 * whoever asks for debug messages, and the first such line is told of.
 */
export function createConsole(level: ConsoleLevel, log: Log): Console {
  let isTold = false;
  return (line, at) => {
    if (level === "DEBUG" || (level === "INFO" && !line.startsWith("DEBUG"))) {
      log.info(line, at);
      return;
    }
    log.debug(line, at);
    if (isTold) {
      return;
    }
    isTold = true;
    log.warn(
      "AWS does not log what this console call writes: it takes the fieldLogLevel INFO, DEBUG or ALL",
      at,
    );
  };
}
