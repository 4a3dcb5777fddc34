import { Cron } from "croner";

/** The first run at or after a time in milliseconds since the epoch. Undefined if there is none. */
export type NextRun = (from: number) => number | undefined;

interface Field {
  readonly min: number;
  readonly max: number;
  /** Names of the values, the first for `min`. */
  readonly names?: readonly string[];
  /** A value that is not a number or a name, and that fills the field alone. */
  readonly special?: RegExp;
}

const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const fields: readonly Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31, special: /^(?:\?|L|LW|(?:[1-9]|[12]\d|3[01])W)$/ },
  { min: 1, max: 12, names: months },
  { min: 1, max: 7, names: weekdays, special: /^(?:\?|L|(?:[1-7]|[A-Z]{3})(?:L|#[1-5]))$/ },
  { min: 1970, max: 2199 },
];

/**
 * Reads the six fields of AWS's cron: minutes, hours, day of month, month, day of week, year.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 *
 * @throws a plain `Error` for what AWS refuses.
 */
export function parseCron(text: string, timezone: string): NextRun {
  const given = text.trim().toUpperCase().split(/\s+/);
  const isOneDay = (given[2] === "?") !== (given[4] === "?");
  if (given.length !== fields.length || !isOneDay) {
    throw new Error("one of day-of-month and day-of-week must be ?, among six fields");
  }
  const [minutes, hours, day, month, weekday, year] = fields.map((field, at) =>
    translate(given[at] ?? "", field),
  );
  const cron = new Cron([0, minutes, hours, day, month, weekday, year].join(" "), {
    timezone,
    mode: "7-part",
    alternativeWeekdays: true,
  });
  return (from) => {
    let next = cron.nextRun(new Date(from - 1));
    // The library moves a run in the hour that daylight saving time skips. AWS skips the run.
    while (next !== null && !cron.match(next)) {
      next = cron.nextRun(next);
    }
    return next?.getTime();
  };
}

/** The field as the library writes it. */
function translate(text: string, field: Field): string {
  if (field.special?.test(text)) {
    return translateSpecial(text, field);
  }
  return text
    .split(",")
    .map((item) => translateItem(item, field))
    .join(",");
}

function translateSpecial(text: string, field: Field): string {
  const isWeekday = field.names === weekdays;
  if (!isWeekday || text === "?") {
    return text;
  }
  // The last day of the week.
  if (text === "L") {
    return "7";
  }
  const [, value = "", nth = ""] = /^(\w+?)(L|#\d)$/.exec(text) ?? [];
  return `${valueOf(value, field)}${nth === "L" ? "#L" : nth}`;
}

function translateItem(item: string, field: Field): string {
  const [, from = "", to, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(item) ?? [];
  if (from === "" || (from === "*" && to !== undefined) || step === "0") {
    throw new Error(`${item} is not a value of the field`);
  }
  if (from === "*") {
    return step === undefined ? "*" : `*/${step}`;
  }
  const first = valueOf(from, field);
  const last = to === undefined ? first : valueOf(to, field);
  if (last < first) {
    throw new Error(`${item} ends before it begins`);
  }
  if (step !== undefined) {
    return `${first}-${to === undefined ? field.max : last}/${step}`;
  }
  return to === undefined ? String(first) : `${first}-${last}`;
}

function valueOf(text: string, { min, max, names = [] }: Field): number {
  const value = names.includes(text) ? names.indexOf(text) + min : Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new Error(`${text} is not a number from ${min} to ${max}`);
  }
  return value;
}
