import { type Alarm, fiveMinutes } from "./alarm.ts";
import { ours } from "./measures.ts";
import type { Watched } from "./watched.ts";

/** A single failure is usually the fault of an upload or a receiver. Many at the same time are a fault of the system. */
export const outcomes = ({ called, failing }: Watched["callbackOutcomes"]): readonly Alarm[] => [
  {
    name: "callbacks-failing",
    meaning: "Callbacks of more than half of the users fail, and of at least five users",
    isUrgent: true,
    // Counted by user, so that the dead receiver of one user starts no alarm, however often it is called.
    measures: {},
    expression: `IF(${usersIn(failing)} >= 5, 100 * ${usersIn(failing)} / ${usersIn(called)}, 0)`,
    threshold: { above: 50 },
    period: fiveMinutes,
    periods: 3,
  },
  {
    name: "labelling-failing",
    meaning: "More than 20 % of the pictures get no labels",
    isUrgent: true,
    measures: { labelled: ours("label", "Labelled"), failed: ours("label", "LabelFailed") },
    expression: share("FILL(failed, 0)", "FILL(labelled, 0)", 10),
    threshold: { above: 20 },
    period: fiveMinutes,
    periods: 3,
  },
  {
    name: "label-budget-used-up",
    meaning: "No more pictures are labelled today, because the daily budget of all users is used up",
    measures: { waiting: ours("label", "LabelBudgetUsedUp") },
    threshold: { above: 0 },
    // It starts once a day, not for each picture.
    period: 3600,
    periods: 1,
  },
  {
    name: "thumbnails-failing",
    meaning: "More than 20 % of the pictures get no thumbnails",
    measures: {
      made: ours("thumbnail", "ThumbnailsMade"),
      refused: ours("thumbnail", "ThumbnailsRefused"),
      dead: ours("thumbnail", "ThumbnailsGivenUp"),
    },
    expression: share("FILL(refused, 0) + FILL(dead, 0)", "FILL(made, 0)", 10),
    threshold: { above: 20 },
    period: fiveMinutes,
    periods: 3,
  },
];

/** The percentage of failures, or 0 with fewer than `minCount` outcomes. */
function share(bad: string, good: string, minCount: number): string {
  const all = `(${bad} + ${good})`;
  return `IF(${all} >= ${minCount}, 100 * (${bad}) / ${all}, 0)`;
}

/** How many users a rule of Contributor Insights has found. */
const usersIn = (rule: string): string => `INSIGHT_RULE_METRIC("${rule}", "UniqueContributors")`;
