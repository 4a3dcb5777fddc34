import { expect } from "@jest/globals";
import type { Running } from "./cloud.ts";
import { follow, type Found } from "./runbook.ts";

/** Alarms whose page was followed while they were on. */
export const walked = new Set<string>();

/** Follows the page of an alarm. Some line that it finds must match. */
export async function walk(running: Running, alarm: string, line?: RegExp): Promise<Found["answers"]> {
  const { lines, answers } = await follow(running, alarm);
  if (line) {
    const found = lines.some((one) => line.test(one));
    expect({ alarm, found, others: found ? [] : lines.slice(0, 3) }).toEqual({
      alarm,
      found: true,
      others: [],
    });
  }
  walked.add(alarm);
  return answers;
}

/** Pages of these alarms have no command that the local cloud answers, or no data within a test. */
export const notWalked: Readonly<Record<string, string>> = {
  "api-faults": "the dashboard and AWS's own health",
  "api-refusals": "AppSync's log of requests, which the local cloud does not write",
  "api-slow": "X-Ray",
  "audit-refused": "an hour's work of audits",
  "index-reads-throttled": "Contributor Insights of DynamoDB",
  "index-writes-throttled": "Contributor Insights of DynamoDB",
  "label-budget-used-up": "a scan of one table, with its name",
  "reads-throttled": "Contributor Insights of DynamoDB",
  "relay-late": "followed in failed-changes.test.ts",
  "users-affected": "the list of alarms that are on",
  "writes-throttled": "Contributor Insights of DynamoDB",
};
