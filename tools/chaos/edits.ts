import type { AssetEvent } from "../../packages/client/src/index.ts";
import type { Edit, PlannedEvent } from "./journeys.ts";

/** What the events of one asset are in its plan, in their order. */
export const plannedEventsOf = (events: readonly AssetEvent[]): PlannedEvent[] =>
  events.map((event, index) => (event.edited ? editOf(events[index - 1], event) : event.type));

/**
 * The same without labellings that were put off: how often one is, depends on when the budget was used up. Each begins
 * with LABELLING.
 */
export function plannedWithoutWaits(events: readonly AssetEvent[]): PlannedEvent[] {
  const planned: PlannedEvent[] = [];
  for (const event of plannedEventsOf(events)) {
    const begun = event === "PUT_OFF" ? planned.lastIndexOf("LABELLING") : -1;
    if (begun >= 0) {
      planned.splice(begun, 1);
    } else {
      planned.push(event);
    }
  }
  return planned;
}

function editOf(before: AssetEvent | undefined, { asset }: AssetEvent): Edit {
  const earlier = before?.asset;
  if (asset.width !== earlier?.width) {
    return "THUMBNAILS";
  }
  if (asset.title !== earlier.title) {
    return "TITLED";
  }
  return JSON.stringify(asset.labels) === JSON.stringify(earlier.labels) ? "PUT_OFF" : "CORRECTED";
}
