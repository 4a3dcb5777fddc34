import { Instant, ZoneId, ZoneOffset, ZonedDateTime } from "@js-joda/core";
import "@js-joda/timezone";

import { currentEvaluation } from "./evaluation.ts";
import { UtilityFault } from "./signals.ts";
import { formatTime, parseTime } from "./time-pattern.ts";

/** `util.time`. Patterns are those of Java's DateTimeFormatter, in English. The zone is UTC by default. */
export const time = {
  nowISO8601: (): string => iso(now()),
  nowEpochSeconds: (): number => Math.floor(now() / 1000),
  nowEpochMilliSeconds: (): number => now(),
  nowFormatted: (formatString: string, timezone?: string): string => format(now(), formatString, timezone),
  parseFormattedToEpochMilliSeconds: (timestamp: string, formatString: string, timezone?: string): number =>
    parseTime(timestamp, formatString, zone(timezone)),
  parseISO8601ToEpochMilliSeconds,
  epochMilliSecondsToSeconds: (milliseconds: number): number => Math.floor(milliseconds / 1000),
  epochMilliSecondsToISO8601: (milliseconds: number): string => iso(milliseconds),
  epochMilliSecondsToFormatted: (milliseconds: number, formatString: string, timezone?: string): string =>
    format(milliseconds, formatString, timezone),
};

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/u;

function parseISO8601ToEpochMilliSeconds(timestamp: string): number {
  const milliseconds = ISO.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(milliseconds)) {
    throw new UtilityFault(`"${timestamp}" is not an ISO 8601 timestamp`);
  }
  return milliseconds;
}

function format(milliseconds: number, pattern: string, timezone: string | undefined): string {
  return formatTime(
    ZonedDateTime.ofInstant(Instant.ofEpochMilli(whole(milliseconds)), zone(timezone)),
    pattern,
  );
}

function zone(name: string | undefined): ZoneId {
  if (name === undefined) {
    return ZoneOffset.UTC;
  }
  try {
    return ZoneId.of(name);
  } catch {
    throw new UtilityFault(`unknown time zone "${name}"`);
  }
}

function iso(milliseconds: number): string {
  return new Date(whole(milliseconds)).toISOString();
}

function whole(milliseconds: number): number {
  if (Number.isFinite(milliseconds) && Math.abs(milliseconds) <= 8.64e15) {
    return Math.floor(milliseconds);
  }
  throw new UtilityFault(`${milliseconds} is not a time in milliseconds`);
}

function now(): number {
  return currentEvaluation().clock();
}
