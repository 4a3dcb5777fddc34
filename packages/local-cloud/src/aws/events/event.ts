import { randomUUID } from "node:crypto";
import type { JsonObject } from "../gateway/json.ts";

/** An event, in the form that rules match and targets get. */
export interface BusEvent extends JsonObject {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, to the second. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: JsonObject;
}

interface Given {
  readonly source: string;
  readonly detailType: string;
  readonly detail: JsonObject;
  readonly resources: readonly string[];
  /** Milliseconds since the epoch. */
  readonly time: number;
}

export function createEvent(given: Given, account: string, region: string): BusEvent {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": given.detailType,
    source: given.source,
    account,
    time: toSecond(given.time),
    region,
    resources: given.resources,
    detail: given.detail,
  };
}

export function toSecond(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}
