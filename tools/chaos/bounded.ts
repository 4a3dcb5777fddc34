import type { Check, Seen } from "./account.ts";
import type { Trace } from "./traces.ts";

/** DetectLabels is never answered more often than it was allowed, and what waited was labelled in the end. */
export function budgets({ bounds, plan, facts }: Seen): ReturnType<Check> {
  const events = [...facts.events.values()].flat();
  const putOff = events.filter(
    ({ edited, asset }) => edited && asset.labelError && asset.labelStatus === "PENDING",
  );
  const differences = bounds.flatMap(({ kind, allowed, calls }) =>
    calls <= allowed ? [] : [`${kind}: ${calls} calls, ${allowed} allowed`],
  );
  return {
    planned: plan.bounds.length,
    found: bounds.length,
    differences: [
      ...differences,
      ...(plan.bounds.length > 0 && putOff.length === 0 ? ["no labelling was put off"] : []),
    ],
    explained: bounds.map(({ kind, allowed, calls }) => `${kind}: ${calls} calls of ${allowed}`),
  };
}

/** Nothing is left of erased users. A dead letter keeps ids, until its queue removes it. */
export function erased({ plan, leavers, traces }: Seen): ReturnType<Check> {
  const isDead = ({ place }: Trace) => place.includes("dead");
  const line = ({ place, text }: Trace) => `${place}: ${text.slice(0, 300)}`;
  return {
    planned: plan.leavers,
    found: leavers.length,
    differences: [
      ...leavers.flatMap(({ marker, problems }) => problems.map((problem) => `${marker}: ${problem}`)),
      ...traces.filter((trace) => !isDead(trace)).map(line),
    ],
    explained: traces.filter(isDead).map(line),
  };
}
