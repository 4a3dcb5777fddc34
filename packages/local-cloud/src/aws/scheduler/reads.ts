import { type Graph, ofType, type ResourceOf } from "../../base/graph.ts";
import { AwsError, type Service } from "../../base/service.ts";
import { failRest, sendRest, unknownRequest } from "../gateway/rest.ts";
import { deniedAs } from "../iam/denied.ts";
import type { Iam } from "../iam/index.ts";

interface Options {
  readonly graph: Graph;
  readonly iam: Pick<Iam, "authorize">;
  readonly region: string;
  readonly accountId: string;
}

export const schedulerOperations = ["GetSchedule"] as const;

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html */
export function createSchedulerReads({ graph, iam, region, accountId }: Options): Service {
  return {
    scopes: ["scheduler"],
    handle(call) {
      const { request, response, url, principal } = call;
      const [, encoded] = /^\/schedules\/([^/]+)$/.exec(url.pathname) ?? [];
      if (encoded === undefined || request.method !== "GET") {
        throw unknownRequest(call);
      }
      const name = decodeURIComponent(encoded);
      const group = url.searchParams.get("groupName") ?? "default";
      const resource = `arn:aws:scheduler:${region}:${accountId}:schedule/${group}/${name}`;
      deniedAs("AccessDeniedException", 403, () =>
        iam.authorize({ principal, action: "scheduler:GetSchedule", resource }),
      );
      const schedule = ofType(graph, "aws:scheduler/schedule:Schedule").find(
        ({ outputs }) => outputs.name === name && outputs.groupName === group,
      );
      if (!schedule) {
        throw new AwsError("ResourceNotFoundException", `Schedule ${name} does not exist.`, 404);
      }
      sendRest(response, describe(schedule));
      return Promise.resolve();
    },
    fail: (response, error) => failRest(response, error),
  };
}

/** Times of changes are left out: a schedule is as the program declares it. */
function describe({ inputs, outputs }: ResourceOf<"aws:scheduler/schedule:Schedule">): object {
  const { target, flexibleTimeWindow: window } = inputs;
  const { retryPolicy: retries, deadLetterConfig, sqsParameters } = target;
  return {
    Arn: outputs.arn,
    Name: outputs.name,
    GroupName: outputs.groupName,
    State: inputs.state ?? "ENABLED",
    ScheduleExpression: inputs.scheduleExpression,
    ScheduleExpressionTimezone: inputs.scheduleExpressionTimezone ?? "UTC",
    FlexibleTimeWindow: { Mode: window.mode, MaximumWindowInMinutes: window.maximumWindowInMinutes },
    ...(inputs.description !== undefined && { Description: inputs.description }),
    Target: {
      Arn: target.arn,
      RoleArn: target.roleArn,
      Input: target.input,
      RetryPolicy: {
        MaximumRetryAttempts: retries?.maximumRetryAttempts ?? 185,
        MaximumEventAgeInSeconds: retries?.maximumEventAgeInSeconds ?? 86_400,
      },
      ...(deadLetterConfig && { DeadLetterConfig: { Arn: deadLetterConfig.arn } }),
      ...(sqsParameters && { SqsParameters: { MessageGroupId: sqsParameters.messageGroupId } }),
    },
  };
}
