import { type FieldNode, Kind } from "graphql";
import type { Meter } from "../base/meter.ts";
import type { Metrics } from "../base/metrics.ts";
import type { Notes } from "../base/recorder.ts";
import type { Answered, Asked } from "./execute/request.ts";
import { nameOfCaller } from "./model/caller.ts";

/** Counts a query or a mutation, by its first field. */
export function countOperation(meter: Meter, answered: Answered | undefined): void {
  meter.count("appsync.operations", nameOf(answered));
}

/** https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html: errors of resolvers have the status 200. */
export function putRequest(metrics: Metrics, id: string, status: number, ms: number): void {
  const dimensions = { GraphQLAPIId: id };
  metrics.put("AWS/AppSync", "Latency", dimensions, ms);
  if (status >= 400) {
    metrics.put("AWS/AppSync", status < 500 ? "4XXError" : "5XXError", dimensions, 1);
  }
}

function nameOf(answered: Answered | undefined): string {
  const operation = answered?.ran?.prepared.operation;
  if (operation === undefined) {
    return "(refused)";
  }
  const first = operation.selectionSet.selections.find((node): node is FieldNode => node.kind === Kind.FIELD);
  return `${operation.operation} ${first?.name.value ?? "(fragment)"}`;
}

/** What the record of a request says of it. */
export function notesOf(answered: Answered | undefined, { request, caller }: Asked): Notes {
  const [error] = answered?.result.errors ?? [];
  return {
    operation: nameOf(answered),
    input: JSON.stringify({ variables: request.variables, query: request.query }),
    principal: caller.principal,
    ...(caller.principal === undefined && { caller: nameOfCaller(caller) }),
    ...(error && { error: { code: error.errorType ?? "Error", message: error.message } }),
  };
}

/** Counts the messages of real-time connections. */
export interface RealtimeMeter {
  /** Returns what ends the counting of the connection's minutes. */
  connected(): () => void;
  subscribed(): void;
  /** Of one message to one client. */
  delivered(bytes: number): void;
}

/** https://aws.amazon.com/appsync/pricing/: an update is 5 kB, and each operation of a client on its socket is one too. */
const updateBytes = 5 * 1024;

export function createRealtimeMeter(meter: Meter, api: string): RealtimeMeter {
  return {
    connected() {
      meter.count("appsync.updates", api);
      return meter.open("appsync.connectionMinutes", api);
    },
    subscribed: () => meter.count("appsync.updates", api),
    delivered: (bytes) => meter.count("appsync.updates", api, Math.max(1, Math.ceil(bytes / updateBytes))),
  };
}
