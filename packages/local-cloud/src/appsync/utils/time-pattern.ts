import { LocalDate, LocalTime, type ZonedDateTime, type ZoneId, ZoneOffset } from "@js-joda/core";

import { UtilityFault } from "./signals.ts";
import { type Fields, type Letter, LETTERS } from "./time-letters.ts";

/** Formats `time` with a pattern of Java's DateTimeFormatter. Throws `UtilityFault` for letters that are not supported. */
export function formatTime(time: ZonedDateTime, pattern: string): string {
  return tokens(pattern)
    .map((token) => (typeof token === "string" ? token : token.letter.format(time, token.count)))
    .join("");
}

/** Reads epoch milliseconds. Parts that the pattern leaves out are those of midnight on 1 January 1970, in `zone`. */
export function parseTime(timestamp: string, pattern: string, zone: ZoneId): number {
  const parts = tokens(pattern);
  const sources = parts.map((token) =>
    typeof token === "string" ? escape(token) : `(${token.letter.read(token.count)})`,
  );
  const found = new RegExp(`^${sources.join("")}$`, "u").exec(timestamp);
  if (found === null) {
    throw unparsable(timestamp, pattern);
  }
  const fields: Fields = {};
  parts
    .filter((token) => typeof token !== "string")
    .forEach(({ letter, count }, index) => letter.set(fields, found[index + 1] ?? "", count));
  try {
    return toMilliseconds(fields, zone);
  } catch {
    throw unparsable(timestamp, pattern);
  }
}

interface Token {
  readonly letter: Letter;
  readonly count: number;
}

function tokens(pattern: string): (string | Token)[] {
  const found = pattern.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'/gu);
  return [...found].map(([text, quoted, name]) => {
    if (quoted !== undefined) {
      return quoted === "" ? "'" : quoted.replaceAll("''", "'");
    }
    if (text === "'") {
      throw new UtilityFault(`the time pattern "${pattern}" has an unclosed '`);
    }
    if (name === undefined) {
      return text;
    }
    const letter = Object.hasOwn(LETTERS, name) ? LETTERS[name] : undefined;
    if (letter !== undefined) {
      return { letter, count: text.length };
    }
    const hint = name === "Y" ? ", the week-based year (the year is y)" : "";
    throw new UtilityFault(`the time pattern "${pattern}" has ${name}${hint}, which is not supported`);
  });
}

function toMilliseconds(fields: Fields, zone: ZoneId): number {
  const {
    year = 1970,
    month = 1,
    day = 1,
    dayOfYear,
    minute = 0,
    second = 0,
    nano = 0,
    offsetSeconds,
  } = fields;
  const halfDay = (fields.hour12 ?? 0) + (fields.pm === true ? 12 : 0);
  const date =
    dayOfYear === undefined ? LocalDate.of(year, month, day) : LocalDate.ofYearDay(year, dayOfYear);
  const local = date.atTime(LocalTime.of(fields.hour ?? halfDay, minute, second, nano));
  const at = offsetSeconds === undefined ? zone : ZoneOffset.ofTotalSeconds(offsetSeconds);
  return local.atZone(at).toInstant().toEpochMilli();
}

function escape(text: string): string {
  return text.replace(/[\^$\\.*+?()[\]{}|/]/gu, "\\$&");
}

function unparsable(timestamp: string, pattern: string): UtilityFault {
  return new UtilityFault(`Text '${timestamp}' could not be parsed by the time pattern "${pattern}"`);
}
