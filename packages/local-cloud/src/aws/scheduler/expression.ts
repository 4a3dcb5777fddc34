import { LocalDateTime, ZoneId } from "@js-joda/core";
import "@js-joda/timezone";
import { type NextRun, parseCron } from "./cron.ts";

/** When a schedule runs. Times are in milliseconds since the epoch. */
export type Expression =
  | { readonly kind: "rate"; readonly everyMs: number }
  | { readonly kind: "cron"; readonly next: NextRun }
  /** A single run. */
  | { readonly kind: "at"; readonly time: number };

/** A recurring schedule runs from `start` to `end`, both included. AWS ignores them for one-time schedules. */
export interface Span {
  readonly start: number | undefined;
  readonly end: number | undefined;
}

const unitsMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Parses a schedule expression. Its times are in the time zone.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 *
 * @throws a plain `Error` that says what is wrong.
 */
export function parseExpression(text: string, timezone: string): Expression {
  const zone = zoneOf(timezone);
  const [, value, unit] = /^rate\(([1-9]\d*) (minute|hour|day)s?\)$/.exec(text) ?? [];
  if (value !== undefined && unit !== undefined) {
    return { kind: "rate", everyMs: Number(value) * unitsMs[unit as keyof typeof unitsMs] };
  }
  const [, time] = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/.exec(text) ?? [];
  if (time !== undefined) {
    return { kind: "at", time: millisecondsOf(time, zone, text) };
  }
  const [, fields] = /^cron\((.*)\)$/.exec(text) ?? [];
  if (fields !== undefined) {
    return { kind: "cron", next: cronOf(fields, timezone, text) };
  }
  throw new Error(`${text} is not a schedule expression`);
}

/** The first run at or after `from`, if there is one. A rate counts from the start, or from the creation if it has none. */
export function nextRun(
  expression: Expression,
  span: Span,
  created: number,
  from: number,
): number | undefined {
  if (expression.kind === "at") {
    return expression.time >= from ? expression.time : undefined;
  }
  const end = span.end ?? Infinity;
  if (expression.kind === "cron") {
    const due = expression.next(Math.max(from, span.start ?? from));
    return due !== undefined && due <= end ? due : undefined;
  }
  const first = span.start ?? created;
  const runs = Math.max(0, Math.ceil((from - first) / expression.everyMs));
  const next = first + runs * expression.everyMs;
  return next <= end ? next : undefined;
}

function zoneOf(timezone: string): ZoneId {
  try {
    return ZoneId.of(timezone);
  } catch {
    throw new Error(`${timezone} is not a time zone`);
  }
}

function cronOf(fields: string, timezone: string, text: string): NextRun {
  try {
    return parseCron(fields, timezone);
  } catch (error) {
    throw new Error(`${text} is not a schedule expression: ${(error as Error).message}`);
  }
}

function millisecondsOf(time: string, zone: ZoneId, text: string): number {
  try {
    return LocalDateTime.parse(time).atZone(zone).toInstant().toEpochMilli();
  } catch {
    throw new Error(`${text} is not a valid time`);
  }
}
