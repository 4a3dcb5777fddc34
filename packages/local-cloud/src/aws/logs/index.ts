import { type Graph, resourcesOf } from "../../base/graph.ts";
import { AwsError, type Principal, type Service } from "../../base/service.ts";
import { failJson, type JsonObject, readJson, sendJson } from "../gateway/json.ts";
import { deniedAs } from "../iam/denied.ts";
import type { Iam } from "../iam/index.ts";
import { describeGroups, readGroups } from "./groups.ts";
import { filterEvents, readFilter } from "./events.ts";
import { LogStore } from "./store.ts";

export interface LogsOptions {
  readonly graph: Graph;
  readonly iam: Pick<Iam, "authorize">;
  readonly region: string;
  readonly accountId: string;
  readonly store: LogStore;
}

export const logsOperations = ["FilterLogEvents", "DescribeLogGroups"] as const;

/**
 * CloudWatch Logs, as its readers see it: what functions and APIs wrote since the start.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/
 */
export function createLogs(options: LogsOptions): Service {
  return {
    scopes: ["logs"],
    async handle(call) {
      const { target, operation, input } = await readJson(call);
      if (target !== "Logs_20140328") {
        throw unknown(`${target}.${operation}`);
      }
      sendJson(call.response, run(options, call.principal, operation, input));
    },
    fail: (response, error) => failJson(response, error),
  };
}

/** Takes lines for the log groups of the graph. */
export const createLogStore = (graph: Graph, clock: () => number): LogStore =>
  new LogStore(
    resourcesOf(graph, "aws:cloudwatch/logGroup:LogGroup").map(({ outputs }) => outputs.name),
    clock,
  );

function run(options: LogsOptions, principal: Principal, operation: string, input: JsonObject): object {
  const { graph, iam, region, accountId, store } = options;
  const prefix = `arn:aws:logs:${region}:${accountId}:log-group:`;
  // The words of AWS's denials: a group without a stream.
  const authorize = (group: string) => {
    const resource = `${prefix}${group}:log-stream:`;
    deniedAs("AccessDeniedException", 400, () =>
      iam.authorize({ principal, action: `logs:${operation}`, resource }),
    );
  };
  switch (operation) {
    case "FilterLogEvents": {
      const request = readFilter(input);
      const group = request.logGroup.startsWith(prefix)
        ? request.logGroup.slice(prefix.length)
        : request.logGroup;
      authorize(group);
      return filterEvents(store.events(group), request);
    }
    case "DescribeLogGroups": {
      const request = readGroups(input);
      authorize("");
      return describeGroups(store, request, { graph, prefix });
    }
    default:
      throw unknown(operation);
  }
}

const unknown = (operation: string): AwsError =>
  new AwsError("UnknownOperationException", `${operation} is not supported by the local CloudWatch Logs.`);
