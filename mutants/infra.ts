import type { Fault } from "./fault.ts";
export const infraFaults: readonly Fault[] = [];
