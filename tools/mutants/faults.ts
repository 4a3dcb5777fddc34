import { accessFaults } from "./access.ts";
import type { Fault } from "./fault.ts";
import { functionFaults } from "./functions/index.ts";
import { infraFaults } from "./infra.ts";
import { localFaults } from "./local/index.ts";
import { resolverFaults } from "./resolvers.ts";

/** In the order in which they are tried. */
export const faults: readonly Fault[] = [
  ...functionFaults,
  ...resolverFaults,
  ...infraFaults,
  ...localFaults,
  ...accessFaults,
];
