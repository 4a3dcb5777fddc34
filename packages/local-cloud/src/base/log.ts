import { isObject } from "./checks.ts";
import { stripVTControlCharacters, styleText } from "node:util";
import type { Log } from "./service.ts";

export type Level = "debug" | "info" | "warn" | "error" | "silent";

const levels: readonly Level[] = ["debug", "info", "warn", "error", "silent"];

/** Fields that are never written: signatures, tokens, and the socket subprotocol that carries one. */
const secret =
  /^(authorization|cookie|x-api-key|x-amz-security-token|sec-websocket-protocol|.*token|.*secret.*|.*password)$/i;
const webhookSecret = /whsec_[A-Za-z0-9+/=]+/g;
const signature = /([?&](?:X-Amz-(?:Signature|Credential|Security-Token)|header)=)[^&\s"]+/gi;

export interface LogForm {
  /** Lines of JSON for programs. By default one short line for each event, for people. */
  readonly json?: boolean;
  readonly colours?: boolean;
  /** Time zone of the times that people read. By default that of the machine. */
  readonly timeZone?: string;
}

type Fields = Readonly<Record<string, unknown>>;
interface Entry {
  readonly level: Level;
  readonly message: string;
  readonly fields: Fields;
}

/** Writes entries of level `min` and above, without secrets. `write` gets one entry a call. */
export function createLog(min: Level, write: (line: string) => void, form: LogForm = {}): Log {
  const text = form.json ? jsonLine : forPeople(form, min === "debug");
  const log =
    (level: Level) =>
    (message: string, fields: Fields = {}): void => {
      if (levels.indexOf(level) < levels.indexOf(min)) {
        return;
      }
      const line = text({ level, message: clean(message), fields });
      if (line !== undefined) {
        write(line);
      }
    };
  return { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
}

const jsonLine = ({ level, message, fields }: Entry): string =>
  JSON.stringify({ time: new Date().toISOString(), level, message, ...fields }, redact);

function redact(key: string, value: unknown): unknown {
  if (secret.test(key)) {
    return "[redacted]";
  }
  if (value instanceof Error) {
    return { name: value.name, message: clean(value.message), stack: value.stack?.split("\n").slice(1, 4) };
  }
  return typeof value === "string" ? clean(value) : value;
}

const clean = (text: string): string =>
  text.replace(signature, "$1[redacted]").replace(webhookSecret, "[redacted]");

/** Time, level unless it is info, part, message and fields on one line. A stack follows on lines of its own. */
function forPeople({ colours = false, timeZone }: LogForm, verbose: boolean) {
  const clock = new Intl.DateTimeFormat("en-GB", {
    ...{ hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 },
    ...(timeZone === undefined ? {} : { timeZone }),
  });
  const styled = (style: Parameters<typeof styleText>[0], text: string): string =>
    colours ? styleText(style, text, { validateStream: false }) : text;
  const styles = { debug: "dim", info: "reset", warn: "yellow", error: "red", silent: "reset" } as const;
  return (entry: Entry): string | undefined => {
    const { level, message, part, fields, stack } = entryOf(entry);
    if (message === metrics && !verbose) {
      return undefined;
    }
    const known = Object.entries(fields).filter(
      ([key, value]) => value !== undefined && (verbose || !forMachines.has(key)),
    );
    const line = [
      styled("dim", clock.format(new Date())),
      ...(level === "info" ? [] : [styled(styles[level], level.toUpperCase())]),
      ...(part === undefined ? [] : [styled("cyan", oneLine(part))]),
      oneLine(message),
      ...known.map(([key, value]) => styled("dim", `${key}=`) + shown(key, value)),
    ].join(" ");
    return [line, ...stack.map((frame) => styled("dim", `    ${oneLine(frame).trim()}`))].join("\n");
  };
}

/** Fields that identify runs and workers. People see them only in a verbose log. */
const forMachines = new Set([
  ...["requestId", "function_request_id", "function_arn", "function_memory_size", "function_name"],
  ...["cold_start", "sampling_rate", "service", "timestamp", "xray_trace_id", "logStream"],
]);

/** A function's metrics in CloudWatch's embedded format. */
const metrics = "metrics";

interface Shown extends Entry {
  readonly part: string | undefined;
  readonly stack: readonly string[];
}

/** A line of JSON that a function writes becomes an entry of its own. */
function entryOf({ level, message, fields }: Entry): Shown {
  const { function: name, field, mapping, trace, ...others } = fields;
  const part = [name, field, mapping].find((value) => typeof value === "string");
  const said = message.startsWith('{"') ? objectIn(message) : undefined;
  if (said && "_aws" in said) {
    return { level, message: metrics, part: shortName(part), fields: said, stack: [] };
  }
  if (typeof said?.["message"] !== "string") {
    return { level, message, part: shortName(part), fields: others, stack: linesOf(trace) };
  }
  const { message: words, error, ...rest } = said as Fields & { readonly message: string };
  const more = Object.fromEntries(Object.entries(rest).filter(([key]) => key !== "level"));
  const { name: type, message: why, stack } = isObject(error) ? error : {};
  const about = isObject(error) ? { error: `${textOf(type)}: ${textOf(why)}` } : { error };
  return {
    level,
    message: words,
    part: shortName(part),
    fields: { ...others, ...more, ...about },
    stack: textOf(stack).split("\n").slice(1),
  };
}

/** Without project, stack and the random suffix that Pulumi adds. */
const shortName = (name: string | undefined): string | undefined =>
  name?.replace(/^[a-z]+-[a-z]+-(.+)-[0-9a-f]{7}$/, "$1");

/** The frames only: the error's message is in the line. */
const linesOf = (trace: unknown): string[] => (Array.isArray(trace) ? trace.map(textOf).slice(1) : []);

function shown(key: string, value: unknown): string {
  const text = value === undefined ? "" : JSON.stringify(redact(key, value), redact);
  return /^"[^\s"\\]+"$/.test(text) ? text.slice(1, -1) : text;
}

/** Keeps line breaks and escape sequences in values from the terminal. */
const oneLine = (text: string): string =>
  JSON.stringify(stripVTControlCharacters(text)).slice(1, -1).replaceAll('\\"', '"');

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

function objectIn(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
