import { type Fault, localFaultIn as fault } from "../fault.ts";

const scheduler = "aws/scheduler";
const inDelivery = fault(scheduler, "delivery", "scheduler");

export const schedulerFaults: readonly Fault[] = [
  inDelivery(
    "a schedule's target is tried once too often",
    "if (attempt > schedule.maximumRetries)",
    "if (attempt > schedule.maximumRetries + 1)",
  ),
  inDelivery("a schedule's run has no maximum age", "ageMs > schedule.maximumAgeMs ?", "ageMs > Infinity ?"),
];
