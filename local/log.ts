import type { Log } from "./aws/service.ts";

export type Level = "debug" | "info" | "warn" | "error" | "silent";

const levels: readonly Level[] = ["debug", "info", "warn", "error", "silent"];

/** What must never be written: signatures, tokens, and the socket subprotocol that carries one. */
const secret =
  /^(authorization|cookie|x-api-key|x-amz-security-token|sec-websocket-protocol|.*token|.*secret.*)$/i;
const signature = /([?&](?:X-Amz-(?:Signature|Credential|Security-Token)|header)=)[^&\s"]+/gi;

/** One line an entry: time, level, message, fields as JSON. Line breaks in values are escaped by JSON. */
export function createLog(least: Level, write: (line: string) => void): Log {
  const log =
    (level: Level) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      if (levels.indexOf(level) < levels.indexOf(least)) {
        return;
      }
      const time = new Date().toISOString().slice(11, 23);
      const rest = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields, redact)}` : "";
      write(`${time} ${level.toUpperCase().padEnd(5)} ${JSON.stringify(clean(message)).slice(1, -1)}${rest}`);
    };
  return { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
}

function redact(key: string, value: unknown): unknown {
  if (secret.test(key)) {
    return "[redacted]";
  }
  if (value instanceof Error) {
    return { name: value.name, message: clean(value.message), stack: value.stack?.split("\n").slice(1, 4) };
  }
  return typeof value === "string" ? clean(value) : value;
}

const clean = (text: string): string => text.replace(signature, "$1[redacted]");
