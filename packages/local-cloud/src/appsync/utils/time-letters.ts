import type { ZonedDateTime } from "@js-joda/core";

import { UtilityFault } from "./signals.ts";

/** The parts of a timestamp that was read. */
export interface Fields {
  year?: number;
  month?: number;
  day?: number;
  dayOfYear?: number;
  hour?: number;
  hour12?: number;
  pm?: boolean;
  minute?: number;
  second?: number;
  nano?: number;
  offsetSeconds?: number;
}

/** A pattern letter of Java's DateTimeFormatter. `count` is its number of repetitions. */
export interface Letter {
  format(time: ZonedDateTime, count: number): string;
  /** The regular expression of the text that it reads. */
  read(count: number): string;
  set(fields: Fields, text: string, count: number): void;
}

const MONTHS = words("January February March April May June July August September October November December");
const DAYS = words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday");
const SHORT = 3;
const FULL = 4;

const year: Letter = {
  format: (time, count) =>
    count === 2 ? String(time.year() % 100).padStart(2, "0") : String(time.year()).padStart(count, "0"),
  read: (count) => (count === 2 ? "\\d{2}" : "\\d{1,9}"),
  set: (fields, text, count) => (fields.year = Number(text) + (count === 2 ? 2000 : 0)),
};

const monthNumber = number((time) => time.monthValue(), "month");
const month: Letter = {
  format: (time, count) =>
    count < SHORT ? monthNumber.format(time, count) : spell(MONTHS[time.monthValue() - 1], count),
  read: (count) =>
    count < SHORT ? monthNumber.read(count) : MONTHS.map((name) => spell(name, count)).join("|"),
  set: (fields, text, count) => {
    if (count < SHORT) {
      monthNumber.set(fields, text, count);
    } else {
      fields.month = MONTHS.findIndex((name) => spell(name, count) === text) + 1;
    }
  },
};

export const LETTERS: Readonly<Record<string, Letter>> = {
  y: year,
  u: year,
  M: month,
  L: month,
  d: number((time) => time.dayOfMonth(), "day"),
  D: number((time) => time.dayOfYear(), "dayOfYear"),
  E: {
    format: (time, count) => spell(DAYS[time.dayOfWeek().value() - 1], count),
    read: (count) => DAYS.map((name) => spell(name, count)).join("|"),
    set: () => undefined,
  },
  a: {
    format: (time) => (time.hour() < 12 ? "AM" : "PM"),
    read: () => "AM|PM",
    set: (fields, text) => (fields.pm = text === "PM"),
  },
  H: number((time) => time.hour(), "hour"),
  k: number((time) => time.hour() || 24, "hour", 24),
  K: number((time) => time.hour() % 12, "hour12"),
  h: number((time) => time.hour() % 12 || 12, "hour12", 12),
  m: number((time) => time.minute(), "minute"),
  s: number((time) => time.second(), "second"),
  n: number((time) => time.nano(), "nano"),
  S: {
    format: (time, count) => String(time.nano()).padStart(9, "0").slice(0, count).padEnd(count, "0"),
    read: (count) => `\\d{${count}}`,
    set: (fields, text) => (fields.nano = Number(text.slice(0, 9).padEnd(9, "0"))),
  },
  z: zoneText((time) => (time.offset().totalSeconds() === 0 ? "UTC" : time.zone().id())),
  V: zoneText((time) => time.zone().id()),
  X: offset("X"),
  x: offset("x"),
  Z: offset("Z"),
};

function number(
  get: (time: ZonedDateTime) => number,
  field: Exclude<keyof Fields, "pm">,
  /** The number in place of zero: 24 or 12 o'clock. */
  zero?: number,
): Letter {
  return {
    format: (time, count) => String(get(time)).padStart(count, "0"),
    read: (count) => (count === 1 ? "\\d+" : `\\d{${count}}`),
    set: (fields, text) => (fields[field] = Number(text) === zero ? 0 : Number(text)),
  };
}

/** Java's names of a zone differ by season and language: they are written, but not read. */
function zoneText(format: (time: ZonedDateTime) => string): Letter {
  return {
    format,
    read: () => "UTC|GMT|Z",
    set: (fields) => (fields.offsetSeconds = 0),
  };
}

/** The form of an offset: the text for zero, and the form of others. */
const OFFSETS: Readonly<Record<string, readonly [zero: string, shape: string]>> = {
  X: ["Z", "+hh"],
  XX: ["Z", "+hhmm"],
  XXX: ["Z", "+hh:mm"],
  x: ["+00", "+hh"],
  xx: ["+0000", "+hhmm"],
  xxx: ["+00:00", "+hh:mm"],
  Z: ["+0000", "+hhmm"],
  ZZ: ["+0000", "+hhmm"],
  ZZZ: ["+0000", "+hhmm"],
  ZZZZ: ["GMT", "GMT+hh:mm"],
  ZZZZZ: ["Z", "+hh:mm"],
};

function offset(name: string): Letter {
  return {
    format(time, count) {
      const [zero, shape] = OFFSETS[name.repeat(count)] ?? [];
      if (zero === undefined || shape === undefined) {
        throw new UtilityFault(`a time pattern may have ${name} up to ${name === "Z" ? 5 : 3} times`);
      }
      const seconds = time.offset().totalSeconds();
      if (seconds === 0) {
        return zero;
      }
      const minutes = Math.floor(Math.abs(seconds) / 60);
      const rest = two(minutes % 60);
      const text = shape.replace("+", seconds < 0 ? "-" : "+").replace("hh", two(Math.floor(minutes / 60)));
      return text.replace("mm", rest) + (shape === "+hh" && rest !== "00" ? rest : "");
    },
    read: () => "Z|GMT|(?:GMT)?[+\\-]\\d{2}(?::?\\d{2})?",
    set(fields, text) {
      const [, sign, hours = "0", minutes = "0"] = /([+-])(\d{2}):?(\d{2})?/u.exec(text) ?? [];
      fields.offsetSeconds = (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
    },
  };
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function spell(name = "", count: number): string {
  return count === FULL ? name : name.slice(0, SHORT);
}

function words(text: string): readonly string[] {
  return text.split(" ");
}
