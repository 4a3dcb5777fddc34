import { setTimeout as pause } from "node:timers/promises";
import { beforeAll } from "@jest/globals";

const day = 86_400_000;

/** Longer than a file of tests takes on a busy machine. */
const before = 5 * 60_000;

/** For tests that count what is counted by the day: shortly before midnight, UTC, they wait for the new day. */
export function useOneDay(): void {
  beforeAll(() => pause(untilNewDay(Date.now())), before + 60_000);
}

/** How long to wait, in milliseconds, for a time from which no midnight is near. */
export function untilNewDay(now: number): number {
  const left = day - (now % day);
  return left < before ? left : 0;
}
