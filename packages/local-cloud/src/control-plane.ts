import { createAppSyncReads } from "./appsync/reads.ts";
import { createLogs, type LogsOptions } from "./aws/logs/index.ts";
import { createSchedulerReads } from "./aws/scheduler/reads.ts";
import type { Service } from "./base/service.ts";

/** What operators read of the program's resources, beside the services that work with them. */
export const createControlPlane = (options: LogsOptions): readonly Service[] => [
  createLogs(options),
  createSchedulerReads(options),
  createAppSyncReads(options),
];
