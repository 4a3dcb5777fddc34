import { accessFaults } from "./access.ts";
import type { Fault } from "./fault.ts";
import { functionFaults } from "./functions.ts";
import { infraFaults } from "./infra.ts";
import { localFaults } from "./local.ts";
import { resolverFaults } from "./resolvers.ts";

/** In the order in which they are put in. */
export const faults: readonly Fault[] = [
  ...functionFaults,
  ...resolverFaults,
  ...infraFaults,
  ...localFaults,
  ...accessFaults,
];
