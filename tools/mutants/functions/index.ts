import { auditFaults } from "./audit.ts";
import { countedFaults } from "./counted.ts";
import { deliverFaults } from "./deliver.ts";
import { destinationFaults } from "./destination.ts";
import { indexerFaults } from "./indexer.ts";
import { ingestFaults } from "./ingest.ts";
import { labelFaults } from "./label.ts";
import { presignFaults } from "./presign.ts";
import { purgeFaults } from "./purge.ts";
import { relayFaults } from "./relay.ts";
import { sharedFaults } from "./shared.ts";
import { thumbnailFaults } from "./thumbnail.ts";
import type { Fault } from "../fault.ts";

export const functionFaults: readonly Fault[] = [
  ...auditFaults,
  ...countedFaults,
  ...deliverFaults,
  ...destinationFaults,
  ...indexerFaults,
  ...ingestFaults,
  ...labelFaults,
  ...presignFaults,
  ...purgeFaults,
  ...relayFaults,
  ...sharedFaults,
  ...thumbnailFaults,
];
