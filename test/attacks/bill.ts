import { type Bill, type Line, times } from "../../packages/local-cloud/src/meter/index.ts";

/** US dollars for what was used, repeated. */
export function costOf(used: Bill, repeated: number, counts: (line: Line) => boolean = () => true): number {
  return times(used, repeated)
    .lines.filter((line) => !isOfSchedules(line) && counts(line))
    .reduce((sum, { usd }) => sum + usd, 0);
}

/** What the sweep and the audit do each minute or hour, also without a call. */
const isOfSchedules = ({ usage, resource }: Line): boolean =>
  usage === "scheduler.invocations" ||
  (usage === "dynamodb.reads" && /\/due$|-cursors-/.test(resource)) ||
  (/^lambda|^logs/.test(usage) && /-(?:sweep|audit)$/.test(resource));
