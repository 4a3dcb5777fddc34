import { type Graph, resourcesOf } from "../../base/graph.ts";
import type { JsonObject } from "../gateway/json.ts";
import type { Members } from "../shapes.ts";
import { groupName, positionIn, requireShape, tokenOf } from "./request.ts";
import type { LogStore } from "./store.ts";

interface GroupsRequest {
  readonly isIn: (name: string) => boolean;
  readonly limit: number;
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html */
const members: Members = {
  logGroupNamePrefix: groupName,
  nextToken: { type: "string", min: 1 },
  limit: { type: "integer", min: 1, max: 50 },
};

/** Throws `InvalidParameterException`. Other members of a request are ignored. */
export function readGroups(input: JsonObject): GroupsRequest {
  requireShape(members, input);
  const { logGroupNamePrefix, nextToken, limit } = input as {
    readonly logGroupNamePrefix?: string | null;
    readonly nextToken?: string | null;
    readonly limit?: number | null;
  };
  const after = nextToken ? positionIn(nextToken, /^[\w./#-]+$/) : "";
  return {
    isIn: (name) => name.startsWith(logGroupNamePrefix ?? "") && name > after,
    limit: limit ?? 50,
  };
}

interface Place {
  readonly graph: Graph;
  /** Of the groups' ARNs. */
  readonly prefix: string;
}

export function describeGroups(
  store: LogStore,
  { isIn, limit }: GroupsRequest,
  { graph, prefix }: Place,
): object {
  const declared = new Map(
    resourcesOf(graph, "aws:cloudwatch/logGroup:LogGroup").map(({ outputs, inputs }) => [
      outputs.name,
      inputs["retentionInDays"] as number | undefined,
    ]),
  );
  const found = store.groups().filter(isIn);
  const page = found.slice(0, limit);
  return {
    logGroups: page.map((name) => ({
      logGroupName: name,
      arn: `${prefix}${name}:*`,
      logGroupArn: prefix + name,
      ...(declared.get(name) !== undefined && { retentionInDays: declared.get(name) }),
      storedBytes: store.bytes(name),
      logGroupClass: "STANDARD",
    })),
    ...(found.length > limit && { nextToken: tokenOf(page.at(-1) ?? "") }),
  };
}
