import { objectKey } from "../../domain/asset.ts";
import { renditionKey } from "../../domain/renditions.ts";
import { type Account, type Check, labellingsOf, nameOf, type Seen } from "./account.ts";
import type { Evidence } from "./evidence.ts";
import { isRendered } from "./pictures.ts";

/**
 * One call for each picture that was labelled, however often: no two assets have the same bytes. More are explained if the
 * run that made the call could not record the answer.
 */
export function detectLabels({ evidence, killed }: Seen, accounts: readonly Account[]): ReturnType<Check> {
  const explained: string[] = [];
  const differences: string[] = [];
  let planned = 0;
  let found = 0;
  for (const { asset, journey } of accounts) {
    const key = isRendered(asset.planned.content)
      ? renditionKey(asset.owner.sub, asset.id, "LABEL")
      : objectKey(asset.owner.sub, asset.id);
    const calls = evidence.detections.get(key) ?? [];
    const due = Math.min(1, labellingsOf(journey.events.map((type) => ({ type }))).length);
    planned += due;
    found += calls.length;
    const reasons = reasonsFor(calls, evidence.labelRuns.get(key) ?? [], evidence, killed);
    if (calls.length < due) {
      differences.push(`${nameOf(asset)}: ${calls.length} calls, ${due} labellings`);
    } else if (calls.length - due > reasons.length) {
      differences.push(
        `${nameOf(asset)}: ${calls.length} calls, ${due} labellings; known: ${reasons.join(", ")}`,
      );
    } else {
      explained.push(...reasons.slice(0, calls.length - due).map((reason) => `${nameOf(asset)}: ${reason}`));
    }
  }
  return { planned, found, differences, explained };
}

/** Why there may be calls whose labels are not recorded. */
function reasonsFor(
  calls: readonly number[],
  runs: readonly { readonly requestId: string; readonly at: number }[],
  { failedRuns, recordedRuns }: Evidence,
  killed: readonly number[],
): string[] {
  return runs.flatMap(({ requestId, at }, index) => {
    const until = runs[index + 1]?.at ?? Infinity;
    const made = calls.filter((call) => call >= at && call < until).length;
    const lost = Array.from(
      { length: Math.max(0, made - 1) },
      () => "the answer was lost, and the SDK repeated the call",
    );
    const failure = failedRuns.get(requestId);
    const kill = killed.find((time) => time >= at && time < until);
    const end = recordedRuns.has(requestId)
      ? []
      : failure !== undefined
        ? [`the run that asked failed (${failure})`]
        : kill !== undefined && index < runs.length - 1
          ? ["the cloud was killed between call and record"]
          : [];
    return made === 0 ? [] : [...lost, ...end];
  });
}
