import type { JsonObject } from "../gateway/json.ts";
import { AwsError } from "../../base/service.ts";
import { brokenConstraints, type Members } from "../shapes.ts";
import { type BusEvent, createEvent } from "./event.ts";

const text = { type: "string" } as const;

const entry = {
  type: "structure",
  members: {
    Detail: text,
    DetailType: text,
    EventBusName: { ...text, min: 1, max: 1_600 },
    Resources: { type: "list", of: text },
    Source: text,
    Time: { type: "float" },
    TraceHeader: { ...text, min: 1, max: 500 },
  },
} as const;

const members: Members = {
  EndpointId: text,
  Entries: { type: "list", of: entry, min: 1, max: 10, required: true },
};

/** Bytes of all entries together, as AWS counts them. */
const MAX_BYTES = 1_048_576;
const MAX_DEPTH = 1_000;

export interface Entry {
  readonly Detail?: string;
  readonly DetailType?: string;
  readonly EventBusName?: string;
  readonly Resources?: readonly string[];
  readonly Source?: string;
  /** Seconds since the epoch. */
  readonly Time?: number;
}

/** Reads a request. Throws `ValidationException` where AWS refuses the whole request. */
export function readEntries(input: JsonObject): readonly Entry[] {
  const broken = brokenConstraints(members, input);
  if (broken !== undefined) {
    throw new AwsError("ValidationException", broken);
  }
  if (input["EndpointId"] !== undefined && input["EndpointId"] !== null) {
    throw new AwsError(
      "ValidationException",
      "EndpointId is not supported locally: there are no global endpoints.",
    );
  }
  const entries = (input["Entries"] as readonly JsonObject[]).map(
    (each) => Object.fromEntries(Object.entries(each).filter(([, value]) => value !== null)) as Entry,
  );
  if (entries.reduce((sum, each) => sum + sizeOf(each), 0) > MAX_BYTES) {
    throw new AwsError("ValidationException", "Total size of the entries in the request is over the limit.");
  }
  return entries;
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
function sizeOf({ Detail = "", DetailType = "", Resources = [], Source = "", Time }: Entry): number {
  return [Detail, DetailType, Source, ...Resources].reduce(
    (sum, each) => sum + Buffer.byteLength(each),
    Time === undefined ? 0 : 14,
  );
}

interface EntryError {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

/** The event of an entry, or the error of an entry that AWS refuses. */
export function eventOf(given: Entry, account: string, region: string, now: number): BusEvent | EntryError {
  for (const name of ["Source", "DetailType", "Detail"] as const) {
    if (!given[name]) {
      return {
        ErrorCode: "InvalidArgument",
        ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      };
    }
  }
  const { Source = "", DetailType = "", Detail = "", Resources = [], Time } = given;
  if (/^aws\./i.test(Source)) {
    return { ErrorCode: "NotAuthorizedForSource", ErrorMessage: "Not authorized for the source." };
  }
  const detail = parseDetail(Detail);
  if (detail === undefined) {
    return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  }
  const time = Time === undefined ? now : Time * 1000;
  return createEvent(
    { source: Source, detailType: DetailType, detail, resources: Resources, time },
    account,
    region,
  );
}

function parseDetail(detail: string): JsonObject | undefined {
  try {
    const value: unknown = depthOf(detail) > MAX_DEPTH ? undefined : JSON.parse(detail);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The depth of nested brackets, strings excluded. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of json.replaceAll(/"(?:[^"\\]|\\.)*"/g, "").matchAll(/[[\]{}]/g)) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
