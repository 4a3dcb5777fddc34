import type { ShownRun, ShownSchedule } from "../schedules.ts";
import { ask, type Open } from "./client.ts";
import { button, element, labelled, tableOr } from "./dom.ts";

/** The schedules with their last and their next run. Each can be run now. */
export async function schedulesView(open: Open, again: () => void): Promise<HTMLElement> {
  const { schedules } = await ask<{ schedules: readonly ShownSchedule[] }>("schedules");
  const rows = schedules.map(({ name, expression, timezone, target, enabled, lastRun, nextRun }) => [
    ...[name, element("code", {}, expression), timezone, target],
    enabled ? "Enabled" : "Disabled",
    labelled("Last run", lastRun ? lastRunOf(lastRun, open) : "Never"),
    labelled("Next run", nextRun === undefined ? "None" : element("span", {}, ...bothTimes(nextRun))),
    button("Run now", async () => {
      await ask("run", { schedule: name }, "POST");
      again();
    }),
  ]);
  const headings = [
    "Schedule",
    "Expression",
    "Time zone",
    "Target",
    "State",
    "Last run",
    "Next run",
    "Action",
  ];
  return element("section", { class: "lined" }, tableOr("The program declares no schedule.", headings, rows));
}

const outcomes: Readonly<Record<ShownRun["outcome"], string>> = {
  RUNNING: "calling the target",
  RETRYING: "failed, is tried again",
  ACCEPTED: "accepted by the target",
  DEAD_LETTER: "failed, in the dead-letter queue",
  LOST: "failed, lost",
  DONE: "ok",
  FAILED: "the function failed",
};

function lastRunOf({ at, outcome, error, call }: ShownRun, open: Open): HTMLElement {
  const isGood = outcome === "DONE" || outcome === "ACCEPTED" || outcome === "RUNNING";
  const [local, utc] = bothTimes(at);
  const words = [outcomes[outcome], ...(error === undefined ? [] : [error])].join(": ");
  return element(
    "span",
    {},
    call === undefined ? local : button(local, () => open(`call/${call}`)),
    utc,
    element("span", { class: isGood ? "ok facts" : "error facts" }, words),
  );
}

/** In the time zone of the browser, and in UTC. */
function bothTimes(at: number): readonly [string, HTMLElement] {
  const date = new Date(at);
  const utc = `${date.toISOString().replace("T", " ").slice(0, 19)} UTC`;
  return [date.toLocaleString("sv-SE"), element("span", { class: "facts" }, utc)];
}
