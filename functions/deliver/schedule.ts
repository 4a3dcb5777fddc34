/** Seconds between attempts: the schedule of Standard Webhooks. The first attempt is made immediately. */
const waits = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];

/** Number of attempts in one series. */
export const maxTries = waits.length + 1;

/** The longest wait that a receiver can request, in seconds. */
const maxRetryAfter = 86_400;

/**
 * The wait after a number of failed tries, in seconds. Undefined after the last one. A random part of up to a fifth is
 * added, so that receivers that failed together are not called together. A receiver can request a longer wait, not a
 * shorter one.
 */
export function waitAfter(tries: number, retryAfter: number | undefined, random: number): number | undefined {
  const wait = waits[tries - 1];
  return wait === undefined
    ? undefined
    : Math.max(wait * (1 + random / 5), Math.min(retryAfter ?? 0, maxRetryAfter));
}

/**
 * The header's seconds or date (RFC 9110, 10.2.3), as whole seconds from now, at least 0. Other text is ignored.
 * `Date.parse` is too lenient: it reads "-40" as the year 2040.
 */
export function retryAfterOf(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? "";
  const seconds = /^\d+$/.test(text) ? Number(text) : Math.ceil((dateOf(text, now) - now) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.max(seconds, 0);
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const month = `(?<month>${months.join("|")})`;
const time = "(?<hour>[01]\\d|2[0-3]):(?<minute>[0-5]\\d):(?<second>[0-5]\\d|60)";

/** RFC 9110, 5.6.7: the current date format and the two obsolete ones. They are case-sensitive. */
const dates = [
  `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d\\d) ${month} (?<year>\\d{4}) ${time} GMT`,
  `(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d\\d)-${month}-(?<year>\\d\\d) ${time} GMT`,
  `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${month} (?<day>\\d\\d| \\d) ${time} (?<year>\\d{4})`,
].map((form) => new RegExp(`^${form}$`));

/** Epoch milliseconds, or NaN. */
function dateOf(text: string, now: number): number {
  const groups = dates.map((form) => form.exec(text)?.groups).find((found) => found !== undefined);
  if (!groups) {
    return Number.NaN;
  }
  const part = (name: string): number => Number(groups[name]);
  const day = part("day");
  const at = Date.UTC(
    yearOf(groups["year"] ?? "", now),
    months.indexOf(groups["month"] ?? ""),
    ...[day, part("hour"), part("minute"), part("second")],
  );
  // Rejects dates such as 31 February. A leap second can be in the next day.
  const isDay = new Date(at - 1000 * (part("second") === 60 ? 1 : 0)).getUTCDate() === day;
  return isDay ? at : Number.NaN;
}

/** RFC 9110: a two-digit year more than 50 years in the future is the most recent past year with these digits. */
function yearOf(text: string, now: number): number {
  const present = new Date(now).getUTCFullYear();
  const year = text.length === 2 ? Math.floor(present / 100) * 100 + Number(text) : Number(text);
  return text.length === 2 && year > present + 50 ? year - 100 : year;
}
