import type { Fault } from "./fault.ts";
export const localFaults: readonly Fault[] = [];
