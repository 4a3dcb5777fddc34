import { type Bill, type Line, times } from "../../packages/local-cloud/src/meter/index.ts";

/** US dollars for what was used, repeated. */
export function costOf(used: Bill, repeated: number, counts: (line: Line) => boolean = () => true): number {
  return times(used, repeated)
    .lines.filter((line) => !isOfSchedules(line) && counts(line))
    .reduce((sum, { usd }) => sum + usd, 0);
}

/** The durations of functions are those of the machine, so they must not decide a test. */
export const withoutDurations = (bill: Bill): Bill => ({
  ...bill,
  lines: bill.lines.filter(({ usage }) => usage !== "lambda.arm64" && usage !== "lambda.x86_64"),
});

/** What the sweep and the audit do each minute or hour, also without a call. */
const isOfSchedules = ({ usage, resource }: Line): boolean =>
  usage === "scheduler.invocations" ||
  (usage === "dynamodb.reads" && /\/due$|-cursors-/.test(resource)) ||
  (/^lambda|^logs/.test(usage) && /-(?:sweep|audit)$/.test(resource));
