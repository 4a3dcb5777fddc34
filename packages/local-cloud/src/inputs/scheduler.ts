import { characters, type EffectsOf, refused, notHere, oneOf, within } from "./effect.ts";

const noTarget = refused("is not supported locally: only Lambda functions and SQS queues run here");

/** Ranges: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
export const scheduler: EffectsOf<"scheduler"> = {
  "aws:scheduler/schedule:Schedule": {
    // A schedule cannot be looked up here: whether it is there after its last run makes no difference.
    actionAfterCompletion: oneOf(["NONE", "DELETE"], "idle"),
    description: characters(0, 512, "idle"),
    endDate: "runs",
    flexibleTimeWindow: {
      maximumWindowInMinutes: within(1, 1_440),
      mode: oneOf(["OFF", "FLEXIBLE"]),
    },
    groupName: "runs",
    kmsKeyArn: notHere,
    name: "runs",
    namePrefix: refused("is not supported locally: give name"),
    region: "runs",
    scheduleExpression: characters(1, 256),
    scheduleExpressionTimezone: characters(1, 50),
    startDate: "runs",
    state: oneOf(["ENABLED", "DISABLED"]),
    target: {
      arn: characters(1, 1_600),
      deadLetterConfig: { arn: characters(1, 1_600) },
      ecsParameters: noTarget,
      eventbridgeParameters: noTarget,
      input: "runs",
      kinesisParameters: noTarget,
      retryPolicy: {
        maximumEventAgeInSeconds: within(60, 86_400),
        maximumRetryAttempts: within(0, 185),
      },
      roleArn: characters(1, 1_600),
      sagemakerPipelineParameters: noTarget,
      sqsParameters: { messageGroupId: characters(1, 128) },
    },
  },
};
