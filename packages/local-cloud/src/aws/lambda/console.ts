import { format } from "node:util";
import { levelOf } from "./level.ts";
import type { Line } from "./protocol.ts";

/** The level of each method, and how the terminal shows it. */
const methods = {
  trace: ["TRACE", "debug"],
  debug: ["DEBUG", "debug"],
  log: ["INFO", "info"],
  info: ["INFO", "info"],
  warn: ["WARN", "warn"],
  error: ["ERROR", "error"],
} as const;

type Method = keyof typeof methods;

/** From the least important. `FATAL` is a level of the declaration alone. */
const order: readonly string[] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

/**
 * Makes each call of the console one event of CloudWatch, in the format that the function declares, as Lambda's runtime
 * does. Before the first run, the request is `undefined`.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export function patchConsole(requestId: () => string | undefined, logged: (line: Line) => void): void {
  const { AWS_LAMBDA_LOG_FORMAT: logFormat, AWS_LAMBDA_LOG_LEVEL: least = "TRACE" } = process.env;
  const write = logFormat === "JSON" ? asJson : asText;
  for (const name of Object.keys(methods) as Method[]) {
    const [level, shown] = methods[name];
    console[name] = (...parameters: unknown[]) => {
      if (logFormat !== "JSON" || order.indexOf(level) >= order.indexOf(least)) {
        const message = format(...parameters);
        const event = write({
          time: new Date().toISOString(),
          requestId: requestId(),
          level,
          message,
          parameters,
        });
        logged({ event, message, level: levelOf(message, shown) });
      }
    };
  }
}

interface Call {
  readonly time: string;
  readonly requestId: string | undefined;
  readonly level: (typeof methods)[Method][0];
  readonly message: string;
  readonly parameters: readonly unknown[];
}

const asText = ({ time, requestId, level, message }: Call): string =>
  [time, String(requestId), level, message].join("\t");

function asJson({ time, requestId, level, message, parameters }: Call): string {
  const error = parameters.find((parameter) => parameter instanceof Error);
  const fields = {
    ...{ timestamp: time, level, requestId },
    ...(error && {
      errorType: error.name,
      errorMessage: error.message,
      stackTrace: error.stack?.split("\n").slice(1) ?? [],
    }),
  };
  const [only] = parameters;
  if (parameters.length === 1 && typeof only === "object" && only !== null && !error) {
    try {
      return JSON.stringify({ ...fields, message: only });
    } catch {
      // An object that JSON does not know is a text.
    }
  }
  return JSON.stringify({ ...fields, message });
}
