import { AwsError } from "../../base/service.ts";
import type { JsonObject } from "../gateway/json.ts";
import type { Members } from "../shapes.ts";
import { compilePattern } from "./pattern.ts";
import { groupName, invalid, positionIn, requireShape, tokenOf } from "./request.ts";
import type { LogEvent } from "./store.ts";
import type { Filter } from "./syntax.ts";

interface FilterRequest {
  /** A name, or an ARN. */
  readonly logGroup: string;
  readonly isIn: (event: LogEvent) => boolean;
  readonly limit: number;
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
const members: Members = {
  logGroupName: groupName,
  logGroupIdentifier: { type: "string", min: 1, max: 2048, pattern: "[\\w#+=/:,.@\\-]*" },
  logStreamNames: { type: "list", min: 1, max: 100, of: { type: "string", min: 1, max: 512 } },
  logStreamNamePrefix: { type: "string", min: 1, max: 512, pattern: "[^:*]*" },
  startTime: { type: "integer", min: 0 },
  endTime: { type: "integer", min: 0 },
  filterPattern: { type: "string", max: 1024 },
  nextToken: { type: "string", min: 1 },
  limit: { type: "integer", min: 1, max: 10_000 },
  interleaved: { type: "boolean" },
};

interface Valid {
  readonly logGroupName?: string;
  readonly logGroupIdentifier?: string;
  readonly logStreamNames?: readonly string[];
  readonly logStreamNamePrefix?: string;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly filterPattern?: string;
  readonly nextToken?: string;
  readonly limit?: number;
}

/** Throws `InvalidParameterException` for what AWS refuses, and for patterns that do not run here. */
export function readFilter(input: JsonObject): FilterRequest {
  requireShape(members, input);
  const valid = withoutNulls(input) as Valid;
  const matches = compilePattern(valid.filterPattern ?? "");
  return { logGroup: groupIn(valid), isIn: selection(valid, matches), limit: valid.limit ?? 10_000 };
}

const withoutNulls = (input: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));

function groupIn({ logGroupName: name, logGroupIdentifier: identifier }: Valid): string {
  const group = name ?? identifier;
  if (group === undefined || (name !== undefined && identifier !== undefined)) {
    throw invalid("Either logGroupName or logGroupIdentifier must be given, and not both.");
  }
  return group;
}

function selection(
  { logStreamNames: names, logStreamNamePrefix: prefix, startTime, endTime, nextToken }: Valid,
  matches: Filter,
): FilterRequest["isIn"] {
  if (names !== undefined && prefix !== undefined) {
    throw invalid("logStreamNames and logStreamNamePrefix exclude each other.");
  }
  const [from, to] = [startTime ?? 0, endTime ?? Infinity];
  const after = nextToken === undefined ? 0 : Number(positionIn(nextToken, /^\d{1,15}$/));
  return ({ id, at, logStream, message }) =>
    id > after &&
    at >= from &&
    at <= to &&
    (names?.includes(logStream) ?? logStream.startsWith(prefix ?? "")) &&
    matches(message);
}

/** AWS's limit of a page. */
const maxPageBytes = 1_048_576;

export function filterEvents(
  events: readonly LogEvent[] | undefined,
  { isIn, limit }: FilterRequest,
): object {
  if (!events) {
    throw new AwsError("ResourceNotFoundException", "The specified log group does not exist.");
  }
  const found = events.filter(isIn);
  let bytes = 0;
  const full = found.findIndex(({ message }, index) => {
    bytes += Buffer.byteLength(message);
    return index >= limit || (index > 0 && bytes > maxPageBytes);
  });
  const page = full < 0 ? found : found.slice(0, full);
  return {
    events: page.map(({ id, at, logStream, message }) => ({
      eventId: String(id).padStart(56, "0"),
      ingestionTime: at,
      logStreamName: logStream,
      message,
      timestamp: at,
    })),
    // On AWS it is always empty since 2020.
    searchedLogStreams: [],
    ...(full >= 0 && { nextToken: tokenOf(page.at(-1)?.id ?? 0) }),
  };
}
